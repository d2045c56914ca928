#include "nfa/matcher/transitions.hpp"

namespace cepheid::nfa {

Transitions::Transitions(const Program& program)
    : program_(program), outcomes_(program.states.size()), visited_(program.states.size(), 0) {}

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

void Transitions::find(StateId state, Conditions& conditions, StateMoves& outcome) {
  outcome.moves.clear();
  outcome.killed = false;
  stack_.clear();
  stack_.push_back(state);
  ++visit_;
  const std::uint64_t walk = visit_;
  visited_[state] = walk;
  while (!stack_.empty()) {
    const StateId at = stack_.back();
    stack_.pop_back();
    if (program_.states[at].kind == StateKind::stop) {
      outcome.killed = true;
      continue;
    }
    for (const Program::Edge& edge : program_.edges_of(at)) {
      if (!conditions.holds(program_, edge)) continue;
      switch (edge.action) {
        case Action::proceed:
          if (visited_[edge.target] != walk) {
            visited_[edge.target] = walk;
            stack_.push_back(edge.target);
          }
          break;
        case Action::ignore: outcome.moves.push_back({Action::ignore, edge.target, at, kNoStep, false}); break;
        case Action::take: outcome.moves.push_back({Action::take, edge.target, at, edge.step, false}); break;
      }
    }
  }
  for (StateMoves::Move& move : outcome.moves) {
    if (move.action == Action::take && program_.states[move.target].kind != StateKind::final) {
      move.completes = proceeds_to_match(move.target, conditions);
    }
  }
}

bool Transitions::proceeds_to_match(StateId state, Conditions& conditions) {
  match_stack_.clear();
  match_stack_.push_back(state);
  ++visit_;
  visit(state);
  while (!match_stack_.empty()) {
    const StateId at = match_stack_.back();
    match_stack_.pop_back();
    for (const Program::Edge& edge : program_.edges_of(at)) {
      if (edge.action != Action::proceed || !conditions.holds(program_, edge)) continue;
      if (program_.states[edge.target].kind == StateKind::final) return true;
      if (visit(edge.target)) match_stack_.push_back(edge.target);
    }
  }
  return false;
}

}    // namespace cepheid::nfa
