#pragma once

#include <cstdint>
#include <vector>

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
    friend bool operator==(const Move&, const Move&) = default;
  };
  std::vector<Move> moves;
  bool killed = false;           // a not-step's event: no move goes on but one to the match
  bool asks_path = false;        // what was found depends on what the partial match took: of no use without it
  std::uint64_t known_at = 0;    // epoch

  /// Does a partial match in `state` simply stay as it is?
  [[nodiscard]] bool stays(StateId state) const {
    return !asks_path && !killed && moves.size() == 1 && moves[0].action == Action::ignore && moves[0].target == state;
  }
  /// Of outcomes that ask for no path.
  [[nodiscard]] bool are_same(const StateMoves& other) const { return killed == other.killed && moves == other.moves; }
};

/// Finds the moves from a state. Through PROCEED edges each state is visited once, so loops of empty groups end.
class MoveFinder {
 public:
  explicit MoveFinder(const Program& program) : program_(program), visited_(program.states.size(), 0) {}

  /// `holds(edge)`: is the edge open? Leaves `asks_path` and `known_at` as they are.
  template <typename Holds>
  void find(StateId state, const Holds& holds, StateMoves& outcome) {
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
        if (!holds(edge)) continue;
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
        move.completes = proceeds_to_match(move.target, holds);
      }
    }
  }

 private:
  template <typename Holds>
  bool proceeds_to_match(StateId state, const Holds& holds) {
    match_stack_.clear();
    match_stack_.push_back(state);
    ++visit_;
    visited_[state] = visit_;
    while (!match_stack_.empty()) {
      const StateId at = match_stack_.back();
      match_stack_.pop_back();
      for (const Program::Edge& edge : program_.edges_of(at)) {
        if (edge.action != Action::proceed || !holds(edge)) continue;
        if (program_.states[edge.target].kind == StateKind::final) return true;
        if (visited_[edge.target] == visit_) continue;
        visited_[edge.target] = visit_;
        match_stack_.push_back(edge.target);
      }
    }
    return false;
  }

  const Program& program_;
  std::vector<StateId> stack_;
  std::vector<StateId> match_stack_;
  std::vector<std::uint64_t> visited_;
  std::uint64_t visit_ = 0;
};

}    // namespace cepheid::nfa
