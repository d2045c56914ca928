#include "runtime/aggregate/local_days.hpp"

#include <algorithm>

#include "runtime/aggregate/time_grid.hpp"

namespace cepheid::runtime {

namespace {

constexpr DurationMs kDay = 86'400'000;
// No zone stands further from UTC, nor changes its clocks by more.
constexpr DurationMs kFarthest = 2 * kDay;
// What lies beyond is one long day at either end of time: midnights there cannot be told.
constexpr TimeMs kFirstMidnight = (kBeginOfTime / kDay + 4) * kDay;
constexpr TimeMs kLastMidnight = (kEndOfTime / kDay - 4) * kDay;

}    // namespace

LocalDays::Day LocalDays::day_of(TimeMs time_ms) {
  if (time_ms >= last_.start_ms && time_ms < last_.end_ms) return last_;
  if (time_ms < kFirstMidnight) return {.start_ms = kBeginOfTime, .end_ms = kFirstMidnight};
  if (time_ms >= kLastMidnight) return {.start_ms = kLastMidnight, .end_ms = kEndOfTime};
  std::int64_t day = floor_divide(nfa::to_local(time_ms, zone_), kDay);
  // Where clocks are set back over midnight the day of a moment is not what they show.
  while (time_ms < start_of(day)) --day;
  while (time_ms >= start_of(day + 1)) ++day;
  last_ = {.start_ms = std::max(start_of(day), kFirstMidnight), .end_ms = std::min(start_of(day + 1), kLastMidnight)};
  return last_;
}

TimeMs LocalDays::start_of(std::int64_t day) const {
  const TimeMs midnight = day * kDay;
  if (zone_ == nullptr) return midnight;
  const auto offset_at = [this](TimeMs time_ms) { return nfa::to_local(time_ms, zone_) - time_ms; };
  const TimeMs a = midnight - offset_at(midnight - kFarthest / 2);
  const TimeMs b = midnight - offset_at(midnight + kFarthest / 2);
  const bool a_shows = nfa::to_local(a, zone_) == midnight;
  const bool b_shows = nfa::to_local(b, zone_) == midnight;
  if (a_shows && b_shows) return std::min(a, b);
  if (a_shows) return a;
  if (b_shows) return b;
  // Clocks spring over it: the first moment at which they show more.
  TimeMs before = midnight - kFarthest;
  TimeMs after = midnight + kFarthest;
  while (after - before > 1) {
    const TimeMs middle = before + (after - before) / 2;
    (nfa::to_local(middle, zone_) < midnight ? before : after) = middle;
  }
  return after;
}

}    // namespace cepheid::runtime
