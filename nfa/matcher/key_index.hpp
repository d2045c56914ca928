#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "nfa/matcher/equal_mask.hpp"
#include "nfa/matcher/huge_pages.hpp"

namespace cepheid::nfa {

/// Numbers of keys by the hash of the key: what the keys are only its holder knows, who says which of them is meant. A
/// key is in the cache line where its hash belongs, unless that is full; half of the places are taken at most, so that
/// hardly one is. All places of a line are compared at once: no branch hangs on which it is, or on whether it is there.
/// Taking a key out leaves nothing behind: after a warm-up keys come and go without an allocation. Not thread-safe.
class KeyIndex {
 public:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  static constexpr std::uint32_t kMany = kNone - 1;    // see View::guess()

  /// Mixes a word: keys may be anything, also all alike in most bits.
  [[nodiscard]] static std::uint64_t hash(std::uint64_t word) {
    word *= 0x9E3779B97F4A7C15u;
    word ^= word >> 32;
    return word * 0xD6E8FEB86659FD93u;
  }

  KeyIndex() : lines_(std::size_t{1} << kFirstLog) {}

  class View;
  /// The number of the key for which `is(id)`, or kNone.
  template <typename Is>
  [[nodiscard]] std::uint32_t find(std::uint64_t hash, const Is& is) const {
    const std::uint32_t tag = tag_of(hash);
    const std::size_t home = home_of(tag);
    const std::size_t last = lines_[home].away() == 0 ? 0 : farthest_;
    for (std::size_t distance = 0; distance <= last; ++distance) {
      const Line& line = lines_[at(home, distance)];
      for (std::uint32_t equal = line.places_of(tag); equal != 0; equal &= equal - 1) {
        const std::uint32_t id = line.ids[first_of(equal)];
        if (is(id)) return id;
      }
    }
    return kNone;
  }
  /// Requires that the key is not there.
  void add(std::uint64_t hash, std::uint32_t id) {
    if (2 * (count_ + 1) > places()) grow();
    put(tag_of(hash), id);
    ++count_;
  }
  /// Requires that it is there.
  void remove(std::uint64_t hash, std::uint32_t id) {
    const std::uint32_t tag = tag_of(hash);
    const std::size_t home = home_of(tag);
    for (std::size_t distance = 0;; ++distance) {
      Line& line = lines_[at(home, distance)];
      const std::uint32_t place = line.places_of(tag) & equal_words(line.ids.data(), id);
      if (place == 0) continue;
      line.tags[first_of(place)] = 0;
      if (distance != 0) lines_[home].set_away(lines_[home].away() - 1);
      --count_;
      return;
    }
  }
  /// Takes all keys out, and keeps the memory.
  void clear() {
    std::ranges::fill(lines_, Line());
    count_ = 0;
    farthest_ = 0;
  }
  /// At least twice as many as there are keys, or ever were.
  [[nodiscard]] std::size_t places() const { return lines_.size() * kLinePlaces; }
  [[nodiscard]] std::size_t memory_bytes() const { return lines_.size() * sizeof(Line); }

 private:
  static constexpr std::size_t kLinePlaces = 8;
  static constexpr std::size_t kLast = kLinePlaces - 1;    // of a line: tells of the keys that are away
  static constexpr std::uint32_t kLastBit = std::uint32_t{1} << kLast;

  /// A line of the cache. The last place holds no key: its tag counts those that belong here and are elsewhere, its
  /// number is what View::guess() says where no tag is equal.
  struct alignas(64) Line {
    std::array<std::uint32_t, kLinePlaces> tags{};    // the upper half of the hash; 0: no key
    std::array<std::uint32_t, kLinePlaces> ids{kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone};

    /// A bit for each.
    [[nodiscard]] std::uint32_t places_of(std::uint32_t tag) const {
      return equal_words(tags.data(), tag) & (kLastBit - 1);
    }
    [[nodiscard]] std::uint32_t away() const { return tags[kLast]; }
    void set_away(std::uint32_t count) {
      tags[kLast] = count;
      ids[kLast] = count == 0 ? kNone : kMany;
    }
  };
  using Lines = std::vector<Line, HugePageAllocator<Line>>;
  static constexpr int kFirstLog = 1;

  /// The first bits say which line the key belongs to.
  [[nodiscard]] static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32) | 1; }
  [[nodiscard]] static std::size_t first_of(std::uint32_t places) {
    return static_cast<std::size_t>(__builtin_ctz(places));
  }
  [[nodiscard]] std::size_t home_of(std::uint32_t tag) const { return tag >> shift_; }
  [[nodiscard]] std::size_t at(std::size_t home, std::size_t distance) const {
    return (home + distance) & (lines_.size() - 1);
  }
  void put(std::uint32_t tag, std::uint32_t id) {
    const std::size_t home = home_of(tag);
    for (std::size_t distance = 0;; ++distance) {
      Line& line = lines_[at(home, distance)];
      const std::uint32_t free = line.places_of(0);
      if (free == 0) continue;
      line.tags[first_of(free)] = tag;
      line.ids[first_of(free)] = id;
      if (distance != 0) lines_[home].set_away(lines_[home].away() + 1);
      farthest_ = std::max(farthest_, distance);
      return;
    }
  }
  void grow() {
    Lines old(lines_.size() * 2);
    old.swap(lines_);
    --shift_;
    farthest_ = 0;
    for (const Line& line : old) {
      for (std::uint32_t taken = ~line.places_of(0) & (kLastBit - 1); taken != 0; taken &= taken - 1) {
        put(line.tags[first_of(taken)], line.ids[first_of(taken)]);
      }
    }
  }

  Lines lines_;    // a power of two
  int shift_ = 32 - kFirstLog;
  std::size_t count_ = 0;
  std::size_t farthest_ = 0;    // that a key was ever put from the line it belongs to
};

/// For a first look at many keys; valid until a key is added or removed.
class KeyIndex::View {
 public:
  explicit View(const KeyIndex& index) : lines_(index.lines_.data()), shift_(index.shift_) {}
  /// What find() will look at first.
  void prefetch(std::uint64_t hash) const { __builtin_prefetch(&lines_[tag_of(hash) >> shift_]); }
  /// The number that the key most likely has, kNone if it surely has none, or kMany: only find() can say.
  [[nodiscard]] std::uint32_t guess(std::uint64_t hash) const {
    const Line& line = lines_[tag_of(hash) >> shift_];
    return line.ids[first_of(equal_words(line.tags.data(), tag_of(hash)) | kLastBit)];
  }

 private:
  const Line* lines_;
  int shift_;
};

}    // namespace cepheid::nfa
