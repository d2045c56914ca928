#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "nfa/matcher/conditions.hpp"
#include "nfa/matcher/deadlines.hpp"
#include "nfa/matcher/event_store.hpp"
#include "nfa/matcher/key_table.hpp"
#include "nfa/matcher/match.hpp"
#include "nfa/matcher/match_outlet.hpp"
#include "nfa/matcher/node_bytes.hpp"
#include "nfa/matcher/program.hpp"
#include "nfa/matcher/shared_buffer.hpp"
#include "nfa/matcher/single_paths.hpp"
#include "nfa/matcher/transitions.hpp"
#include "nfa/matcher/waiting_matches.hpp"

namespace cepheid::nfa {

/// One pattern at work with each partial match by itself, for any pattern: the partial matches of each key, moved event
/// by event in event-time order (SinglePaths), and what `after_match` lets out. Not thread-safe.
///
/// A key without partial matches and waiting matches has no state. An event that neither a live state nor `begin` wants
/// costs a look at its conditions' outcomes, and at its key if any has state.
class SingleMatcher {
 public:
  /// `pattern`: its position in the engine, for MatchView. `events`, `keys`, `table`, `consumer`: borrowed; `keys` are
  /// by the pattern's key. `indexed_from`: SinglePaths.
  SingleMatcher(std::shared_ptr<const PatternSpec> spec, Program program, std::uint32_t pattern, EventStore& events,
                KeyTable& keys, PredicateTable& table, MatchConsumer& consumer, MatchWish wish,
                std::size_t indexed_from = SinglePaths::kIndexedFrom);
  ~SingleMatcher();
  SingleMatcher(const SingleMatcher&) = delete;
  SingleMatcher& operator=(const SingleMatcher&) = delete;

  /// Works on the next event, which is not before any time that on_time has seen.
  void on_event(CurrentEvent& event, PredicateBits& bits, EvalScratch& scratch);

  /// Event time is `now_ms`: what has run out by then goes. `sequence`: of the cause.
  void on_time(TimeMs now_ms, std::uint64_t sequence) {
    if (deadlines_.next_ms() <= now_ms && !deadlines_.empty()) expire_due(now_ms, sequence);
  }

  [[nodiscard]] const PatternStats& stats() const { return stats_; }
  /// How often an event was offered to a partial match.
  [[nodiscard]] std::uint64_t visits() const { return single_paths_.visits(); }

  /// Writes the state: all that what it gives from now on depends on. Not to be called while it works on an event.
  void save(EventWriter& events) const;
  /// Reads what save wrote of a pattern of the same fingerprint into a new matcher. False, the reader having failed, if
  /// that makes no sense; then it may only be destroyed.
  bool load(EventReader& events);
  /// Bytes of its state without stored events. An estimate: how full the lists of each key are, and what indexes they
  /// have, is not looked up. O(1).
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  struct KeyState {
    // What is looked at first stands together at the front.
    bool held = false;    // this matcher holds the key
    std::uint32_t stamp = 0;
    TimeMs now_ms = kBeginOfTime;        // of the key's last event
    TimeMs deadline_ms = kEndOfTime;     // for which an entry with `stamp` is in deadlines_
    std::uint64_t deadline_place = 0;    // of that entry
    PartialMatches live;
    WaitingMatches waiting;
  };

  KeyState& state_of(KeyId id) { return *states_[id]; }
  [[nodiscard]] bool holds(KeyId id) const {
    return id < states_.size() && states_[id] != nullptr && states_[id]->held;
  }
  void hold(KeyId id);
  void drop(KeyId id);
  /// After the key's partial matches changed: sets its deadline, or drops it if nothing is left. `place`: of the event
  /// that changed them, or, if only time did, of the deadline that was met.
  void settle(KeyId id, std::uint64_t place);

  /// Keys with state, by the start of their first path: an order that needs no ids.
  [[nodiscard]] std::vector<KeyId> keys_in_order() const;
  bool load_key(NodeReader& nodes);

  /// What counts for `limit`: the key's own, or all keys'.
  [[nodiscard]] std::uint64_t counted_of(const KeyState& state) const {
    return spec_->limit.per_key ? state.live.size() : stats_.partial_matches;
  }
  [[nodiscard]] bool may_begin(const KeyState& state);
  /// Brings the key's partial matches back under the limit.
  void hold_limit(KeyId id);

  void give_out_completed(KeyId id);
  void let_out(KeyId id);
  /// What the strategy takes away once the match of `path` is out: the starts before this place.
  [[nodiscard]] std::uint64_t skip_bound(const Node* path);
  void drop_starts_before(KeyState& state, std::uint64_t bound);

  void expire_due(TimeMs now_ms, std::uint64_t sequence);
  void expire(KeyId id, TimeMs now_ms);

  /// The events of the path, into match_events_.
  void walk(const Node* path);
  /// A path that is let out as a match is given, if it is wanted.
  void offer(KeyId id, const Node* path);
  /// Gives the match that walk() found to the consumer.
  void give_out(KeyId id, TimeMs end_ms, bool timed_out);

  const std::shared_ptr<const PatternSpec> spec_;
  const std::uint32_t pattern_;
  const Program program_;
  SharedBuffer buffer_;
  Conditions conditions_;
  Transitions transitions_;
  SinglePaths single_paths_;
  std::optional<PredicateId> when_;
  KeyTable& keys_;
  MatchConsumer& consumer_;
  MatchOutlet outlet_;

  std::vector<std::unique_ptr<KeyState>> states_;    // by KeyId; made when first held, then kept
  std::size_t made_states_ = 0;
  Deadlines deadlines_;
  std::size_t waiting_matches_ = 0;    // of all keys

  // For the event at hand.
  std::vector<Node*> completed_;
  std::vector<TimedOut> timed_out_;
  std::uint64_t sequence_ = 0;
  TimeMs give_out_ms_ = kBeginOfTime;
  TakenEvents taken_;
  std::vector<TakenEvent> match_events_;
  std::uint64_t match_rank_ = 0;

  PatternStats stats_;
};

}    // namespace cepheid::nfa
