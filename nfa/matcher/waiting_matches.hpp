#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "nfa/matcher/completed.hpp"
#include "nfa/matcher/node_bytes.hpp"

namespace cepheid::nfa {

/// A key's completed matches that `after_match` has not let out yet: by start, those of one start by age. Entries hold
/// references to their paths, which whoever takes one out takes over.
class WaitingMatches {
 public:
  [[nodiscard]] bool empty() const { return first_ == entries_.size(); }
  [[nodiscard]] std::size_t size() const { return entries_.size() - first_; }
  [[nodiscard]] static constexpr std::size_t bytes_each() { return sizeof(Entry); }
  [[nodiscard]] const Completed& front() const { return entries_[first_].match; }

  void add(const Completed& match) { insert({match, ++age_}); }

  /// Takes the first match out. If its entry stands for later starts too, these go on waiting (and keep a reference).
  Completed take_front(SharedBuffer& buffer) {
    Entry entry = entries_[first_++];
    const Completed front = entry.match;
    if (front.start < front.last_start) {
      buffer.hold(front.path);
      entry.match.start = first_start(front.path, front.start + 1)->start;
      insert(entry);
    }
    compact();
    return front;
  }

  /// Throws out the matches whose start is before `bound`.
  void drop_starts_before(std::uint64_t bound, SharedBuffer& buffer) {
    while (!empty() && front().start < bound) {
      Entry entry = entries_[first_++];
      if (entry.match.last_start < bound) {
        buffer.release(entry.match.path);
      } else {
        entry.match.start = first_start(entry.match.path, bound)->start;
        insert(entry);
      }
    }
    compact();
  }

  void save(NodeWriter& nodes) const;
  // As PartialMatches.
  bool load(NodeReader& nodes);

 private:
  struct Entry {
    Completed match;
    std::uint64_t age;
  };

  static bool before(const Entry& a, const Entry& b) {
    return a.match.start != b.match.start ? a.match.start < b.match.start : a.age < b.age;
  }
  void insert(const Entry& entry) {
    const auto begin = entries_.begin() + static_cast<std::ptrdiff_t>(first_);
    entries_.insert(std::upper_bound(begin, entries_.end(), entry, before), entry);
  }
  void compact() {
    constexpr std::size_t kTakenAtMost = 1024;
    if (first_ != entries_.size() && first_ < kTakenAtMost) return;
    entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }

  std::vector<Entry> entries_;    // sorted from first_ on
  std::size_t first_ = 0;
  std::uint64_t age_ = 0;
};

}    // namespace cepheid::nfa
