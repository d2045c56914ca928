#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "nfa/matcher/completed.hpp"
#include "nfa/matcher/node_bytes.hpp"
#include "nfa/matcher/occupied_states.hpp"
#include "nfa/matcher/transitions.hpp"

namespace cepheid::nfa {

/// The partial matches of a run of neighbouring starts that stand in the same states: they move as one. At each state
/// one path for each start, the oldest.
struct StartGroup {
  struct Position {
    StateId state = 0;
    Node* path = nullptr;
  };
  boost::container::small_vector<Position, 3> positions;    // of one start, by age
  TimeMs first_ms = 0;                                      // no start in it is earlier
  std::uint64_t starts = 1;                                 // how many there were when they came together

  [[nodiscard]] std::uint64_t last_start() const { return positions.front().path->start; }
  [[nodiscard]] TimeMs last_start_ms() const { return positions.front().path->start_ms; }
};

/// A key's partial matches, merged. `groups` hold separate ranges of starts, in order; a start before `bound` is dead.
struct StartGroupList {
  std::vector<StartGroup> groups;
  std::uint64_t bound = 0;
  /// How many partial matches they stand for; those that died in front of a group are counted until it goes.
  std::uint64_t count = 0;
  OccupiedStates occupied;

  void save(NodeWriter& nodes) const;
  // As PartialMatches.
  bool load(NodeReader& nodes, std::size_t states);

 private:
  bool load_group(NodeReader& nodes, std::size_t states);
};

/// Moves merged partial matches: for skip_past_last and skip_to_next in patterns whose conditions look at the event at
/// hand alone, without time-out rows and `of_previous`. There
/// - a match that is let out takes away all others of its start, and what two partial matches of one start do from one
///   state on is the same: so only the oldest of each start in each state can ever be let out, and is kept;
/// - all starts whose oldest partial matches stand in the same states in the same order of age move alike: so they are
///   moved together, one node for an event however many they are.
/// Groups grow at the end, where each new start comes in; they die from the front as `within` passes. A group spans a
/// part of `within` only, so that what is dead in it is small beside what lives. Cost of an event: states x groups, of
/// one that changes nothing: states.
class StartGroups {
 public:
  StartGroups(const PatternSpec& spec, const Program& program, SharedBuffer& buffer);

  /// Can this pattern's partial matches be merged so?
  [[nodiscard]] static bool fit(const PatternSpec& spec, const Program& program);

  // As SinglePaths.
  void move_all(StartGroupList& live, CurrentEvent& event, Transitions& transitions, Conditions& conditions,
                std::vector<Completed>& completed, bool may_begin);
  TimeMs expire(StartGroupList& live, TimeMs now_ms, std::vector<Completed>& completed);
  void drop_starts_before(StartGroupList& live, std::uint64_t bound);
  void drop_oldest(StartGroupList& live, std::uint64_t most);
  [[nodiscard]] bool lives_before(const StartGroupList& live, std::uint64_t start) const {
    return !live.groups.empty() && first_start(live.groups.front().positions.front().path, live.bound)->start < start;
  }
  [[nodiscard]] TimeMs deadline_of(const StartGroupList& live) const {
    if (live.groups.empty() || !spec_.within) return kEndOfTime;
    return add_saturated(live.groups.front().first_ms, *spec_.within);
  }

 private:
  void apply(const StateMoves& outcome, Node* from, CurrentEvent& event, std::uint64_t bound, StartGroup& into,
             std::vector<Completed>& completed);
  void append(StartGroupList& live, StartGroup&& group);
  [[nodiscard]] bool can_join(const StartGroup& older, const StartGroup& newer) const;
  void release(const StartGroup& group);
  void forget_front(StartGroupList& live, std::size_t groups);
  [[nodiscard]] bool is_dead(TimeMs start_ms, TimeMs now_ms) const {
    return add_saturated(start_ms, *spec_.within) <= now_ms;
  }
  [[nodiscard]] const Node* first_alive(const StartGroup& group, TimeMs now_ms) const;

  const PatternSpec& spec_;
  const Program& program_;
  SharedBuffer& buffer_;
  std::vector<StartGroup> before_;
  std::vector<std::uint64_t> taken_at_;    // by state: the round in which a group took it up
  std::uint64_t round_ = 0;
  bool completed_one_ = false;    // of the group at hand
};

}    // namespace cepheid::nfa
