#pragma once

#include <cstdint>
#include <vector>

#include "nfa/matcher/conditions.hpp"
#include "nfa/matcher/program.hpp"

namespace cepheid::nfa {

/// What the event at hand does to a partial match in some state: the edges that are open, in Flink's order.
struct StateMoves {
  struct Move {
    Action action = Action::take;    // take or ignore
    StateId target = 0;
    StateId source = 0;        // the state whose edge it is: that of the partial match, or one it proceeds to
    StepId step = kNoStep;     // for take
    bool completes = false;    // for take: a way of PROCEEDs leads from the target to the match
  };
  std::vector<Move> moves;
  bool killed = false;           // a not-step's event: no move goes on but one to the match
  bool asks_path = false;        // what was found depends on what the partial match took: of no use without it
  std::uint64_t known_at = 0;    // epoch

  /// Does a partial match in `state` simply stay as it is?
  [[nodiscard]] bool stays(StateId state) const {
    return !asks_path && !killed && moves.size() == 1 && moves[0].action == Action::ignore && moves[0].target == state;
  }
};

/// Finds outcomes. Those that depend on the event alone, if only for this event, are found once for each state and
/// event.
class Transitions {
 public:
  explicit Transitions(const Program& program);

  /// The next event. O(1).
  void begin() { ++epoch_; }
  /// Through PROCEED edges each state is visited once, so loops of empty groups end. The reference is valid until the
  /// next call. `path` is what the partial match took.
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
  void find(StateId state, Conditions& conditions, StateMoves& outcome);
  bool proceeds_to_match(StateId state, Conditions& conditions);
  bool visit(StateId state) {
    if (visited_[state] == visit_) return false;
    visited_[state] = visit_;
    return true;
  }

  const Program& program_;
  std::vector<StateMoves> outcomes_;    // by state
  StateMoves on_path_;
  std::uint64_t epoch_ = 0;
  std::vector<StateId> stack_;
  std::vector<StateId> match_stack_;
  std::vector<std::uint64_t> visited_;
  std::uint64_t visit_ = 0;
};

}    // namespace cepheid::nfa
