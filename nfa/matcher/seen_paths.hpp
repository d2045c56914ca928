#pragma once

#include <cstdint>
#include <vector>

namespace cepheid::nfa {

/// Which (state, path) were met for the event at hand, to keep each once. A hash table that is emptied in O(1).
class SeenPaths {
 public:
  /// Forgets all.
  void clear() {
    ++round_;
    used_ = 0;
  }

  /// True the first time since clear().
  bool insert(std::uint64_t state, std::uint64_t what) {
    if (2 * (used_ + 1) > slots_.size()) grow();
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash(state, what) & mask;; at = (at + 1) & mask) {
      Slot& slot = slots_[at];
      if (slot.round != round_) {
        slot = {round_, state, what};
        ++used_;
        return true;
      }
      if (slot.state == state && slot.what == what) return false;
    }
  }

 private:
  struct Slot {
    std::uint64_t round = 0;
    std::uint64_t state = 0;
    std::uint64_t what = 0;
  };
  static std::size_t hash(std::uint64_t state, std::uint64_t what) {
    std::uint64_t h = (what ^ (state << 40)) * 0x9E3779B97F4A7C15u;
    return static_cast<std::size_t>(h ^ (h >> 29));
  }
  void grow() {
    std::vector<Slot> old(slots_.empty() ? 64 : slots_.size() * 2);
    old.swap(slots_);
    used_ = 0;
    for (const Slot& slot : old) {
      if (slot.round == round_) insert(slot.state, slot.what);
    }
  }

  std::vector<Slot> slots_;
  std::uint64_t round_ = 1;
  std::size_t used_ = 0;
};

}    // namespace cepheid::nfa
