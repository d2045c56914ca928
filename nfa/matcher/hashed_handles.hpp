#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "nfa/matcher/match_handles.hpp"

namespace cepheid::nfa {

/// Handles by a hash: adding one costs O(1), finding O(1) and what is found. What is gone costs once, when it is met.
class HashedHandles {
 public:
  void add(std::uint64_t hash, MatchHandle handle) {
    const auto head = heads_.try_emplace(hash, kNone).first;
    std::uint32_t at = free_;
    if (at == kNone) {
      at = static_cast<std::uint32_t>(entries_.size());
      entries_.emplace_back();
    } else {
      free_ = entries_[at].next;
    }
    entries_[at] = {handle, head->second};
    head->second = at;
    ++size_;
  }
  [[nodiscard]] std::size_t size() const { return size_; }

  /// Appends the slots of those with the hash.
  void collect(std::uint64_t hash, const MatchStamps& stamps, std::vector<MatchSlot>& found) {
    const auto head = heads_.find(hash);
    if (head == heads_.end()) return;
    drop_dead(head->second, stamps);
    for (std::uint32_t at = head->second; at != kNone; at = entries_[at].next) {
      found.push_back(entries_[at].handle.slot);
    }
    if (head->second == kNone) heads_.erase(head);
  }
  void collect_all(const MatchStamps& stamps, std::vector<MatchSlot>& found) {
    purge(stamps);
    for (const auto& [hash, first] : heads_) {
      for (std::uint32_t at = first; at != kNone; at = entries_[at].next) found.push_back(entries_[at].handle.slot);
    }
  }

  void purge(const MatchStamps& stamps) {
    for (auto head = heads_.begin(); head != heads_.end();) {
      drop_dead(head->second, stamps);
      const auto at = head++;
      if (at->second == kNone) heads_.erase(at);
    }
  }

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  struct Entry {
    MatchHandle handle;
    std::uint32_t next = kNone;    // of the same hash, or of those that are free
  };
  void drop_dead(std::uint32_t& head, const MatchStamps& stamps) {
    for (std::uint32_t* link = &head; *link != kNone;) {
      Entry& entry = entries_[*link];
      if (stamps.lives(entry.handle)) {
        link = &entry.next;
        continue;
      }
      const std::uint32_t freed = *link;
      *link = entry.next;
      entry.next = free_;
      free_ = freed;
      --size_;
    }
  }

  boost::unordered_flat_map<std::uint64_t, std::uint32_t> heads_;    // first entry by hash
  std::vector<Entry> entries_;
  std::uint32_t free_ = kNone;
  std::size_t size_ = 0;
};

}    // namespace cepheid::nfa
