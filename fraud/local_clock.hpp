#pragma once

#include <cstdint>
#include <string>

#include "cepheid/time.hpp"

namespace date {
class time_zone;
}

namespace cepheid::fraud {

/// What a clock on a wall shows, as far as scores look at it.
struct ClockReading {
  std::uint8_t hour;           // 0 to 23
  std::uint8_t day_of_week;    // 0 = Monday

  [[nodiscard]] bool is_weekend() const { return day_of_week >= 5; }
};

/// Clocks of one zone. Cost of a reading: some ns in UTC and for times of the same hour as the one before, otherwise a
/// look-up in the zone's changes.
class LocalClock {
 public:
  /// An unknown zone: is_known() is false.
  explicit LocalClock(const std::string& zone);
  [[nodiscard]] bool is_known() const { return known_; }

  [[nodiscard]] ClockReading read(TimeMs time_ms);

 private:
  const date::time_zone* zone_ = nullptr;    // null: UTC
  bool known_ = true;
  bool has_hour_ = false;
  TimeMs hour_begin_ms_ = 0;    // with has_hour_: an hour throughout which clocks stand offset_ms_ from UTC
  DurationMs offset_ms_ = 0;
};

}    // namespace cepheid::fraud
