#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "nfa/matcher/class_moves.hpp"
#include "nfa/matcher/config_change.hpp"

namespace cepheid::nfa {

/// What an event of some class does to the partial matches of a start, all at once: a ConfigChange, by numbers.
struct GroupMove {
  using ConfigId = std::uint32_t;
  static constexpr ConfigId kGone = ~ConfigId{0};
  using Take = ConfigChange::Take;
  using Source = ConfigChange::Source;
  static constexpr Source kNothing = ConfigChange::kNothing;

  bool stays = false;     // nothing changes
  ConfigId to = kGone;    // the states after it
  std::vector<Take> takes;
  std::vector<Source> sources;
  std::vector<bool> alone;
  Source completed = kNothing;
  bool lengthens = false;    // all there is to it: the only path gets the event, and goes on
  bool is_short = false;     // of what stands in one state: it stays there, or `lengthens`
  bool is_told = false;      // of what begins so: `to` tells the step, so that its node may be made later
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
  void use_representative(ConfigChange& change) const;
  std::vector<StepId> first_steps_;    // by configuration; kNoStep: not known
};

}    // namespace cepheid::nfa
