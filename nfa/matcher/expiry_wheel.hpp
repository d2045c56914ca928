#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "cepheid/time.hpp"
#include "nfa/matcher/deadlines.hpp"
#include "nfa/matcher/paged_array.hpp"

namespace cepheid::nfa {

/// Keys by the time at which they may be without state, roughly: a key comes out at most a 64th of the window late. For
/// giving memory back; what must be told at its very time is in Deadlines. O(1) a key and O(1) a move of time.
/// Allocates only when it needs more memory than ever before.
class ExpiryWheel {
 public:
  /// Deadlines are at most `window_ms` ahead of time.
  explicit ExpiryWheel(DurationMs window_ms) : tick_ms_(std::max<DurationMs>(1, window_ms / kTicksOfWindow)) {
    slots_.fill(kNone);
  }

  void add(KeyId key, TimeMs deadline_ms) {
    const std::int64_t tick = std::max(tick_of(std::min(deadline_ms, kLatestDeadline)) + 1, now_tick_ + 1);
    if (count_ == 0 || tick < first_tick_) {
      first_tick_ = tick;
      next_ms_ = tick * tick_ms_;
    }
    const std::size_t slot = slot_of(tick);
    occupied_[slot / 64] |= std::uint64_t{1} << (slot % 64);
    put(slots_[slot], key);
    ++count_;
  }
  /// The time from which on advance() has something to do.
  [[nodiscard]] TimeMs next_ms() const { return next_ms_; }
  [[nodiscard]] bool is_due(TimeMs now_ms) const { return now_ms >= next_ms_; }

  /// Calls `expire(key)` for each key whose time has come; it may add keys. `ahead(key)` comes some keys earlier, for
  /// what is slow to reach.
  template <typename Expire, typename Ahead>
  void advance(TimeMs now_ms, const Expire& expire, const Ahead& ahead) {
    const std::int64_t until = tick_of(now_ms);
    // No key is further ahead than one turn.
    std::int64_t tick = std::max(first_tick_, until - static_cast<std::int64_t>(kSlots) + 1);
    now_tick_ = until;
    for (; tick <= until && count_ != 0; ++tick) {
      const std::size_t slot = slot_of(tick);
      occupied_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
      ChunkId at = std::exchange(slots_[slot], kNone);
      while (at != kNone) {
        const Chunk due = chunks_[at];    // a copy: keys that are added may use this one
        chunks_[at].next = std::exchange(free_, at);
        at = due.next;
        count_ -= due.size;
        if (at != kNone) {
          for (std::uint32_t i = 0; i < chunks_[at].size; ++i) ahead(chunks_[at].keys[i]);
        }
        for (std::uint32_t i = 0; i < due.size; ++i) expire(due.keys[i]);
      }
    }
    first_tick_ = count_ == 0 ? until + 1 : next_occupied(until + 1);
    next_ms_ = count_ == 0 ? kEndOfTime : first_tick_ * tick_ms_;
  }
  template <typename Expire>
  void advance(TimeMs now_ms, const Expire& expire) {
    advance(now_ms, expire, [](KeyId) {});
  }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  /// Gives memory back; only while it is empty.
  void clear() {
    chunks_.clear();
    used_chunks_ = 0;
    free_ = kNone;
  }
  [[nodiscard]] std::size_t memory_bytes() const { return chunks_.memory_bytes(); }

 private:
  /// Some keys of one slot: a list of chunks reads faster than one of keys, and those of all slots share their memory.
  using ChunkId = std::uint32_t;
  struct Chunk {
    ChunkId next = 0;    // of the slot, or of those not in use
    std::uint32_t size = 0;
    std::array<KeyId, 14> keys{};
  };
  static constexpr ChunkId kNone = ~ChunkId{0};

  void put(ChunkId& slot, KeyId key) {
    if (slot == kNone || chunks_[slot].size == chunks_[slot].keys.size()) {
      if (free_ == kNone) {
        free_ = used_chunks_++;
        chunks_.reach(used_chunks_);
        chunks_[free_].next = kNone;
      }
      Chunk& first = chunks_[free_];
      const ChunkId before = std::exchange(slot, free_);
      free_ = std::exchange(first.next, before);
      first.size = 0;
    }
    Chunk& first = chunks_[slot];
    first.keys[first.size++] = key;
  }

  [[nodiscard]] static std::size_t slot_of(std::int64_t tick) { return static_cast<std::uint64_t>(tick) % kSlots; }
  /// The first tick from `tick` on whose slot has keys. Requires that there is one; no key is a turn ahead.
  [[nodiscard]] std::int64_t next_occupied(std::int64_t tick) const {
    const std::size_t slot = slot_of(tick);
    std::size_t word = slot / 64;
    std::uint64_t bits = occupied_[word] >> (slot % 64) << (slot % 64);
    while (bits == 0) bits = occupied_[word = (word + 1) % occupied_.size()];
    const std::size_t found = word * 64 + static_cast<std::size_t>(__builtin_ctzll(bits));
    return tick + static_cast<std::int64_t>((found - slot) % kSlots);
  }

  static constexpr DurationMs kTicksOfWindow = 64;
  static constexpr std::uint64_t kSlots = 128;
  // Nobody lives to see such times, but the end of time comes after all deadlines, and no sum leaves its 64 bits.
  static constexpr TimeMs kLatestDeadline = kEndOfTime / 4;
  static constexpr TimeMs kLatest = kEndOfTime / 2;
  static constexpr TimeMs kEarliest = kBeginOfTime / 2;
  [[nodiscard]] std::int64_t tick_of(TimeMs time_ms) const {
    time_ms = std::clamp(time_ms, kEarliest, kLatest);
    return time_ms >= 0 ? time_ms / tick_ms_ : -((-(time_ms + 1)) / tick_ms_) - 1;
  }

  DurationMs tick_ms_;
  std::int64_t now_tick_ = kBeginOfTime / 2;
  std::int64_t first_tick_ = 0;    // no key is in an earlier one
  TimeMs next_ms_ = kEndOfTime;    // of that tick
  std::size_t count_ = 0;
  std::array<ChunkId, kSlots> slots_;    // the first chunk of each
  std::array<std::uint64_t, kSlots / 64> occupied_{};
  PagedArray<Chunk, 32> chunks_;
  ChunkId used_chunks_ = 0;    // those that come after have not been needed yet
  ChunkId free_ = kNone;       // the first chunk that is not in use
};

}    // namespace cepheid::nfa
