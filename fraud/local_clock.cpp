#include "fraud/local_clock.hpp"

#include "nfa/expr/time_functions.hpp"

namespace cepheid::fraud {
namespace {

constexpr std::int64_t kMsPerHour = 3'600'000;
constexpr std::int64_t kHoursPerDay = 24;

constexpr std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

}    // namespace

LocalClock::LocalClock(const std::string& zone) {
  if (zone == "UTC") return;
  zone_ = nfa::find_zone(zone);
  known_ = zone_ != nullptr;
}

ClockReading LocalClock::read(TimeMs time_ms) {
  TimeMs local_ms = time_ms;
  if (zone_ != nullptr) {
    if (has_hour_ && time_ms >= hour_begin_ms_ && time_ms - hour_begin_ms_ < kMsPerHour) {
      local_ms = time_ms + offset_ms_;
    } else {
      local_ms = nfa::to_local(time_ms, zone_);
      // No zone changes its clocks twice within an hour, so equal offsets at both ends hold all through it.
      const TimeMs begin_ms = floor_divide(time_ms, kMsPerHour) * kMsPerHour;
      const DurationMs offset_ms = local_ms - time_ms;
      has_hour_ = nfa::to_local(begin_ms, zone_) - begin_ms == offset_ms &&
                  nfa::to_local(begin_ms + kMsPerHour - 1, zone_) - (begin_ms + kMsPerHour - 1) == offset_ms;
      hour_begin_ms_ = begin_ms;
      offset_ms_ = offset_ms;
    }
  }
  const std::int64_t hours = floor_divide(local_ms, kMsPerHour);
  const std::int64_t days = floor_divide(hours, kHoursPerDay);
  // The epoch was a Thursday.
  return {static_cast<std::uint8_t>(hours - days * kHoursPerDay), static_cast<std::uint8_t>(((days + 3) % 7 + 7) % 7)};
}

}    // namespace cepheid::fraud
