#include <gtest/gtest.h>

#include "nfa/expr/time_functions.hpp"
#include "tests/unit/expr/build_expr.hpp"
#include "tests/unit/expr/expect_facts.hpp"

namespace cepheid::nfa {
namespace {

using namespace build;    // NOLINT: the words of the tables
using F = Function;

TypedExpr part(Function function, TimeMs ms, const char* zone = nullptr) {
  std::vector<TypedExpr> args = {build::time(ms)};
  if (zone != nullptr) args.push_back(text(zone));
  return call(function, function == F::date ? Type::string() : Type::int64(), std::move(args));
}

TEST(Timestamp, IsReadFromIso8601) {
  const auto read = [](const char* s) {
    return call(F::to_int, Type::int64(), {call(F::to_timestamp, Type::timestamp(), {text(s)})});
  };
  expect_facts({
      {read("2024-02-29"), "1709164800000"},
      {read("2024-02-29T12:00:00"), "1709208000000"},
      {read("2024-02-29 12:00"), "1709208000000"},
      {read("2024-02-29T12:00:00.250Z"), "1709208000250"},
      {read("2024-02-29T12:00:00.2509999Z"), "1709208000250"},
      {read("2024-02-29T12:00:00+09:00"), "1709175600000"},
      {read("2024-02-29T12:00:00+0900"), "1709175600000"},
      {read("2024-02-29T12:00:00-05"), "1709226000000"},
      {read("1969-12-31T23:59:59.999Z"), "-1"},
      {read("0001-01-01"), "-62135596800000"},
      {read("9999-12-31T23:59:59.999Z"), "253402300799999"},
      {read("2023-02-29"), "null"},
      {read("2024-02-30T00:00:00Z"), "null"},
      {read("2024-13-01"), "null"},
      {read("2024-00-01"), "null"},
      {read("2024-01-01T24:00:00"), "null"},
      {read("2024-01-01T12:60"), "null"},
      {read("2024-01-01T12"), "null"},
      {read("2024-01-01T12:00:00."), "null"},
      {read("2024-01-01T12:00:00Zx"), "null"},
      {read("2024-01-01T12:00:00+9"), "null"},
      {read("2024-1-1"), "null"},
      {read("soon"), "null"},
      {read(""), "null"},
  });
}

TEST(Calendar, HourMinuteDayAndDateInUtcAndInZones) {
  expect_facts({
      {part(F::hour, 0), "0"},
      {part(F::hour, -1), "23"},
      {part(F::minute, -1), "59"},
      {part(F::day_of_week, 0), "3"},
      {part(F::day_of_week, -1), "2"},
      {part(F::date, -1), "1969-12-31"},
      {part(F::date, 1728144000000, "America/St_Johns"), "2024-10-05"},
      {part(F::date, 1704067200000, "America/St_Johns"), "2023-12-31"},
      {part(F::minute, 1729994400000, "America/St_Johns"), "30"},
      {part(F::hour, 1711846799999, "Europe/Berlin"), "1"},
      {part(F::hour, 1711846800000, "Europe/Berlin"), "3"},
      {part(F::day_of_week, 1704067200000, "Europe/Berlin"), "0"},
      {part(F::minute, 1730613600000, "Asia/Kathmandu"), "45"},
      {part(F::hour, 0, "Mars/Olympus"), "null"},
  });
}

TEST(Calendar, SummerTimeGoesOnBehindTheYearsThatZoneFilesList) {
  expect_facts({
      {part(F::hour, *parse_timestamp("2050-07-01T12:00Z"), "Europe/Berlin"), "14"},
      {part(F::hour, *parse_timestamp("2050-12-01T12:00Z"), "Europe/Berlin"), "13"},
      // March 29, 2048: a Sunday, the last one of March
      {part(F::hour, *parse_timestamp("2048-03-29T00:59Z"), "Europe/Berlin"), "1"},
      {part(F::hour, *parse_timestamp("2048-03-29T01:00Z"), "Europe/Berlin"), "3"},
      {part(F::hour, *parse_timestamp("2100-01-01T00:00Z"), "Australia/Lord_Howe"), "11"},
      {part(F::hour, *parse_timestamp("2099-07-01T00:00Z"), "Australia/Sydney"), "10"},
  });
}

TEST(Calendar, EveryTimeCanBeTakenApart) {
  EXPECT_EQ(evaluate(call(F::to_text, Type::string(), {build::time(std::numeric_limits<std::int64_t>::max())})),
            "292278994-08-17T07:12:55.807Z");
  EXPECT_EQ(evaluate(call(F::to_text, Type::string(), {build::time(std::numeric_limits<std::int64_t>::min())})),
            "-292275055-05-16T16:47:04.192Z");
  for (const TimeMs time : {std::numeric_limits<TimeMs>::min(), std::numeric_limits<TimeMs>::max()}) {
    EXPECT_NE(evaluate(part(F::date, time, "America/New_York")), "null");
  }
}

TEST(Calendar, ReadsBackEveryDayThatItWrites) {
  for (TimeMs day = -719'162; day < 200'000; day += 17) {
    const TimeMs time = day * 86'400'000 + 12'345;
    char buffer[kMaxTimestampText];
    const std::string_view written(buffer, static_cast<std::size_t>(write_timestamp(time, buffer) - buffer));
    ASSERT_EQ(parse_timestamp(written), time) << written;
  }
}

TEST(FormatTime, LettersArePartsAndTheRestStands) {
  const auto format = [](const char* letters, const char* zone = nullptr) {
    std::vector<TypedExpr> args = {build::time(1709208005042), text(letters)};
    if (zone != nullptr) args.push_back(text(zone));
    return call(F::format_time, Type::string(), std::move(args));
  };
  expect_facts({
      {format("yyyy-MM-dd HH:mm:ss.SSS"), "2024-02-29 12:00:05.042"},
      {format("yyyy-MM-dd HH:mm:ss", "Asia/Seoul"), "2024-02-29 21:00:05"},
      {format("d/M/yy H:m:s"), "29/2/24 12:0:5"},
      {format("S SS SSSSS"), "0 04 04200"},
      {format("T'x'"), "T'x'"},
      {format(""), ""},
      {format("yyyyyy"), "002024"},
  });
}

TEST(Distance, AlongTheEarth) {
  EXPECT_NEAR(haversine_km(52.52, 13.405, 48.8566, 2.3522), 877.46, 0.01);
  EXPECT_EQ(haversine_km(1, 2, 1, 2), 0);
  EXPECT_NEAR(haversine_km(0, 0, 0, 180), 20015.086796, 1e-6);
  EXPECT_EQ(evaluate(call(F::haversine_km, Type::float64(), {number(0), number(0), null(Type::float64()), number(0)})),
            "null");
}

TEST(EventTime, IsThatOfTheRow) {
  TypedExpr expression;
  expression.kind = TypedExpr::Kind::event_time;
  expression.type = Type::timestamp();
  EXPECT_EQ(evaluate(expression, {}, {.time_ms = 1}), "1970-01-01T00:00:00.001Z");
}

}    // namespace
}    // namespace cepheid::nfa
