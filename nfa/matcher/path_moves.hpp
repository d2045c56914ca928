#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "nfa/matcher/class_moves.hpp"
#include "nfa/matcher/path_change.hpp"

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

/// The sets of states that were met, and the moves between them.
class PathMoves final : public ClassMoves<PathStates, PathMove> {
 public:
  /// `equal`: of the program.
  PathMoves(const Program& program, const EventClasses& classes, EqualStates<PathStates> equal)
      : ClassMoves(program, classes, std::move(equal)) {}

  /// For each set: are its paths known to stay where they are at an event of the class? A byte each, for most sets most
  /// of the time; whoever finds more out puts it in. Valid until the next call.
  [[nodiscard]] std::span<bool> staying(ClassId event) {
    if (staying_.size() <= event) staying_.resize(event + 1);
    Staying& of_class = staying_[event];
    if (of_class.sets < size()) of_class.grow(size());
    return {of_class.known.get(), of_class.sets};
  }

 private:
  struct Staying {
    std::unique_ptr<bool[]> known;
    std::size_t sets = 0;

    void grow(std::size_t least);
  };

  void work_out(Id from, ClassId event, PathMove& move) override;

  std::vector<Staying> staying_;    // by class
};

}    // namespace cepheid::nfa
