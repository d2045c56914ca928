#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "nfa/matcher/huge_pages.hpp"

namespace cepheid::nfa {

/// Numbers of keys by the hash of the key: what the keys are only its holder knows, who says which of them is meant. A
/// place is 8 bytes and half of them at most are taken, so that mostly the first look is the last. Taking a key out
/// leaves nothing behind: after a warm-up keys come and go without an allocation. Not thread-safe.
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

  KeyIndex() : places_(std::size_t{1} << kFirstLog) {}

  class View;
  /// The number of the key for which `is(id)`, or kNone.
  template <typename Is>
  [[nodiscard]] std::uint32_t find(std::uint64_t hash, const Is& is) const {
    const std::uint32_t tag = tag_of(hash);
    for (std::size_t at = home(tag); places_[at].id != kNone; at = next(at)) {
      if (places_[at].tag == tag && is(places_[at].id)) return places_[at].id;
    }
    return kNone;
  }
  /// Requires that the key is not there.
  void add(std::uint64_t hash, std::uint32_t id) {
    if (2 * (count_ + 1) > places_.size()) grow();
    put({tag_of(hash), id});
    ++count_;
  }
  /// Requires that it is there.
  void remove(std::uint64_t hash, std::uint32_t id) {
    std::size_t hole = home(tag_of(hash));
    while (places_[hole].id != id) hole = next(hole);
    // What comes behind moves up, as far as it may.
    for (std::size_t at = next(hole); places_[at].id != kNone; at = next(at)) {
      const std::size_t from_home = (at - home(places_[at].tag)) & (places_.size() - 1);
      if (from_home < ((at - hole) & (places_.size() - 1))) continue;
      places_[hole] = places_[at];
      hole = at;
    }
    places_[hole].id = kNone;
    --count_;
  }
  /// Takes all keys out, and keeps the memory.
  void clear() {
    std::ranges::fill(places_, Place());
    count_ = 0;
  }
  /// At least twice as many as there are keys, or ever were.
  [[nodiscard]] std::size_t places() const { return places_.size(); }
  [[nodiscard]] std::size_t memory_bytes() const { return places_.size() * sizeof(Place); }

 private:
  struct Place {
    std::uint32_t tag = 0;    // the upper half of the hash; its first bits say where the key's home is
    std::uint32_t id = kNone;
  };
  using Places = std::vector<Place, HugePageAllocator<Place>>;
  static constexpr int kFirstLog = 4;

  [[nodiscard]] static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }
  [[nodiscard]] std::size_t home(std::uint32_t tag) const { return tag >> shift_; }
  [[nodiscard]] std::size_t next(std::size_t at) const { return (at + 1) & (places_.size() - 1); }
  void put(Place place) {
    std::size_t at = home(place.tag);
    while (places_[at].id != kNone) at = next(at);
    places_[at] = place;
  }
  void grow() {
    Places old(places_.size() * 2);
    old.swap(places_);
    --shift_;
    for (const Place& place : old) {
      if (place.id != kNone) put(place);
    }
  }

  Places places_;    // a power of two
  int shift_ = 32 - kFirstLog;
  std::size_t count_ = 0;
};

/// For a first look at many keys; valid until a key is added or removed.
class KeyIndex::View {
 public:
  explicit View(const KeyIndex& index) : places_(index.places_.data()), shift_(index.shift_) {}
  /// What find() will look at first.
  void prefetch(std::uint64_t hash) const { __builtin_prefetch(&places_[tag_of(hash) >> shift_]); }
  /// The number that the key most likely has, kNone if it surely has none, or kMany: only find() can say.
  [[nodiscard]] std::uint32_t guess(std::uint64_t hash) const {
    const Place place = places_[tag_of(hash) >> shift_];
    return place.tag == tag_of(hash) || place.id == kNone ? place.id : kMany;
  }

 private:
  const Place* places_;
  int shift_;
};

}    // namespace cepheid::nfa
