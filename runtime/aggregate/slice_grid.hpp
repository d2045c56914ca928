#pragma once

#include <numeric>
#include <optional>

#include "cepheid/time.hpp"
#include "patterns/plan/plan.hpp"
#include "runtime/aggregate/local_days.hpp"
#include "runtime/aggregate/time_grid.hpp"

namespace cepheid::runtime {

/// How tumbling, sliding and daily windows cut time into slices: the longest pieces of which each window is made. A
/// tumbling or daily window is one slice; sliding windows of 10m every 2m share slices of 2m. Windows begin at
/// multiples of their step since the epoch, days at local midnight. Not thread-safe: remembers the last day.
class SliceGrid {
 public:
  /// A piece of time, and which windows it is part of: those with ends first_end_ms, first_end_ms + step, …,
  /// last_end_ms; none if last_end_ms < first_end_ms (between windows that are shorter than their step).
  struct Piece {
    TimeMs start_ms = 0;
    TimeMs end_ms = 0;
    TimeMs first_end_ms = 0;
    TimeMs last_end_ms = 0;
  };

  explicit SliceGrid(const patterns::WindowPlan& plan) : size_ms_(plan.size_ms), step_ms_(plan.size_ms) {
    if (plan.kind == patterns::WindowPlan::Kind::sliding) step_ms_ = plan.every_ms;
    if (plan.kind == patterns::WindowPlan::Kind::daily) {
      days_.emplace(plan.zone);
    } else {
      slice_ms_ = std::gcd(size_ms_, step_ms_);
    }
  }

  [[nodiscard]] Piece piece_at(TimeMs time_ms) {
    if (days_) {
      const LocalDays::Day day = days_->day_of(time_ms);
      return {.start_ms = day.start_ms, .end_ms = day.end_ms, .first_end_ms = day.end_ms, .last_end_ms = day.end_ms};
    }
    const TimeMs start_ms = floor_to(time_ms, slice_ms_);
    const TimeMs end_ms = add_saturated(start_ms, slice_ms_);
    if (slice_ms_ == size_ms_ && slice_ms_ == step_ms_) {
      return {.start_ms = start_ms, .end_ms = end_ms, .first_end_ms = end_ms, .last_end_ms = end_ms};
    }
    // The last window that has begun, and back from it as long as the windows reach the piece's end.
    const TimeMs last_end_ms = add_saturated(floor_to(start_ms, step_ms_), size_ms_);
    if (last_end_ms < end_ms) {
      return {.start_ms = start_ms, .end_ms = end_ms, .first_end_ms = end_ms, .last_end_ms = last_end_ms};
    }
    const TimeMs first_end_ms = last_end_ms - (last_end_ms - end_ms) / step_ms_ * step_ms_;
    return {.start_ms = start_ms, .end_ms = end_ms, .first_end_ms = first_end_ms, .last_end_ms = last_end_ms};
  }

  /// The first end of a window after `time_ms` among those that `piece` is part of; nothing if all have ended.
  [[nodiscard]] std::optional<TimeMs> end_after(const Piece& piece, TimeMs time_ms) const {
    if (piece.last_end_ms <= time_ms || piece.last_end_ms < piece.first_end_ms) return std::nullopt;
    if (piece.first_end_ms > time_ms) return piece.first_end_ms;
    return piece.first_end_ms + ((time_ms - piece.first_end_ms) / step_ms_ + 1) * step_ms_;
  }

  /// Where the window that ends at `end_ms`, of which `piece` is part, begins.
  [[nodiscard]] TimeMs start_of(const Piece& piece, TimeMs end_ms) const {
    return days_ || slice_ms_ == size_ms_ ? piece.start_ms : subtract_saturated(end_ms, size_ms_);
  }
  [[nodiscard]] DurationMs step_ms() const { return step_ms_; }
  /// Is each window one slice?
  [[nodiscard]] bool one_slice_each() const { return days_ || slice_ms_ == size_ms_; }

 private:
  DurationMs size_ms_;
  DurationMs step_ms_;
  DurationMs slice_ms_ = 0;
  std::optional<LocalDays> days_;
};

}    // namespace cepheid::runtime
