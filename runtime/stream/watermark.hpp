#pragma once

#include <algorithm>

#include "cepheid/time.hpp"

namespace cepheid::runtime {

/// How far one stream's time has come: an event with time < low_ms() is late from now on.
class Watermark {
 public:
  explicit Watermark(DurationMs lateness) : lateness_(lateness) {}

  /// Takes note of an event's time. Did low_ms() move?
  bool note(TimeMs time_ms) {
    // No branches: whether time goes on cannot be foreseen.
    const TimeMs before = low_;
    largest_ = std::max(largest_, time_ms);
    low_ = std::max(low_, subtract_saturated(largest_, lateness_));
    return low_ != before;
  }
  /// No event comes any more.
  void end() { low_ = kEndOfTime; }

  /// The largest time seen; kBeginOfTime before the first.
  [[nodiscard]] TimeMs largest_ms() const { return largest_; }
  /// The largest time seen - lateness; kBeginOfTime before the first event, kEndOfTime at the end.
  [[nodiscard]] TimeMs low_ms() const { return low_; }

 private:
  DurationMs lateness_;
  TimeMs largest_ = kBeginOfTime;
  TimeMs low_ = kBeginOfTime;
};

/// A watermark for readers that grant another lateness than its own stream does.
[[nodiscard]] constexpr TimeMs with_lateness(TimeMs low_ms, DurationMs own, DurationMs wanted) {
  if (low_ms == kBeginOfTime || low_ms == kEndOfTime) return low_ms;
  return subtract_saturated(add_saturated(low_ms, own), wanted);
}

}    // namespace cepheid::runtime
