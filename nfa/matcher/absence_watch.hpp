#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "nfa/automaton/pattern_spec.hpp"
#include "nfa/expr/predicate_table.hpp"
#include "nfa/matcher/deadlines.hpp"
#include "nfa/matcher/event_bytes.hpp"
#include "nfa/matcher/event_store.hpp"
#include "nfa/matcher/key_table.hpp"
#include "nfa/matcher/match.hpp"
#include "nfa/matcher/match_outlet.hpp"

namespace cepheid::nfa {

/// An `absent … for D` pattern at work: for each key the time since which its events are missing. A key is known from
/// its first event on; once its row is given it is forgotten if any event of it would count, else kept until the next
/// that does. Not thread-safe. Cost: O(log keys) an event.
class AbsenceWatch {
 public:
  AbsenceWatch(std::shared_ptr<const PatternSpec> spec, std::uint32_t pattern, EventStore& events, KeyTable& keys,
               PredicateTable& table, MatchConsumer& consumer, MatchWish wish);
  ~AbsenceWatch();
  AbsenceWatch(const AbsenceWatch&) = delete;
  AbsenceWatch& operator=(const AbsenceWatch&) = delete;

  // As SingleMatcher.
  void on_event(CurrentEvent& event, PredicateBits& bits, EvalScratch& scratch);
  void on_time(TimeMs now_ms, std::uint64_t sequence) {
    if (deadlines_.next_ms() <= now_ms && !deadlines_.empty()) give_due(now_ms, sequence);
  }
  [[nodiscard]] const PatternStats& stats() const { return stats_; }
  void save(EventWriter& events) const;
  bool load(EventReader& events);
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  struct KeyState {
    TimeMs since_ms = 0;            // of the last event that counts, or first sight
    std::uint64_t place = 0;        // of that event
    std::uint64_t rank = 0;         // sequence of the row that it is
    StoredEvent* last = nullptr;    // that event; null: none came yet
    std::uint32_t stamp = 0;        // of its entry in deadlines_
    bool given = false;
    bool held = false;    // this watch holds the key
  };

  [[nodiscard]] bool holds(KeyId id) const { return id < states_.size() && states_[id].held; }
  void hold(KeyId id);
  void give_due(TimeMs now_ms, std::uint64_t sequence);
  void give(KeyId id, TimeMs deadline_ms, std::uint64_t sequence);
  void forget(KeyId id);

  const std::shared_ptr<const PatternSpec> spec_;
  const std::uint32_t pattern_;
  EventStore& events_;
  KeyTable& keys_;
  MatchConsumer& consumer_;
  MatchOutlet outlet_;
  std::vector<PredicateId> when_;     // all must hold for an event to reach the pattern
  std::vector<PredicateId> where_;    // all must hold for it to count

  std::vector<KeyState> states_;    // by KeyId
  Deadlines deadlines_;
  TakenEvents taken_;
  PatternStats stats_;
};

}    // namespace cepheid::nfa
