#pragma once

#include <cstdint>
#include <vector>

#include "nfa/matcher/conditions.hpp"
#include "nfa/matcher/program.hpp"
#include "nfa/matcher/state_moves.hpp"

namespace cepheid::nfa {

/// Finds outcomes. Those that depend on the event alone, if only for this event, are found once for each state and
/// event.
class Transitions {
 public:
  explicit Transitions(const Program& program);

  /// The next event. O(1).
  void begin() { ++epoch_; }
  /// The reference is valid until the next call. `path` is what the partial match took.
  const StateMoves& outcome(StateId state, const Node* path, Conditions& conditions) {
    const StateMoves& shared = shared_outcome(state, conditions);
    return shared.asks_path ? outcome_on_path(state, path, conditions) : shared;
  }
  /// Do all partial matches in `state` stay as they are, whatever they took?
  [[nodiscard]] bool stays(StateId state, Conditions& conditions) {
    return shared_outcome(state, conditions).stays(state);
  }

 private:
  const StateMoves& shared_outcome(StateId state, Conditions& conditions) {
    StateMoves& moves = outcomes_[state];
    if (moves.known_at != epoch_) find_shared(state, conditions, moves);
    return moves;
  }
  void find_shared(StateId state, Conditions& conditions, StateMoves& moves);
  const StateMoves& outcome_on_path(StateId state, const Node* path, Conditions& conditions);
  void find(StateId state, Conditions& conditions, StateMoves& outcome) {
    finder_.find(
        state, [&](const Program::Edge& edge) { return conditions.holds(program_, edge); }, outcome);
  }

  const Program& program_;
  std::vector<StateMoves> outcomes_;    // by state
  StateMoves on_path_;
  std::uint64_t epoch_ = 0;
  MoveFinder finder_;
};

}    // namespace cepheid::nfa
