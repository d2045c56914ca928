#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <vector>

#include "cepheid/time.hpp"
#include "nfa/matcher/event_store.hpp"
#include "nfa/matcher/ring_memory.hpp"
#include "nfa/row/layout.hpp"

namespace cepheid::nfa {

/// An event that a partial match took, by its place among all that were taken. Numbers rise in the order in which the
/// engine works on events, and wrap: those in use lie less than 2^31 apart.
using EventId = std::uint32_t;

[[nodiscard]] constexpr bool is_before(EventId a, EventId b) {
  return static_cast<std::int32_t>(a - b) < 0;
}
[[nodiscard]] constexpr EventId later_of(EventId a, EventId b) {
  return is_before(a, b) ? b : a;
}

/// Which of the events of a ring are still wanted, and what their numbers become when the others are taken out.
class EventMarks {
 public:
  /// Forgets all marks, and is about the events from `begin` to `end` from now on. Keeps its memory.
  void reset(EventId begin, EventId end) {
    begin_ = begin;
    bits_.assign(std::size_t{end - begin} / 64 + 1, 0);
  }

  void mark(EventId id) {
    const std::uint32_t at = id - begin_;
    bits_[at >> 6] |= std::uint64_t{1} << (at & 63);
  }
  [[nodiscard]] bool marked(EventId id) const {
    const std::uint32_t at = id - begin_;
    return (bits_[at >> 6] >> (at & 63) & 1) != 0;
  }
  /// Call when all are marked.
  void count();
  [[nodiscard]] std::uint32_t size() const { return size_; }
  /// How many marked events are before `id`, which need not be marked and may be the end.
  [[nodiscard]] std::uint32_t before(EventId id) const {
    const std::uint32_t at = id - begin_;
    const std::uint64_t below = (at & 63) == 0 ? 0 : bits_[at >> 6] & ((std::uint64_t{1} << (at & 63)) - 1);
    return counts_[at >> 6] + static_cast<std::uint32_t>(__builtin_popcountll(below));
  }
  [[nodiscard]] EventId begin() const { return begin_; }

 private:
  EventId begin_ = 0;
  std::vector<std::uint64_t> bits_;      // of the end too
  std::vector<std::uint32_t> counts_;    // of marks before each word
  std::uint32_t size_ = 0;
};

/// The events that merged partial matches took: copies of their rows in a ring, in the order taken. What nothing can
/// reach any more is freed from the old end, or, where much in the middle is dead, by compacting: there are no counts
/// of references. Not thread-safe.
class EventRing {
 public:
  /// `texts_stay`: all text of all rows outlives the ring, so that only words are copied. `inputs`: that events may be
  /// of.
  EventRing(const RowLayout& layout, bool texts_stay, std::size_t inputs);

  /// The number of the event at hand, which is copied when it is first asked for.
  EventId take(CurrentEvent& event) {
    if (!event.taken) {
      event.taken = true;
      event.id = add(event);
    }
    return event.id;
  }
  /// Forgets all before `id`.
  void free_before(EventId id);
  /// Forgets all, and gives all memory back.
  void give_back() {
    free_before(end_);
    memory_.give_back();
  }
  /// Forgets those that are not marked; the others are numbered begin() + 0, 1, … in their order.
  void compact(const EventMarks& marks);

  [[nodiscard]] EventId begin() const { return begin_; }
  [[nodiscard]] EventId end() const { return end_; }
  [[nodiscard]] std::uint32_t size() const { return end_ - begin_; }

  [[nodiscard]] TimeMs time_ms(EventId id) const { return static_cast<TimeMs>(record(id)[0]); }
  [[nodiscard]] std::uint64_t sequence(EventId id) const { return record(id)[1]; }
  [[nodiscard]] std::uint32_t input(EventId id) const {
    return header_words_ == kMostHeaderWords ? static_cast<std::uint32_t>(record(id)[2]) : 0;
  }
  /// The event will be looked at soon.
  void prefetch(EventId id) const { __builtin_prefetch(record(id)); }
  /// Valid until an event is taken.
  [[nodiscard]] Row row(EventId id) const {
    const std::uint64_t* words = record(id);
    if (texts_stay_) return words + header_words_;
    Row copy = nullptr;
    std::memcpy(&copy, words + header_words_, sizeof copy);
    return copy;
  }

  /// For loading: an event with the row of its own.
  EventId add(Row row, TimeMs time_ms, std::uint64_t sequence, std::uint32_t input);
  [[nodiscard]] std::size_t memory_bytes() const { return memory_.memory_bytes() + copy_bytes_; }

 private:
  static constexpr std::uint32_t kMostHeaderWords = 3;    // time; sequence; input and number of the block of copies
  struct Block {
    std::unique_ptr<char[]> memory;
    std::size_t size = 0;
    std::size_t used = 0;
    std::uint32_t events = 0;    // alive in it
  };

  EventId add(const CurrentEvent& event) { return add(event.row, event.time_ms, event.rank(), event.input); }
  std::uint64_t* record(EventId id) { return reinterpret_cast<std::uint64_t*>(memory_.at(id)); }
  [[nodiscard]] const std::uint64_t* record(EventId id) const {
    return reinterpret_cast<const std::uint64_t*>(memory_.at(id));
  }
  [[nodiscard]] Row copy_row(Row row, std::uint32_t& block);
  void forget(EventId id);

  const RowLayout& layout_;
  const bool texts_stay_;
  const std::uint32_t header_words_;    // the last one is there only if it can tell anything
  const std::size_t stride_;            // words of a record
  // Numbers begin shortly before they wrap, so that hardly a test does not go over it.
  static constexpr EventId kFirst = ~EventId{0} - 12;
  EventId begin_ = kFirst;
  EventId end_ = kFirst;
  RingMemory memory_;
  std::deque<Block> blocks_;    // of rows with their text, if texts do not stay
  std::uint32_t first_block_ = 0;
  std::size_t copy_bytes_ = 0;
};

}    // namespace cepheid::nfa
