#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "cepheid/time.hpp"

namespace cepheid::nfa {

using KeyId = std::uint32_t;

/// When the next partial match of each key runs out of time, so that expiry is never a scan over keys.
///
/// Equal deadlines come out in the order of the events that set them. Each event is of one key, and events are worked
/// on in one order wherever their keys are kept: so which of two keys is first hangs neither on their ids, which are
/// used again and not saved, nor on which other keys share an engine with them.
///
/// A key that gets an earlier deadline is entered anew; entries that are no longer true are told by their stamp and
/// skipped. Cost: O(log n) an entry. Not thread-safe.
class Deadlines {
 public:
  struct Entry {
    TimeMs deadline_ms;
    std::uint64_t place;    // of the event that set it
    KeyId key;
    std::uint32_t stamp;    // must be the key's, else the entry is outdated
  };

  [[nodiscard]] TimeMs next_ms() const { return heap_.empty() ? kEndOfTime : heap_.front().deadline_ms; }
  [[nodiscard]] bool empty() const { return heap_.empty(); }

  void add(Entry entry) {
    heap_.push_back(entry);
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
  /// The earliest entry, of equal ones that of the smaller place. Requires !empty().
  Entry take() {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    const Entry entry = heap_.back();
    heap_.pop_back();
    return entry;
  }
  [[nodiscard]] std::size_t size() const { return heap_.size(); }
  [[nodiscard]] std::size_t memory_bytes() const { return heap_.capacity() * sizeof(Entry); }

  /// Throws the entries away for which `outdated(entry)` is true. Linear.
  template <typename Outdated>
  void purge(Outdated outdated) {
    std::erase_if(heap_, outdated);
    std::make_heap(heap_.begin(), heap_.end(), later);
  }

 private:
  static bool later(const Entry& a, const Entry& b) {
    return a.deadline_ms != b.deadline_ms ? a.deadline_ms > b.deadline_ms : a.place > b.place;
  }
  std::vector<Entry> heap_;
};

}    // namespace cepheid::nfa
