#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "nfa/matcher/event_classes.hpp"
#include "nfa/matcher/state_moves.hpp"

namespace cepheid::nfa {

/// What an event of some class does to a path, all at once. A path may stand in several states (after a loop that may
/// go on or be left, say); all there is to know of its future is in which, and whether it was given as a match already,
/// for that happens once. So each path stands in exactly one such set, and no match is found twice.
struct PathMove {
  using SetId = std::uint32_t;
  static constexpr SetId kGone = ~SetId{0};

  /// The path with the event behind it, under a step.
  struct Take {
    StepId step;
    SetId to;          // kGone: only a match
    bool completes;    // is it a match?
  };

  bool stays = false;        // nothing changes
  SetId to = kGone;          // where the path as it is stands after it
  bool completes = false;    // is the path as it is a match?
  std::vector<Take> takes;
};

/// The sets of states that were met, and the moves between them, each found once.
class PathMoves {
 public:
  using SetId = PathMove::SetId;

  PathMoves(const Program& program, const EventClasses& classes)
      : program_(program), classes_(classes), finder_(program) {}

  [[nodiscard]] const PathMove& move(SetId from, ClassId event) { return known(moves_[from], from, event); }
  /// What begins with an event.
  [[nodiscard]] const PathMove& begin(ClassId event) { return known(begin_, kStart, event); }
  /// Does no event of the class change any partial match or begin one?
  [[nodiscard]] bool is_idle(ClassId event);

  /// The states of a set, in order, and whether its paths have been matches.
  using States = std::pair<std::vector<StateId>, bool>;
  [[nodiscard]] const States& states(SetId set) const { return sets_[set]; }
  [[nodiscard]] SetId find(const States& states);

 private:
  static constexpr SetId kStart = PathMove::kGone;
  using ByClass = std::vector<const PathMove*>;

  const PathMove& known(ByClass& moves, SetId from, ClassId event) {
    if (event < moves.size() && moves[event] != nullptr) return *moves[event];
    return find_move(from, event);
  }
  const PathMove& find_move(SetId from, ClassId event);
  void find_outcome(StateId state, ClassId event);

  const Program& program_;
  const EventClasses& classes_;
  MoveFinder finder_;
  StateMoves outcome_;
  std::map<States, SetId> by_states_;
  std::deque<States> sets_;
  std::deque<PathMove> made_;
  std::deque<ByClass> moves_;    // by set
  ByClass begin_;
  std::vector<std::int8_t> idle_;    // by class; -1: not known
};

}    // namespace cepheid::nfa
