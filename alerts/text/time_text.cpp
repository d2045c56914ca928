#include "alerts/text/time_text.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

namespace cepheid::alerts {

namespace {

constexpr TimeMs kFirst = -62'167'219'200'000;    // 0000-01-01
constexpr TimeMs kLast = 253'402'300'799'999;     // 9999-12-31T23:59:59.999
constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Civil {
  std::chrono::year_month_day date;
  std::chrono::weekday weekday;
  std::chrono::hh_mm_ss<std::chrono::milliseconds> time;
};

Civil civil(TimeMs time) {
  using std::chrono::milliseconds;
  const std::chrono::sys_time<milliseconds> point{milliseconds{std::clamp(time, kFirst, kLast)}};
  const auto day = std::chrono::floor<std::chrono::days>(point);
  return {day, std::chrono::weekday{day}, std::chrono::hh_mm_ss{point - day}};
}

}    // namespace

std::string iso_8601(TimeMs time) {
  const Civil c = civil(time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(c.date.year()),
                     static_cast<unsigned>(c.date.month()), static_cast<unsigned>(c.date.day()), c.time.hours().count(),
                     c.time.minutes().count(), c.time.seconds().count(), c.time.subseconds().count());
}

std::string mail_date(TimeMs time) {
  const Civil c = civil(time);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000", kDays[c.weekday.c_encoding()],
                     static_cast<unsigned>(c.date.day()), kMonths[static_cast<unsigned>(c.date.month()) - 1],
                     static_cast<int>(c.date.year()), c.time.hours().count(), c.time.minutes().count(),
                     c.time.seconds().count());
}

std::string duration_text(DurationMs duration) {
  struct Unit {
    DurationMs length;
    const char* name;
  };
  static constexpr std::array kUnits = {Unit{86'400'000, "d"}, Unit{3'600'000, "h"}, Unit{60'000, "m"},
                                        Unit{1'000, "s"}};
  for (const Unit& unit : kUnits) {
    if (duration >= unit.length && duration % unit.length == 0)
      return fmt::format("{}{}", duration / unit.length, unit.name);
  }
  return fmt::format("{}ms", duration);
}

}    // namespace cepheid::alerts
