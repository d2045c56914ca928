#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "nfa/matcher/conditions.hpp"
#include "nfa/matcher/deadlines.hpp"
#include "nfa/matcher/event_store.hpp"
#include "nfa/matcher/key_encoder.hpp"
#include "nfa/matcher/match.hpp"
#include "nfa/matcher/node_bytes.hpp"
#include "nfa/matcher/program.hpp"
#include "nfa/matcher/shared_buffer.hpp"
#include "nfa/matcher/single_paths.hpp"
#include "nfa/matcher/start_groups.hpp"
#include "nfa/matcher/transitions.hpp"
#include "nfa/matcher/waiting_matches.hpp"

namespace cepheid::nfa {

/// One pattern at work: the partial matches of each key, moved event by event in event-time order, and what
/// `after_match` lets out. Not thread-safe.
///
/// Partial matches are moved by StartGroups where the pattern allows it, otherwise by SinglePaths; the matches are the
/// same. A key without partial matches and waiting matches has no state. An event that neither a live state nor `begin`
/// wants costs a look at its conditions' outcomes.
class Matcher {
 public:
  struct Options {
    bool merge = true;    // off: SinglePaths always; for tests, which compare the two
  };

  /// `pattern`: its position in the engine, for MatchView.
  Matcher(std::shared_ptr<const PatternSpec> spec, std::uint32_t pattern, EventStore& events, PredicateTable& table,
          MatchConsumer& consumer, Options options);
  ~Matcher();
  Matcher(const Matcher&) = delete;
  Matcher& operator=(const Matcher&) = delete;

  /// Works on the next event, which is not before any time that on_time has seen.
  void on_event(CurrentEvent& event, PredicateBits& bits, EvalScratch& scratch);

  /// Event time is `now_ms`: what has run out by then goes. `sequence`: of the cause.
  void on_time(TimeMs now_ms, std::uint64_t sequence) {
    if (deadlines_.next_ms() <= now_ms && !deadlines_.empty()) expire_due(now_ms, sequence);
  }

  [[nodiscard]] const PatternStats& stats() const { return stats_; }

  /// Writes the state: all that what it gives from now on depends on. Not to be called while it works on an event.
  void save(EventWriter& events) const;
  /// Reads what save wrote of a pattern of the same fingerprint, with the same options, into a new matcher. False, the
  /// reader having failed, if that makes no sense; then it may only be destroyed.
  bool load(EventReader& events);
  [[nodiscard]] bool merged() const { return merged_; }
  /// Bytes of its state without stored events. An estimate: how full the lists of each key are is not looked up. O(1).
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  struct KeyState {
    std::string bytes;         // the key, encoded
    PartialMatches singles;    // one of these two is in use
    StartGroupList groups;
    WaitingMatches waiting;
    TimeMs now_ms = kBeginOfTime;        // of the key's last event
    TimeMs deadline_ms = kEndOfTime;     // for which an entry with `stamp` is in deadlines_
    std::uint64_t deadline_place = 0;    // of that entry
    std::uint32_t stamp = 0;
  };

  KeyState& state_of(KeyId id) { return *states_[id]; }
  KeyId make_key();
  void drop_key(KeyId id);
  /// After the key's partial matches changed: sets its deadline, or drops it if nothing is left. `place`: of the event
  /// that changed them, or, if only time did, of the deadline that was met.
  void settle(KeyId id, std::uint64_t place);

  /// Keys with state, by the start of their first path: an order that needs no ids.
  [[nodiscard]] std::vector<const KeyState*> keys_in_order() const;
  bool load_key(NodeReader& nodes);

  [[nodiscard]] std::uint64_t partial_matches_of(const KeyState& state) const {
    return merged_ ? state.groups.count : state.singles.size();
  }
  /// What counts for `limit`: the key's own, or all keys'.
  [[nodiscard]] std::uint64_t counted_of(const KeyState& state) const {
    return spec_->limit.per_key ? partial_matches_of(state) : stats_.partial_matches;
  }
  [[nodiscard]] bool may_begin(const KeyState& state);
  /// Brings the key's partial matches back under the limit.
  void hold_limit(KeyState& state);

  void give_out_completed(KeyState& state);
  void let_out(KeyState& state);
  /// What the strategy takes away once `match` is out: the starts before this place.
  [[nodiscard]] std::uint64_t skip_bound(const Completed& match);
  void drop_starts_before(KeyState& state, std::uint64_t bound);
  [[nodiscard]] bool lives_before(const KeyState& state, std::uint64_t start) const {
    return merged_ ? start_groups_.lives_before(state.groups, start) : single_paths_.lives_before(state.singles, start);
  }

  void expire_due(TimeMs now_ms, std::uint64_t sequence);
  void expire(KeyState& state, TimeMs now_ms);

  /// The events of the path that began at `start`, into match_events_ and taken_.
  void walk(const Node* path, std::uint64_t start);
  /// Gives the match that walk() found to the consumer.
  void give_out(const KeyState& state, TimeMs end_ms, bool timed_out);

  const std::shared_ptr<const PatternSpec> spec_;
  const std::uint32_t pattern_;
  const Program program_;
  SharedBuffer buffer_;
  Conditions conditions_;
  Transitions transitions_;
  SinglePaths single_paths_;
  StartGroups start_groups_;
  const bool merged_;
  std::optional<PredicateId> when_;
  KeyEncoder key_encoder_;
  MatchConsumer& consumer_;

  boost::unordered_flat_map<std::string, KeyId> keys_;
  std::vector<std::unique_ptr<KeyState>> states_;    // by KeyId
  std::vector<KeyId> free_keys_;
  Deadlines deadlines_;
  std::size_t key_text_ = 0;           // bytes of all keys
  std::size_t waiting_matches_ = 0;    // of all keys

  // For the event at hand.
  std::vector<Completed> completed_;
  std::vector<TimedOut> timed_out_;
  std::uint64_t sequence_ = 0;
  TimeMs give_out_ms_ = kBeginOfTime;
  std::string key_bytes_;
  TakenEvents taken_;
  std::vector<TakenEvent> match_events_;
  std::vector<std::uint64_t> match_places_;    // of match_events_
  std::uint64_t match_rank_ = 0;
  std::vector<Datum> key_values_;
  Arena key_arena_;

  PatternStats stats_;
};

}    // namespace cepheid::nfa
