#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "cepheid/time.hpp"
#include "nfa/row/arena.hpp"

namespace date {
class time_zone;
}

namespace cepheid::nfa {

/// A day of the proleptic Gregorian calendar and a time on it. Any TimeMs can be taken apart.
struct Calendar {
  std::int64_t year;
  int month;    // 1 to 12
  int day;      // 1 to 31
  int hour;
  int minute;
  int second;
  int millisecond;
  int day_of_week;    // 0 is Monday
};

/// Takes a time apart, in UTC.
[[nodiscard]] Calendar to_calendar(TimeMs time_ms);

/// The zone of that name ("Asia/Seoul"), or null. Lives as long as the program. Slow the first time: reads the zone.
[[nodiscard]] const date::time_zone* find_zone(std::string_view name);

/// The time that clocks show in `zone` at that moment, as if it were UTC; null stands for UTC.
[[nodiscard]] TimeMs to_local(TimeMs time_ms, const date::time_zone* zone);

/// Reads ISO 8601: `2024-02-29`, or that with `T` or a space and `12:00[:00[.fraction]]`, then nothing (UTC), `Z`,
/// `+09`,
/// `+09:00` or `+0900`. Fractions are cut to milliseconds. Nothing for days that do not exist and any other text.
[[nodiscard]] std::optional<TimeMs> parse_timestamp(std::string_view text);

/// Room that write_timestamp and write_date need.
inline constexpr int kMaxTimestampText = 40;
/// Writes `2024-02-29T12:00:00.000Z` and gives its end.
[[nodiscard]] char* write_timestamp(TimeMs time_ms, char* to);
/// Writes `2024-02-29` and gives its end.
[[nodiscard]] char* write_date(const Calendar& calendar, char* to);

/// A format of format_time taken apart: a letter `y M d H m s S` repeated is that part with so many digits at least
/// (`yy` the last two of the year, `SSS` milliseconds); everything else stands for itself.
class TimeFormat {
 public:
  explicit TimeFormat(std::string_view format);
  /// The result lives in `arena`.
  [[nodiscard]] const Text* format(const Calendar& calendar, Arena& arena) const;

 private:
  struct Piece {
    char letter;    // 0: `literal` as it is
    std::size_t count;
    char literal;
  };
  std::vector<Piece> pieces_;
  std::size_t room_ = 0;    // bytes that any result fits in
};

/// Way over the earth's surface between two points given in degrees, on a ball of R = 6371 km.
[[nodiscard]] double haversine_km(double lat1, double lon1, double lat2, double lon2);

}    // namespace cepheid::nfa
