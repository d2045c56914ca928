#pragma once

#include <cstdint>
#include <limits>

namespace cepheid::inline v0 {

/// A point in event time: milliseconds since the epoch, UTC. May be negative.
using TimeMs = std::int64_t;
/// A length of time in milliseconds, never negative where a rule file gives it.
using DurationMs = std::int64_t;

/// Before all time: the watermark of a stream that has seen nothing.
inline constexpr TimeMs kBeginOfTime = std::numeric_limits<TimeMs>::min();
/// The end of input: no event can come after it, every timer fires.
inline constexpr TimeMs kEndOfTime = std::numeric_limits<TimeMs>::max();

/// `time + duration`, staying at the ends of time instead of overflowing.
[[nodiscard]] constexpr TimeMs add_saturated(TimeMs time, DurationMs duration) {
  TimeMs sum = 0;
  if (__builtin_add_overflow(time, duration, &sum)) return duration < 0 ? kBeginOfTime : kEndOfTime;
  return sum;
}

/// `time - duration`, staying at the ends of time instead of overflowing.
[[nodiscard]] constexpr TimeMs subtract_saturated(TimeMs time, DurationMs duration) {
  TimeMs difference = 0;
  if (__builtin_sub_overflow(time, duration, &difference)) return duration < 0 ? kEndOfTime : kBeginOfTime;
  return difference;
}

}    // namespace cepheid::inline v0
