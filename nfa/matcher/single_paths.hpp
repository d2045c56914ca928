#pragma once

#include <cstdint>
#include <vector>

#include "nfa/matcher/partial_matches.hpp"
#include "nfa/matcher/seen_paths.hpp"
#include "nfa/matcher/transitions.hpp"
#include "nfa/matcher/visit_plans.hpp"

namespace cepheid::nfa {

/// A partial match whose time ran out at `deadline_ms`, to be reported. Holds a reference to the path.
struct TimedOut {
  Node* path = nullptr;
  TimeMs deadline_ms = 0;
};

/// Moves partial matches one by one: for patterns in which what one took can make a difference. Semantics.md, sections
/// 4 and 8. New ones are made in the order of the list, so it never needs sorting. An event that leaves all of them
/// where they are costs the states they stand in, not their number. One that can only concern those whose paths compare
/// with it in some way finds these by an index.
class SinglePaths {
 public:
  /// Of fewer partial matches each is looked at.
  static constexpr std::size_t kIndexedFrom = 16;

  /// All borrowed. `indexed_from`: an index is used from so many partial matches on; the outcome does not depend on it.
  SinglePaths(const PatternSpec& spec, const Program& program, SharedBuffer& buffer,
              std::size_t indexed_from = kIndexedFrom);
  ~SinglePaths();
  SinglePaths(const SinglePaths&) = delete;
  SinglePaths& operator=(const SinglePaths&) = delete;

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
  /// How often an event was offered to a partial match: what an index saves.
  [[nodiscard]] std::uint64_t visits() const { return visits_; }
  /// None of them runs out before.
  [[nodiscard]] static TimeMs deadline_of(const PartialMatches& live) { return live.next_deadline_ms(); }

 private:
  /// Where what comes of a partial match is put.
  struct Place {
    PartialMatches& live;
    MatchSlot before = kNoMatch;     // at the end
    MatchSlot instead = kNoMatch;    // the first takes this one's slot
  };

  /// Whom the event can concern, into concerned_. False: it may be all.
  bool find_concerned(PartialMatches& live, Transitions& transitions, Conditions& conditions);
  void move(PartialMatches& live, MatchSlot slot, const StateMoves& outcome, CurrentEvent& event,
            std::vector<Node*>& completed);
  void apply(const StateMoves& outcome, const PartialMatch* from, CurrentEvent& event, Place& place,
             std::vector<Node*>& completed);
  void stay(const PartialMatch& partial_match, Place& place);
  void go_on(const PartialMatch& partial_match, Place& place);
  void complete(Node* path, std::vector<Node*>& completed);
  void report_once(std::vector<TimedOut>& timed_out);
  /// Have all run out, with nothing to be said about any?
  [[nodiscard]] bool all_vanish(const PartialMatches& live, TimeMs now_ms) const;
  /// Releases the paths of some that have vanished.
  void bury(std::size_t most);
  [[nodiscard]] TimeMs deadline_of(StateId state, const Node* path) const;
  /// When `within … of STEP` of a state ends for a path.
  [[nodiscard]] TimeMs end_of_bounds(StateId state, const Node* path) const;

  const PatternSpec& spec_;
  const Program& program_;
  SharedBuffer& buffer_;
  const bool has_own_limits_;    // of states, beside `within`
  const std::size_t indexed_from_;
  VisitPlans plans_;
  std::vector<MatchSlot> concerned_;
  std::vector<Node*> left_;                 // paths of those that the event at hand took out
  std::vector<PartialMatches> vanished_;    // lists that ran out as a whole, released little by little
  SeenPaths seen_;
  std::uint64_t visits_ = 0;
};

}    // namespace cepheid::nfa
