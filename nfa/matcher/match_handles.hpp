#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cepheid::nfa {

/// Where a partial match is in its list.
using MatchSlot = std::uint32_t;
inline constexpr MatchSlot kNoMatch = ~MatchSlot{0};

/// A partial match as an index names it: the slot, and which of those that have stood there it is.
struct MatchHandle {
  MatchSlot slot = kNoMatch;
  std::uint32_t stamp = 0;
};

/// Tells handles whose partial match is gone, so that indexes need not be searched for it: they drop such handles where
/// they meet them.
class MatchStamps {
 public:
  [[nodiscard]] MatchHandle handle(MatchSlot slot) {
    if (slot >= stamps_.size()) stamps_.resize(std::size_t{slot} + 1 + slot / 2);
    return {slot, stamps_[slot]};
  }
  /// The partial match in the slot goes.
  void remove(MatchSlot slot) {
    if (slot < stamps_.size()) ++stamps_[slot];
  }
  [[nodiscard]] bool lives(MatchHandle handle) const { return stamps_[handle.slot] == handle.stamp; }
  [[nodiscard]] std::size_t memory_bytes() const { return stamps_.capacity() * sizeof(std::uint32_t); }

 private:
  std::vector<std::uint32_t> stamps_;    // by slot
};

/// Handles in no order.
class HandleList {
 public:
  void add(MatchHandle handle) { handles_.push_back(handle); }
  [[nodiscard]] std::size_t size() const { return handles_.size(); }
  /// Appends the slots of those that live, and forgets the others.
  void collect(const MatchStamps& stamps, std::vector<MatchSlot>& found) {
    purge(stamps);
    for (const MatchHandle handle : handles_) found.push_back(handle.slot);
  }
  void purge(const MatchStamps& stamps) {
    std::erase_if(handles_, [&](MatchHandle handle) { return !stamps.lives(handle); });
  }

 private:
  std::vector<MatchHandle> handles_;
};

}    // namespace cepheid::nfa
