#include "nfa/matcher/single_path.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "nfa/matcher/possible_outcomes.hpp"
#include "nfa/matcher/state_moves.hpp"

namespace cepheid::nfa {
namespace {

/// Follows all that a start may become, as sets of states that it stands in at the same time; only those from which
/// conditions that look back are still to be met.
class Walk {
 public:
  explicit Walk(const Program& program)
      : program_(program),
        look_back_(find_states_that_look_back(program)),
        outcomes_(possible_outcomes(program)),
        finder_(program) {}

  /// Can all that conditions may say be tried?
  [[nodiscard]] bool has_outcomes() const { return !outcomes_.empty(); }
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
    return std::ranges::all_of(outcomes_, [&](std::uint64_t outcomes) { return step(from, begins, outcomes); });
  }

  bool step(const States& from, bool begins, std::uint64_t outcomes) {
    States to;
    // The step under which the event is taken, kNoStep if it is passed by.
    std::optional<StepId> taken;
    for (const StateId state : from) {
      finder_.find(
          state, [&](const Program::Edge& edge) { return is_open(program_, edge, outcomes); }, found_);
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

  const Program& program_;
  const std::vector<bool> look_back_;
  const std::vector<std::uint64_t> outcomes_;
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
  Walk walk(program);
  return walk.has_outcomes() && walk.keeps_single_path();
}

}    // namespace cepheid::nfa
