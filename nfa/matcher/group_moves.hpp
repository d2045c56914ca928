#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "nfa/matcher/class_moves.hpp"

namespace cepheid::nfa {

/// What an event of some class does to the partial matches of a start, all at once.
///
/// Of the partial matches of one start only the oldest in each state counts, for strategies in which a match takes away
/// all others of its start: so all there is to know of a start is in which states it stands, in the order of age (its
/// configuration), and one path for each.
struct GroupMove {
  using ConfigId = std::uint32_t;
  static constexpr ConfigId kGone = ~ConfigId{0};
  static constexpr std::int16_t kNothing = INT16_MAX;

  /// The event behind the path of an old position, under a step.
  struct Take {
    std::uint16_t position;
    StepId step;
  };
  /// Where the path of a new position, or of a match, comes from: n >= 0 is takes[n], else the path of position ~n.
  using Source = std::int16_t;

  bool stays = false;     // nothing changes
  ConfigId to = kGone;    // the states after it
  std::vector<Take> takes;
  std::vector<Source> sources;    // of the new positions
  std::vector<bool> alone;        // by new position: is its path a take that nothing else has?
  Source completed = kNothing;    // the path that is a match
  bool lengthens = false;         // all there is to it: the only path gets the event, and goes on
  bool is_short = false;          // of what stands in one state: it stays there, or `lengthens`
  bool is_told = false;           // of what begins so: `to` tells the step, so that its node may be made later
  /// May it make a difference which of the conditions that look back hold? Negative: not known yet.
  mutable std::int8_t asks_path = -1;
};

/// The configurations that were met, and the moves between them.
class GroupMoves final : public ClassMoves<std::vector<StateId>, GroupMove> {
 public:
  using ClassMoves::kStart;

  /// `equal`: of the program.
  GroupMoves(const Program& program, const EventClasses& classes, EqualStates<std::vector<StateId>> equal)
      : ClassMoves(program, classes, std::move(equal)) {}
  /// Do events of the class, and those of the variants of it given, move some of the states otherwise?
  [[nodiscard]] bool tell_apart(Id from, ClassId event, std::span<const ClassId> variants);

  /// The step of what begins in a configuration and is told by it.
  [[nodiscard]] StepId first_step(Id config) const { return first_steps_[config]; }
  /// Does what begins in the configuration have this step? (If none is known, yes from now on.)
  [[nodiscard]] bool has_first_step(Id config, StepId step);

 private:
  void work_out(Id from, ClassId event, GroupMove& move) override;
  void use_representative(std::vector<StateId>& to, GroupMove& move) const;
  std::vector<StepId> first_steps_;    // by configuration; kNoStep: not known
};

}    // namespace cepheid::nfa
