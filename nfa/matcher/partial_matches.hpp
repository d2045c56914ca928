#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "nfa/matcher/match_index.hpp"
#include "nfa/matcher/node_bytes.hpp"
#include "nfa/matcher/occupied_states.hpp"
#include "nfa/matcher/shared_buffer.hpp"

namespace cepheid::nfa {

/// One live way through the program: where it is and what it took. Holds a reference to its path's last node.
struct PartialMatch {
  StateId state = 0;
  Node* path = nullptr;
  TimeMs deadline_ms = kEndOfTime;    // when it runs out

  [[nodiscard]] std::uint64_t start() const { return path->start; }
};

/// A key's partial matches: by start, those of one start by age. Each stands in a slot of its own, which stays its own
/// wherever others come and go; a change anywhere costs amortised O(log n) at most. Does not release paths: whoever
/// takes one out does.
class PartialMatches {
 public:
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  // In order; kNoMatch at the end.
  [[nodiscard]] MatchSlot first() const { return first_; }
  [[nodiscard]] MatchSlot last() const { return last_; }
  [[nodiscard]] MatchSlot next(MatchSlot slot) const { return entries_[slot].next; }
  [[nodiscard]] MatchSlot previous(MatchSlot slot) const { return entries_[slot].previous; }
  [[nodiscard]] bool comes_before(MatchSlot a, MatchSlot b) const { return entries_[a].rank < entries_[b].rank; }
  // Until the list changes.
  [[nodiscard]] const PartialMatch& at(MatchSlot slot) const { return entries_[slot].partial_match; }
  [[nodiscard]] const PartialMatch& front() const { return at(first_); }
  [[nodiscard]] const PartialMatch& back() const { return at(last_); }
  [[nodiscard]] const OccupiedStates& occupied() const { return occupied_; }
  /// None of them runs out before.
  [[nodiscard]] TimeMs next_deadline_ms() const { return next_deadline_ms_; }

  void push_back(const PartialMatch& partial_match) { insert_before(kNoMatch, partial_match); }
  /// kNoMatch: at the end.
  void insert_before(MatchSlot slot, const PartialMatch& partial_match);
  /// Puts another in the place of the one in the slot.
  void replace(MatchSlot slot, const PartialMatch& partial_match);
  void remove(MatchSlot slot);
  /// Forgets all.
  void clear();
  void set_next_deadline(TimeMs deadline_ms) { next_deadline_ms_ = deadline_ms; }

  /// Appends the slots of those in `state` that the visit concerns, in no order (MatchIndex::collect).
  void collect(StateId state, const Visit& visit, Conditions& conditions, std::vector<MatchSlot>& found) {
    if (index_ == nullptr) index_ = std::make_unique<MatchIndex>();
    index_->collect(state, visit, *this, conditions, found);
  }

  [[nodiscard]] static constexpr std::size_t bytes_each() { return sizeof(Entry); }

  void save(NodeWriter& nodes) const;
  /// Into an empty list, whose holder releases the paths in any case. `states`: how many the program has.
  bool load(NodeReader& nodes, std::size_t states);

 private:
  struct Entry {
    PartialMatch partial_match;
    MatchSlot previous = kNoMatch;
    MatchSlot next = kNoMatch;    // of a free slot: the next free one
    std::uint64_t rank = 0;       // grows along the list
  };

  MatchSlot new_slot();
  void came(MatchSlot slot);
  void left(MatchSlot slot);
  /// A rank between those of two neighbours; kNoMatch: the list's end on that side.
  std::uint64_t rank_between(MatchSlot before, MatchSlot after);
  void spread_ranks_around(MatchSlot slot);

  static constexpr std::size_t kWithin = 2;                   // so many lie within the list itself: most keys have few
  boost::container::small_vector<Entry, kWithin> entries_;    // by slot
  MatchSlot first_ = kNoMatch;
  MatchSlot last_ = kNoMatch;
  MatchSlot free_ = kNoMatch;
  MatchSlot size_ = 0;
  OccupiedStates occupied_;
  TimeMs next_deadline_ms_ = kEndOfTime;
  std::unique_ptr<MatchIndex> index_;    // null: nobody asked yet
};

}    // namespace cepheid::nfa
