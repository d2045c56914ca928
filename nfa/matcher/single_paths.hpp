#pragma once

#include <cstdint>
#include <vector>

#include "nfa/matcher/partial_matches.hpp"
#include "nfa/matcher/seen_paths.hpp"
#include "nfa/matcher/transitions.hpp"

namespace cepheid::nfa {

/// A partial match whose time ran out at `deadline_ms`, to be reported. Holds a reference to the path.
struct TimedOut {
  Node* path = nullptr;
  TimeMs deadline_ms = 0;
};

/// Moves partial matches one by one: for patterns in which what one took can make a difference. Semantics.md, sections
/// 4 and 8. New ones are made in the order of the list, so it never needs sorting. An event that leaves all of them
/// where they are costs the states they stand in, not their number.
class SinglePaths {
 public:
  SinglePaths(const PatternSpec& spec, const Program& program, SharedBuffer& buffer);

  /// Offers the event at hand to all of them and to the start state; appends the paths of the matches that it
  /// completes, each distinct one once and with a reference. `may_begin`: false leaves the start state out.
  void move_all(PartialMatches& live, CurrentEvent& event, Transitions& transitions, Conditions& conditions,
                std::vector<Node*>& completed, bool may_begin);

  /// Takes out what has run out at `now_ms`: matches of a last not_followed_by into `completed`, those to be reported
  /// into `timed_out`. Gives the latest deadline among them, kBeginOfTime if there was none.
  TimeMs expire(PartialMatches& live, TimeMs now_ms, std::vector<Node*>& completed, std::vector<TimedOut>& timed_out);

  /// Takes out all that began before the event at place `bound`.
  void drop_starts_before(PartialMatches& live, std::uint64_t bound);
  /// Takes whole starts out, the earliest or the latest first, until no more than `most` are left.
  void drop_oldest(PartialMatches& live, std::uint64_t most);
  void drop_newest(PartialMatches& live, std::uint64_t most);
  [[nodiscard]] bool lives_before(const PartialMatches& live, std::uint64_t start) const {
    return !live.empty() && live.front().start() < start;
  }
  /// None of them runs out before.
  [[nodiscard]] static TimeMs deadline_of(const PartialMatches& live) { return live.next_deadline_ms(); }

 private:
  void apply(const StateMoves& outcome, const PartialMatch* from, CurrentEvent& event, std::vector<Node*>& completed);
  void go_on(const PartialMatch& partial_match);
  void complete(Node* path, std::vector<Node*>& completed);
  void report_once(std::vector<TimedOut>& timed_out);
  [[nodiscard]] TimeMs deadline_of(StateId state, const Node* path) const;
  /// When `within … of STEP` of a state ends for a path.
  [[nodiscard]] TimeMs end_of_bounds(StateId state, const Node* path) const;

  const PatternSpec& spec_;
  const Program& program_;
  SharedBuffer& buffer_;
  const bool has_own_limits_;    // of states, beside `within`
  PartialMatches moved_;
  PartialMatches* moving_ = nullptr;    // where those that go on are put
  SeenPaths seen_;
};

}    // namespace cepheid::nfa
