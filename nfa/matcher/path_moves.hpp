#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "nfa/matcher/class_moves.hpp"

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

/// The states that a path stands in, in order, and whether it has been a match.
using PathStates = std::pair<std::vector<StateId>, bool>;

/// The sets of states that were met, and the moves between them.
class PathMoves final : public ClassMoves<PathStates, PathMove> {
 public:
  PathMoves(const Program& program, const EventClasses& classes) : ClassMoves(program, classes) {}

 private:
  void work_out(Id from, ClassId event, PathMove& move) override;
};

}    // namespace cepheid::nfa
