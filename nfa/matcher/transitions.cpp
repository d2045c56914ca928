#include "nfa/matcher/transitions.hpp"

namespace cepheid::nfa {

Transitions::Transitions(const Program& program)
    : program_(program), outcomes_(program.states.size()), finder_(program) {}

/// Where a guard looks back, it is tried first without a path: often the event alone settles it.
void Transitions::find_shared(StateId state, Conditions& conditions, StateMoves& moves) {
  moves.known_at = epoch_;
  if (!program_.states[state].history) {
    moves.asks_path = false;
    find(state, conditions, moves);
    return;
  }
  conditions.look_at_no_path();
  find(state, conditions, moves);
  moves.asks_path = conditions.asked_for_path();
}

const StateMoves& Transitions::outcome_on_path(StateId state, const Node* path, Conditions& conditions) {
  conditions.look_at(path);
  find(state, conditions, on_path_);
  return on_path_;
}

}    // namespace cepheid::nfa
