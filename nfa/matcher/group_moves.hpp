#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <vector>

#include "nfa/matcher/event_classes.hpp"
#include "nfa/matcher/state_moves.hpp"

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
};

/// The configurations that were met, and the moves between them, each found once.
class GroupMoves {
 public:
  using ConfigId = GroupMove::ConfigId;

  GroupMoves(const Program& program, const EventClasses& classes)
      : program_(program), classes_(classes), finder_(program) {}

  [[nodiscard]] const GroupMove& move(ConfigId config, ClassId event) { return known(moves_[config], config, event); }
  /// What begins with an event.
  [[nodiscard]] const GroupMove& begin(ClassId event) { return known(begin_, kStart, event); }
  /// Does no event of the class change any partial match or begin one?
  [[nodiscard]] bool is_idle(ClassId event);
  [[nodiscard]] std::span<const StateId> states(ConfigId config) const { return configs_[config]; }
  [[nodiscard]] ConfigId find(const std::vector<StateId>& states);

 private:
  static constexpr ConfigId kStart = GroupMove::kGone;
  using ByClass = std::vector<const GroupMove*>;

  const GroupMove& known(ByClass& moves, ConfigId from, ClassId event) {
    if (event < moves.size() && moves[event] != nullptr) return *moves[event];
    return find_move(from, event);
  }
  const GroupMove& find_move(ConfigId from, ClassId event);
  void find_outcome(StateId state, ClassId event);

  const Program& program_;
  const EventClasses& classes_;
  MoveFinder finder_;
  StateMoves outcome_;
  std::map<std::vector<StateId>, ConfigId> by_states_;
  std::vector<std::vector<StateId>> configs_;
  std::deque<GroupMove> made_;
  std::vector<ByClass> moves_;    // by configuration
  ByClass begin_;
  std::vector<std::int8_t> idle_;    // by class; -1: not known
};

}    // namespace cepheid::nfa
