#include "nfa/matcher/transitions.hpp"

#include <algorithm>

namespace cepheid::nfa {

Transitions::Transitions(const Program& program)
    : program_(program), shared_(program.states.size()), decisions_(program.states.size()), finder_(program) {}

/// Where a guard looks back, it is tried first without a path: often the event alone settles it.
void Transitions::find_shared(StateId state, Conditions& conditions, Shared& shared) {
  constexpr std::size_t kMostDecisions = 4096;    // of a state; then it learns anew
  if (decisions_[state].decisions.size() > kMostDecisions) decisions_[state] = {};
  shared.known_at = epoch_;
  conditions.look_at_no_path();
  shared.moves = &find(state, conditions);
  shared.asks_path = conditions.asked_for_path();
  shared.stays = shared.moves->stays(state);
}

/// Walks the state's edges and notes which conditions it asked.
const StateMoves& Transitions::learn(StateId state, Conditions& conditions) {
  asked_.clear();
  const auto holds = [&](const Literal& literal) {
    const auto known = std::ranges::find(asked_, literal.condition, &std::pair<ConditionId, bool>::first);
    if (known != asked_.end()) return known->second != literal.negated;
    asked_.emplace_back(literal.condition, conditions.holds(literal.condition));
    return asked_.back().second != literal.negated;
  };
  const auto is_open = [&](const Program::Edge& edge) {
    return std::ranges::all_of(program_.clauses_of(edge), [&](const Program::ClauseRange& clause) {
      return std::ranges::any_of(program_.literals_of(clause), holds);
    });
  };
  StateMoves moves;
  finder_.find(state, is_open, moves);

  Decisions& of_state = decisions_[state];
  const auto add = [](auto& items, auto item) {
    items.push_back(std::move(item));
    return static_cast<std::int32_t>(items.size() - 1);
  };
  of_state.decisions.reserve(of_state.decisions.size() + asked_.size());    // so that links stay valid
  std::int32_t* link = &of_state.first;
  for (const auto& [condition, value] : asked_) {
    if (*link == kUnknown) *link = add(of_state.decisions, Decision{.condition = condition});
    link = &of_state.decisions[static_cast<std::size_t>(*link)].next[value ? 1 : 0];
  }
  *link = ~add(of_state.outcomes, std::make_unique<const StateMoves>(std::move(moves)));
  return *of_state.outcomes.back();
}

}    // namespace cepheid::nfa
