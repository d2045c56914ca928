#include "nfa/matcher/single_path.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "nfa/matcher/state_moves.hpp"

namespace cepheid::nfa {
namespace {

/// The field and the text of a condition `field == "text"`, either side first.
std::optional<std::pair<std::uint32_t, std::string>> compared_text(const TypedExpr& condition) {
  if (condition.kind != TypedExpr::Kind::call || condition.function != Function::equal) return std::nullopt;
  const TypedExpr* field = &condition.args[0];
  const TypedExpr* constant = &condition.args[1];
  if (field->kind != TypedExpr::Kind::field) std::swap(field, constant);
  if (field->kind != TypedExpr::Kind::field || constant->kind != TypedExpr::Kind::constant) return std::nullopt;
  if (constant->type.kind != TypeKind::string) return std::nullopt;
  const auto* text = std::get_if<std::string>(&constant->constant.state);
  return text == nullptr ? std::nullopt : std::optional(std::pair(field->field, *text));
}

/// For each condition those that cannot hold with it, as bits.
std::vector<std::uint64_t> find_excluded(const Program& program) {
  std::vector<std::uint64_t> excluded(program.conditions.size(), 0);
  for (std::size_t a = 0; a < excluded.size(); ++a) {
    const auto text = compared_text(program.conditions[a]);
    if (!text) continue;
    for (std::size_t b = 0; b < excluded.size(); ++b) {
      const auto other = compared_text(program.conditions[b]);
      if (other && other->first == text->first && other->second != text->second) excluded[a] |= std::uint64_t{1} << b;
    }
  }
  return excluded;
}

/// Follows all that a start may become, as sets of states that it stands in at the same time; only those from which
/// conditions that look back are still to be met.
class Walk {
 public:
  explicit Walk(const Program& program)
      : program_(program),
        look_back_(find_states_that_look_back(program)),
        excluded_(find_excluded(program)),
        finder_(program) {}

  /// Does an event never lengthen the path for some of the states only, or in two ways?
  bool keeps_single_path() {
    if (!step({program_.start}, true)) return false;
    constexpr std::size_t kMostSets = 64;
    while (!next_.empty()) {
      const States from = std::move(next_.back());
      next_.pop_back();
      if (known_.size() > kMostSets || !step(from, false)) return false;
    }
    return true;
  }

 private:
  using States = std::set<StateId>;

  /// Tries all outcomes of the conditions.
  bool step(const States& from, bool begins) {
    for (std::uint64_t outcomes = 0; outcomes < std::uint64_t{1} << excluded_.size(); ++outcomes) {
      if (is_possible(outcomes) && !step(from, begins, outcomes)) return false;
    }
    return true;
  }

  bool step(const States& from, bool begins, std::uint64_t outcomes) {
    States to;
    // The step under which the event is taken, kNoStep if it is passed by.
    std::optional<StepId> taken;
    for (const StateId state : from) {
      finder_.find(
          state, [&](const Program::Edge& edge) { return holds(edge, outcomes); }, found_);
      for (const StateMoves::Move& move : found_.moves) {
        // What is a match and no more goes no further, and where nobody looks back any more one path is as good as
        // another.
        const bool goes_on = program_.states[move.target].kind != StateKind::final && !found_.killed;
        if (!goes_on || !look_back_[move.target]) continue;
        if (begins && move.action == Action::ignore) continue;
        const StepId step = move.action == Action::take ? move.step : kNoStep;
        if (taken && *taken != step) return false;
        taken = step;
        to.insert(move.target);
      }
    }
    if (!to.empty() && known_.insert(to).second) next_.push_back(std::move(to));
    return true;
  }

  [[nodiscard]] bool is_possible(std::uint64_t outcomes) const {
    for (std::size_t i = 0; i < excluded_.size(); ++i) {
      if ((outcomes >> i & 1) != 0 && (outcomes & excluded_[i]) != 0) return false;
    }
    return true;
  }
  [[nodiscard]] bool holds(const Program::Edge& edge, std::uint64_t outcomes) const {
    return std::ranges::all_of(program_.clauses_of(edge), [&](const Program::ClauseRange clause) {
      return std::ranges::any_of(program_.literals_of(clause), [&](const Literal& literal) {
        return ((outcomes >> literal.condition & 1) != 0) != literal.negated;
      });
    });
  }

  const Program& program_;
  const std::vector<bool> look_back_;
  const std::vector<std::uint64_t> excluded_;
  MoveFinder finder_;
  StateMoves found_;
  std::set<States> known_;
  std::vector<States> next_;
};

}    // namespace

std::vector<bool> find_states_that_look_back(const Program& program) {
  std::vector<bool> found(program.states.size());
  for (StateId state = 0; state < found.size(); ++state) found[state] = program.states[state].history;
  for (bool changed = true; changed;) {
    changed = false;
    for (StateId state = 0; state < found.size(); ++state) {
      const auto leads_on = [&](const Program::Edge& edge) { return found[edge.target]; };
      if (found[state] || std::ranges::none_of(program.edges_of(state), leads_on)) continue;
      found[state] = changed = true;
    }
  }
  return found;
}

bool has_single_path(const Program& program) {
  constexpr std::size_t kFew = 8;
  return program.conditions.size() <= kFew && Walk(program).keeps_single_path();
}

}    // namespace cepheid::nfa
