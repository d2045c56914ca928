#include "nfa/expr/time_functions.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <numbers>
#include <string>

#include <date/tz.h>

namespace cepheid::nfa {
namespace {

constexpr std::int64_t kMsPerDay = 86'400'000;
// The calendar repeats after 400 years: 146097 days, a whole number of weeks.
constexpr std::int64_t kDaysPerEra = 146'097;

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

/// Days since the epoch of a day; years from March on, so that the day of February 29 comes last
/// (Howard Hinnant, "chrono-compatible low-level date algorithms").
std::int64_t days_of(std::int64_t year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = floor_divide(year, 400);
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * kDaysPerEra + day_of_era - 719'468;
}

bool is_leap(std::int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int days_in_month(std::int64_t year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[month - 1];
}

// The zone files list the changes of clocks up to this year, and the library extends no rule beyond them.
constexpr std::int64_t kLastListedYear = 2037;
// From here on years are listed by the rules in force today; seven of them without a leap day begin on all days of the
// week.
constexpr std::int64_t kFirstModelYear = 2027;

/// A time at which clocks in any zone stand as far from UTC as they will at `time_ms`, in the years that are listed.
/// Rules name days of the week in a month, so that the same date of a year whose days of the week are the same stands
/// in.
TimeMs listed_time(TimeMs time_ms) {
  constexpr TimeMs kEndOfList = 2'145'916'800'000;    // 2038-01-01
  if (time_ms < kEndOfList) return time_ms;
  const Calendar calendar = to_calendar(time_ms);
  // Days of the week are compared behind or before the leap day, where the date lies; no clock changes near that day.
  const int month = calendar.month <= 2 ? 1 : 3;
  const auto day_of_week = [month](std::int64_t year) { return (days_of(year, month, 1) % 7 + 7) % 7; };
  std::int64_t year = kFirstModelYear;
  while (year < kLastListedYear && (is_leap(year) || day_of_week(year) != day_of_week(calendar.year))) ++year;
  const int day = std::min(calendar.day, days_in_month(year, calendar.month));
  return days_of(year, calendar.month, day) * kMsPerDay + (time_ms - floor_divide(time_ms, kMsPerDay) * kMsPerDay);
}

/// Writes a number with at least `width` digits.
char* write_number(std::int64_t value, std::size_t width, char* to) {
  char digits[24];
  std::size_t count = 0;
  for (auto rest = static_cast<std::uint64_t>(value); rest != 0; rest /= 10) {
    digits[count++] = static_cast<char>('0' + rest % 10);
  }
  for (std::size_t i = count; i < width; ++i) *to++ = '0';
  while (count > 0) *to++ = digits[--count];
  return to;
}

char* write_year(std::int64_t year, std::size_t width, char* to) {
  if (year < 0) *to++ = '-';
  return write_number(std::abs(year), width, to);
}

/// Reads what parse_timestamp takes, from the left.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  bool take(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// Exactly `count` digits.
  bool digits(std::size_t count, int& value) {
    if (rest_.size() < count) return false;
    value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(rest_[i])) return false;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return true;
  }
  /// Digits behind the point, as milliseconds.
  bool fraction(int& milliseconds) {
    milliseconds = 0;
    int weight = 100;
    std::size_t count = 0;
    for (; count < rest_.size() && is_digit(rest_[count]); ++count) {
      milliseconds += (rest_[count] - '0') * weight;
      weight /= 10;
    }
    rest_.remove_prefix(count);
    return count > 0;
  }
  /// The offset from UTC at the end, in minutes.
  bool offset(int& minutes) {
    minutes = 0;
    if (at_end()) return true;
    if (take('Z') || take('z')) return at_end();
    const bool negative = take('-');
    if (!negative && !take('+')) return false;
    int hours = 0;
    int rest = 0;
    if (!digits(2, hours)) return false;
    if (!at_end()) {
      take(':');
      if (!digits(2, rest)) return false;
    }
    if (hours > 23 || rest > 59) return false;
    minutes = (hours * 60 + rest) * (negative ? -1 : 1);
    return at_end();
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  std::string_view rest_;
};

}    // namespace

Calendar to_calendar(TimeMs time_ms) {
  const std::int64_t days = floor_divide(time_ms, kMsPerDay);
  const auto ms_of_day = static_cast<int>((time_ms % kMsPerDay + kMsPerDay) % kMsPerDay);

  const std::int64_t shifted = days + 719'468;
  const std::int64_t era = floor_divide(shifted, kDaysPerEra);
  const std::int64_t day_of_era = shifted - era * kDaysPerEra;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const auto day_of_year = static_cast<int>(day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100));
  const int march_month = (5 * day_of_year + 2) / 153;
  const int month = march_month < 10 ? march_month + 3 : march_month - 9;
  return {.year = year_of_era + era * 400 + (month <= 2 ? 1 : 0),
          .month = month,
          .day = day_of_year - (153 * march_month + 2) / 5 + 1,
          .hour = ms_of_day / 3'600'000,
          .minute = ms_of_day / 60'000 % 60,
          .second = ms_of_day / 1'000 % 60,
          .millisecond = ms_of_day % 1'000,
          // the epoch was a Thursday
          .day_of_week = static_cast<int>(days + 3 - floor_divide(days + 3, 7) * 7)};
}

const date::time_zone* find_zone(std::string_view name) {
  try {
    return date::locate_zone(std::string(name));
  } catch (const std::exception&) {
    return nullptr;
  }
}

TimeMs to_local(TimeMs time_ms, const date::time_zone* zone) {
  if (zone == nullptr) return time_ms;
  const std::int64_t seconds = floor_divide(listed_time(time_ms), 1'000);
  const std::chrono::seconds offset = zone->get_info(date::sys_seconds(std::chrono::seconds(seconds))).offset;
  return add_saturated(time_ms, std::chrono::milliseconds(offset).count());
}

std::optional<TimeMs> parse_timestamp(std::string_view text) {
  TimeReader reader(text);
  int year = 0;
  int month = 0;
  int day = 0;
  if (!reader.digits(4, year) || !reader.take('-') || !reader.digits(2, month) || !reader.take('-') ||
      !reader.digits(2, day)) {
    return std::nullopt;
  }
  if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return std::nullopt;
  const std::int64_t midnight = days_of(year, month, day) * kMsPerDay;
  if (reader.at_end()) return midnight;

  int hour = 0;
  int minute = 0;
  int second = 0;
  int millisecond = 0;
  if (!reader.take('T') && !reader.take('t') && !reader.take(' ')) return std::nullopt;
  if (!reader.digits(2, hour) || !reader.take(':') || !reader.digits(2, minute)) return std::nullopt;
  if (reader.take(':')) {
    if (!reader.digits(2, second)) return std::nullopt;
    if (reader.take('.') && !reader.fraction(millisecond)) return std::nullopt;
  }
  int offset_minutes = 0;
  if (hour > 23 || minute > 59 || second > 59 || !reader.offset(offset_minutes)) return std::nullopt;
  return midnight + ((hour * 60 + minute - offset_minutes) * std::int64_t{60} + second) * 1'000 + millisecond;
}

char* write_date(const Calendar& calendar, char* to) {
  to = write_year(calendar.year, 4, to);
  *to++ = '-';
  to = write_number(calendar.month, 2, to);
  *to++ = '-';
  return write_number(calendar.day, 2, to);
}

char* write_timestamp(TimeMs time_ms, char* to) {
  const Calendar calendar = to_calendar(time_ms);
  to = write_date(calendar, to);
  *to++ = 'T';
  to = write_number(calendar.hour, 2, to);
  *to++ = ':';
  to = write_number(calendar.minute, 2, to);
  *to++ = ':';
  to = write_number(calendar.second, 2, to);
  *to++ = '.';
  to = write_number(calendar.millisecond, 3, to);
  *to++ = 'Z';
  return to;
}

TimeFormat::TimeFormat(std::string_view format) {
  constexpr std::string_view kLetters = "yMdHmsS";
  constexpr std::size_t kLongestNumber = 20;
  for (const char c : format) {
    if (kLetters.find(c) == std::string_view::npos) {
      pieces_.push_back({.letter = 0, .count = 1, .literal = c});
    } else if (!pieces_.empty() && pieces_.back().letter == c) {
      ++pieces_.back().count;
    } else {
      pieces_.push_back({.letter = c, .count = 1, .literal = 0});
    }
  }
  for (const Piece& piece : pieces_) room_ += piece.letter == 0 ? 1 : piece.count + kLongestNumber;
}

const Text* TimeFormat::format(const Calendar& calendar, Arena& arena) const {
  Text* text = arena.make_text(room_);
  char* to = text->bytes;
  for (const Piece& piece : pieces_) {
    switch (piece.letter) {
      case 'y':
        to = piece.count == 2 ? write_number(std::abs(calendar.year) % 100, 2, to)
                              : write_year(calendar.year, piece.count, to);
        break;
      case 'M': to = write_number(calendar.month, piece.count, to); break;
      case 'd': to = write_number(calendar.day, piece.count, to); break;
      case 'H': to = write_number(calendar.hour, piece.count, to); break;
      case 'm': to = write_number(calendar.minute, piece.count, to); break;
      case 's': to = write_number(calendar.second, piece.count, to); break;
      case 'S': {
        // A fraction of the second: `S` are tenths, digits beyond the third are zeros.
        char digits[3];
        write_number(calendar.millisecond, 3, digits);
        for (std::size_t i = 0; i < piece.count; ++i) *to++ = i < 3 ? digits[i] : '0';
        break;
      }
      default: *to++ = piece.literal;
    }
  }
  text->size = static_cast<std::size_t>(to - text->bytes);
  return text;
}

double haversine_km(double lat1, double lon1, double lat2, double lon2) {
  constexpr double kEarthRadiusKm = 6371;
  constexpr double kRadians = std::numbers::pi / 180;
  const double half_lat = std::sin((lat2 - lat1) * kRadians / 2);
  const double half_lon = std::sin((lon2 - lon1) * kRadians / 2);
  const double a = half_lat * half_lat + std::cos(lat1 * kRadians) * std::cos(lat2 * kRadians) * half_lon * half_lon;
  // Of points opposite to each other rounding can bring `a` beyond 1.
  return 2 * kEarthRadiusKm * std::asin(std::sqrt(std::min(a, 1.0)));
}

}    // namespace cepheid::nfa
