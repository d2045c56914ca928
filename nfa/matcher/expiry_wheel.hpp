#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "cepheid/time.hpp"
#include "nfa/matcher/deadlines.hpp"

namespace cepheid::nfa {

/// Keys by the time at which they may be without state, roughly: a key comes out at most a 64th of the window late. For
/// giving memory back; what must be told at its very time is in Deadlines. O(1) a key and O(1) a move of time.
class ExpiryWheel {
 public:
  /// Deadlines are at most `window_ms` ahead of time.
  explicit ExpiryWheel(DurationMs window_ms) : tick_ms_(std::max<DurationMs>(1, window_ms / kTicksOfWindow)) {}

  void add(KeyId key, TimeMs deadline_ms) {
    const std::int64_t tick = std::max(tick_of(std::min(deadline_ms, kLatestDeadline)) + 1, now_tick_ + 1);
    if (count_ == 0 || tick < first_tick_) {
      first_tick_ = tick;
      next_ms_ = tick * tick_ms_;
    }
    slots_[static_cast<std::uint64_t>(tick) % kSlots].push_back(key);
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
      due_.swap(slots_[static_cast<std::uint64_t>(tick) % kSlots]);
      count_ -= due_.size();
      for (std::size_t i = 0; i < due_.size(); ++i) {
        if (i + kAhead < due_.size()) ahead(due_[i + kAhead]);
        expire(due_[i]);
      }
      due_.clear();
    }
    first_tick_ = until + 1;
    next_ms_ = count_ == 0 ? kEndOfTime : first_tick_ * tick_ms_;
  }
  template <typename Expire>
  void advance(TimeMs now_ms, const Expire& expire) {
    advance(now_ms, expire, [](KeyId) {});
  }
  [[nodiscard]] std::size_t memory_bytes() const { return count_ * sizeof(KeyId); }

 private:
  static constexpr DurationMs kTicksOfWindow = 64;
  static constexpr std::uint64_t kSlots = 128;
  static constexpr std::size_t kAhead = 8;
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
  std::array<std::vector<KeyId>, kSlots> slots_;
  std::vector<KeyId> due_;
};

}    // namespace cepheid::nfa
