// What windows mean, worked out by hand.
#include <algorithm>
#include <memory>

#include <gtest/gtest.h>

#include "tests/unit/aggregate/aggregate_run.hpp"
#include "tests/unit/expr/build_expr.hpp"

namespace cepheid::runtime::aggregate_tests {
namespace {

constexpr TimeMs kHour = 3'600'000;

/// Rows numbered by `n`, so that `collect(n)` says which are in a window.
Event numbered(std::int64_t n, TimeMs time_ms) {
  Event event;
  event.time_ms = time_ms;
  event.n = n;
  return event;
}
Event of_key(std::optional<std::string> who, TimeMs time_ms) {
  Event event;
  event.time_ms = time_ms;
  event.who = std::move(who);
  return event;
}

std::string numbers_in(const std::string& window, const std::vector<Step>& steps) {
  return text_of("aggregate a on one { window " + window + " select window_start, window_end, all = collect(n) }",
                 steps);
}

std::vector<std::uint64_t> late_steps(const AggregateRun& run) {
  std::vector<std::uint64_t> steps;
  for (std::size_t i = 0; i < run.late().size(); ++i) {
    if (run.late()[i]) steps.push_back(i);
  }
  return steps;
}

TEST(TumblingWindow, GivesItsRowWhenTheWatermarkIsAtItsEnd) {
  AggregateRun run("aggregate a on one { window tumbling 10ms select window_start, c = count() }");
  run.push({row(numbered(1, 0)), row(numbered(2, 9)), row(numbered(3, 10)), watermark(9)});
  EXPECT_TRUE(run.given().empty());
  run.push({watermark(10)});
  ASSERT_EQ(run.given().size(), 1u);
  EXPECT_EQ(run.given()[0].time_ms, 9);
  EXPECT_EQ(run.given()[0].cause, 4u);
  EXPECT_EQ(run.given()[0].cells, (std::vector<std::string>{"0", "2"}));
}

TEST(TumblingWindow, BeginsAtMultiplesOfItsSizeAlsoBeforeTheEpoch) {
  EXPECT_EQ(numbers_in("tumbling 10ms",
                       {row(numbered(1, -11)), row(numbered(2, -10)), row(numbered(3, -1)), row(numbered(4, 0))}),
            "-20 -10 [1]\n-10 0 [2,3]\n0 10 [4]\n");
}

TEST(TumblingWindow, TakesARowBehindTheWatermarkAsLongAsItIsOpen) {
  AggregateRun run("aggregate a on one { window tumbling 10ms select c = count() }");
  run.push({watermark(18), row(numbered(1, 10)), row(numbered(2, 9))});
  EXPECT_EQ(late_steps(run), std::vector<std::uint64_t>{2});
  run.end();
  ASSERT_EQ(run.given().size(), 1u);
  EXPECT_EQ(run.given()[0].cells, std::vector<std::string>{"1"});
}

TEST(TumblingWindow, WithoutRowsGivesNothing) {
  EXPECT_EQ(numbers_in("tumbling 10ms", {in_time(numbered(1, 5)), in_time(numbered(2, 95))}), "0 10 [1]\n90 100 [2]\n");
}

TEST(AllowedLateness, ALateRowGivesTheWholeRowAgainUntilTheWindowIsGone) {
  AggregateRun run(
      "aggregate a on one { window tumbling 10ms allowed_lateness 5ms select window_start, all = collect(n) }");
  run.push({row(numbered(1, 3)), watermark(10), row(numbered(2, 4)), watermark(14), row(numbered(3, 5)), watermark(15),
            row(numbered(4, 6))});
  std::vector<std::string> rows;
  for (const Given& given : run.given()) rows.push_back(given.cells[1] + "@" + std::to_string(given.cause));
  EXPECT_EQ(rows, (std::vector<std::string>{"[1]@1", "[1,2]@2", "[1,2,3]@4"}));
  EXPECT_EQ(late_steps(run), std::vector<std::uint64_t>{6});
  EXPECT_EQ(run.op().blocks_held(), 0u);
}

TEST(AllowedLateness, AWindowOfLateRowsAloneGivesItsRowAtOnce) {
  AggregateRun run("aggregate a on one { window tumbling 10ms allowed_lateness 5ms select c = count() }");
  run.push({watermark(12), row(numbered(1, 3))});
  ASSERT_EQ(run.given().size(), 1u);
  EXPECT_EQ(run.given()[0].time_ms, 9);
}

TEST(EmitChanges, EachRowGivesTheWindowsItIsInAndTheEndGivesNothing) {
  AggregateRun run(
      "aggregate a on one { window sliding 10ms every 5ms emit changes select window_start, c = count() }");
  run.push({row(numbered(1, 7)), row(numbered(2, 12))});
  run.end();
  std::vector<std::vector<std::string>> rows;
  for (const Given& given : run.given()) rows.push_back(given.cells);
  EXPECT_EQ(rows, (std::vector<std::vector<std::string>>{{"0", "1"}, {"5", "1"}, {"5", "2"}, {"10", "1"}}));
}

TEST(SlidingWindow, ARowIsInEachWindowThatReachesOverIt) {
  EXPECT_EQ(numbers_in("sliding 10ms every 5ms", {row(numbered(1, 7)), row(numbered(2, 12))}),
            "0 10 [1]\n5 15 [1,2]\n10 20 [2]\n");
}

TEST(SlidingWindow, ASizeThatIsNoMultipleOfTheStep) {
  EXPECT_EQ(numbers_in("sliding 7ms every 3ms", {row(numbered(1, 6)), row(numbered(2, 9))}),
            "0 7 [1]\n3 10 [1,2]\n6 13 [1,2]\n9 16 [2]\n");
}

TEST(SlidingWindow, ARowMayBeLateForOneWindowAndInTimeForAnother) {
  AggregateRun run("aggregate a on one { window sliding 10ms every 5ms select window_start, all = collect(n) }");
  run.push({row(numbered(1, 7)), watermark(12), row(numbered(2, 8))});
  EXPECT_TRUE(late_steps(run).empty());
  run.end();
  std::vector<std::vector<std::string>> rows;
  for (const Given& given : run.given()) rows.push_back(given.cells);
  EXPECT_EQ(rows, (std::vector<std::vector<std::string>>{{"0", "[1]"}, {"5", "[1,2]"}}));
}

TEST(SlidingWindow, ARowBetweenWindowsIsInNoneAndLateOnlyIfItsOwnTimeIs) {
  AggregateRun run("aggregate a on one { window sliding 3ms every 10ms select window_start, c = count() }");
  run.push({row(numbered(1, 2)), row(numbered(2, 3)), watermark(8), row(numbered(3, 8)), row(numbered(4, 7))});
  EXPECT_EQ(late_steps(run), std::vector<std::uint64_t>{4});
  run.end();
  ASSERT_EQ(run.given().size(), 1u);
  EXPECT_EQ(run.given()[0].cells, (std::vector<std::string>{"0", "1"}));
}

TEST(SessionWindow, RowsExactlyTheGapApartAreInOneSession) {
  EXPECT_EQ(numbers_in("session 10ms", {row(numbered(1, 0)), row(numbered(2, 10)), row(numbered(3, 21))}),
            "0 20 [1,2]\n21 31 [3]\n");
}

TEST(SessionWindow, ARowBetweenTwoSessionsMakesThemOneInOrderOfArrival) {
  EXPECT_EQ(numbers_in("session 10ms", {row(numbered(1, 15)), row(numbered(2, 0)), row(numbered(3, 8))}),
            "0 25 [1,2,3]\n");
}

TEST(SessionWindow, ALateRowCountsInASessionThatIsOpen) {
  AggregateRun run("aggregate a on one { window session 10ms select window_start, window_end, all = collect(n) }");
  // By itself [2, 12) would be over, and so would [1, 11).
  run.push({row(numbered(1, 10)), watermark(15), row(numbered(2, 2)), row(numbered(3, 1))});
  EXPECT_TRUE(late_steps(run).empty());
  // [-10, 0) touches nothing that is there.
  run.push({row(numbered(4, -10))});
  EXPECT_EQ(late_steps(run), std::vector<std::uint64_t>{4});
  run.end();
  ASSERT_EQ(run.given().size(), 1u);
  EXPECT_EQ(run.given()[0].cells, (std::vector<std::string>{"1", "20", "[1,2,3]"}));
}

TEST(SessionWindow, OneThatHasGivenItsRowIsTakenUpAgainInsideAllowedLateness) {
  AggregateRun run(
      "aggregate a on one { window session 10ms allowed_lateness 20ms select window_start, window_end, "
      "all = collect(n) }");
  run.push({row(numbered(1, 0)), watermark(12)});    // given at 10
  run.push({row(numbered(2, 1))});                   // ends at 11: at once
  run.push({row(numbered(3, 5))});                   // ends at 15: when that has come
  run.push({watermark(14), watermark(15)});
  std::vector<std::string> rows;
  for (const Given& given : run.given()) {
    rows.push_back(given.cells[1] + " " + given.cells[2] + "@" + std::to_string(given.cause));
  }
  EXPECT_EQ(rows, (std::vector<std::string>{"10 [1]@1", "11 [1,2]@2", "15 [1,2,3]@5"}));
}

/// The ends of the day of a moment.
std::string day_of(const std::string& zone, TimeMs time_ms) {
  return text_of("aggregate a on one { window daily \"" + zone +
                     "\" select s = format_time(window_start, \"dd HH:mm\"), hours = (window_end - window_start) / "
                     "3600000 }",
                 {row(numbered(1, time_ms))});
}

TEST(DailyWindow, IsADayOfTheZone) {
  EXPECT_EQ(day_of("Asia/Seoul", 1'711'846'800'000), "\"30 15:00\" 24\n");
  EXPECT_EQ(day_of("UTC", 1'711'846'800'000), "\"31 00:00\" 24\n");
  EXPECT_EQ(day_of("Asia/Kathmandu", 1'711'846'800'000), "\"30 18:15\" 24\n");
}

TEST(DailyWindow, BeginsAndEndsAtLocalMidnight) {
  const TimeMs midnight_ms = 1'711'810'800'000;    // 2024-03-31 00:00 in Seoul
  EXPECT_EQ(numbers_in("daily \"Asia/Seoul\"", {row(numbered(1, midnight_ms - 1)), row(numbered(2, midnight_ms)),
                                                row(numbered(3, midnight_ms + 24 * kHour - 1))}),
            "1711724400000 1711810800000 [1]\n1711810800000 1711897200000 [2,3]\n");
}

TEST(DailyWindow, HasTwentyThreeOrTwentyFiveHoursWhereClocksChange) {
  EXPECT_EQ(day_of("Europe/Berlin", 1'711'846'800'000 - 1), "\"30 23:00\" 23\n");
  EXPECT_EQ(day_of("Europe/Berlin", 1'711'846'800'000 + 24 * kHour), "\"31 22:00\" 24\n");
  EXPECT_EQ(day_of("Europe/Berlin", 1'729'990'800'000), "\"26 22:00\" 25\n");
  EXPECT_EQ(day_of("Europe/Berlin", 1'729'990'800'000 + 24 * kHour), "\"27 23:00\" 24\n");
}

TEST(DailyWindow, BeginsWhereClocksSpringOverMidnight) {
  EXPECT_EQ(day_of("America/Havana", 1'710'046'800'000), "\"10 05:00\" 23\n");    // 00:00 becomes 01:00
  EXPECT_EQ(day_of("America/Havana", 1'710'046'800'000 - 1), "\"09 05:00\" 24\n");
}

TEST(DailyWindow, BeginsAtTheFirstMidnightOfTwo) {
  // 2010-11-07 in St. John's: at 00:01 clocks go back to 23:01 of the day before.
  EXPECT_EQ(day_of("America/St_Johns", 1'289'097'000'000), "\"07 02:30\" 25\n");
  EXPECT_EQ(day_of("America/St_Johns", 1'289'097'000'000 + kHour / 2), "\"07 02:30\" 25\n");
  EXPECT_EQ(day_of("America/St_Johns", 1'289'097'000'000 - 1), "\"06 02:30\" 24\n");
}

TEST(Windows, HoldRowsOfTheEndsOfTime) {
  for (const char* window :
       {"tumbling 10ms", "sliding 10ms every 5ms", "session 10ms", "daily \"Europe/Berlin\"", "daily \"UTC\""}) {
    for (const TimeMs time_ms :
         {kBeginOfTime, kBeginOfTime + 5 * 24 * kHour, kEndOfTime - 5, kEndOfTime - 5 * 24 * kHour}) {
      AggregateRun run("aggregate a on one { window " + std::string(window) +
                       " select whole = window_start <= first(ts) and first(ts) < window_end }");
      run.push({row(numbered(1, time_ms))});
      run.end();
      ASSERT_FALSE(run.given().empty()) << window << " " << time_ms;
      for (const Given& given : run.given()) EXPECT_EQ(given.cells[0], "true") << window << " " << time_ms;
    }
  }
}

TEST(RunningTotals, GiveARowForEachRowInOrderOfArrivalLateOnesToo) {
  AggregateRun run("aggregate a on one { window none select all = collect(n) }");
  run.push({in_time(numbered(1, 100)), row(numbered(2, 5))});
  ASSERT_EQ(run.given().size(), 2u);
  EXPECT_EQ(run.given()[1].cells, std::vector<std::string>{"[1,2]"});
  EXPECT_EQ(run.given()[1].time_ms, 5);
  EXPECT_TRUE(late_steps(run).empty());
}

TEST(AggregateOfSeveralStreams, WaitsForTheSlowestOne) {
  AggregateRun run("aggregate a on one, two { window tumbling 10ms select all = collect(n), x = sum(x) }");
  Event other = numbered(2, 3);
  other.x = 0.5;
  run.push({{.input = 1, .event = numbered(1, 4), .low_ms = 30}, row(other), watermark(9)});
  EXPECT_TRUE(run.given().empty());
  run.push({watermark(10)});
  ASSERT_EQ(run.given().size(), 1u);
  EXPECT_EQ(run.given()[0].cells, (std::vector<std::string>{"[1,2]", "0.5"}));
}

TEST(AggregateKeys, NullIsAKeyLikeAnyOther) {
  EXPECT_EQ(text_of("aggregate a on one { key who window tumbling 10ms select who, c = count() }",
                    {row(of_key(std::nullopt, 1)), row(of_key("", 1)), row(of_key(std::nullopt, 2))}),
            "null 2\n\"\" 1\n");
}

TEST(AggregateKeys, TextsThatAreAlikeInTheirFirstBytesAreToldApart) {
  EXPECT_EQ(text_of("aggregate a on one { key who window tumbling 10ms select who, c = count() }",
                    {row(of_key("abcdefgh", 1)), row(of_key("abcdefghi", 1)), row(of_key("abcdefghj", 1)),
                     row(of_key("abcdefghi", 2))}),
            "\"abcdefgh\" 1\n\"abcdefghi\" 2\n\"abcdefghj\" 1\n");
}

TEST(AggregateKeys, ZeroAndMinusZeroAreOneKey) {
  Event minus = numbered(1, 1);
  minus.x = -0.0;
  Event plus = numbered(2, 1);
  plus.x = 0.0;
  EXPECT_EQ(text_of("aggregate a on one { key x window tumbling 10ms select c = count(), d = count_distinct(x) }",
                    {row(minus), row(plus)}),
            "2 1\n");
  EXPECT_EQ(
      text_of("aggregate a on one { key x, n = 1 window tumbling 10ms select c = count() }", {row(minus), row(plus)}),
      "2\n");
}

TEST(Having, SeesTheItemsAndLeavesRowsOut) {
  EXPECT_EQ(text_of("aggregate a on one { key who window tumbling 10ms select who, c = count() having c > 1 }",
                    {row(of_key("a", 1)), row(of_key("b", 1)), row(of_key("a", 2))}),
            "\"a\" 2\n");
}

TEST(AggregateState, BlocksAndKeysThatAreFreedAreUsedAgain) {
  const auto layout = std::make_shared<const nfa::RowLayout>(Schema({{"k", Type::int64()}}));
  const Accumulators accumulators({}, *layout);
  StateBlocks blocks(accumulators);
  const BlockId first = blocks.make();
  const BlockId second = blocks.make();
  EXPECT_NE(first, second);
  blocks.free(first);
  EXPECT_EQ(blocks.make(), first);

  GroupKeys keys({{.name = "k", .value = nfa::build::field(layout->schema(), "k")}}, *layout);
  nfa::EvalScratch scratch;
  const auto key_of = [&](std::int64_t value) {
    std::vector<std::uint64_t> words = layout->null_row();
    layout->set(words.data(), 0, nfa::Datum::of_int(value));
    InputRow one{.row = words.data()};
    keys.find({&one, 1}, scratch);
    return one.key;
  };
  const GroupId key = key_of(1);
  EXPECT_NE(key_of(2), key);
  keys.release_unused(key);
  EXPECT_EQ(keys.live(), 1u);
  EXPECT_EQ(key_of(3), key);
  EXPECT_NE(key_of(1), key);
}

TEST(AggregateState, AKeyKeepsItsPlaceForOneMoreWindow) {
  const auto layout = std::make_shared<const nfa::RowLayout>(Schema({{"k", Type::string()}}));
  nfa::Arena arena;
  GroupKeys keys({{.name = "k", .value = nfa::build::field(layout->schema(), "k")}}, *layout);
  nfa::EvalScratch scratch;
  const auto find = [&](std::string_view value) {
    std::vector<std::uint64_t> words = layout->null_row();
    layout->set(words.data(), 0, nfa::Datum::of_text(arena.copy_text(value)));
    InputRow one{.row = words.data()};
    keys.find({&one, 1}, scratch);
    return one.key;
  };
  const auto text_of = [&](GroupId id) { return std::string(keys.values(id, arena).front().text->view()); };
  const GroupId stays = find("stays");
  const GroupId goes = find("a text longer than a word");
  EXPECT_EQ(text_of(stays), "stays");
  EXPECT_EQ(text_of(goes), "a text longer than a word");
  for (int window = 0; window < 5; ++window) {
    keys.wake(stays);
    keys.rest_unused(stays);
    if (window == 0) keys.rest_unused(goes);
    EXPECT_EQ(keys.live(), 0u);
    keys.sweep([] {});
    EXPECT_EQ(find("stays"), stays) << window;
    if (window == 0) {
      EXPECT_EQ(find("a text longer than a word"), goes);
    }
  }
  // Its place has been given back by now, and is the next one's.
  EXPECT_EQ(find("another one, long too"), goes);
  EXPECT_EQ(text_of(goes), "another one, long too");
  keys.rest_unused(goes);
  keys.rest_unused(stays);
  keys.end_rests();
  EXPECT_EQ(text_of(find("first of all")), "first of all");
}

TEST(AggregateState, IsFreedAsTimeGoesOn) {
  for (const char* window : {"tumbling 10ms", "sliding 10ms every 2ms", "session 10ms"}) {
    AggregateRun run("aggregate a on one { key who window " + std::string(window) + " select c = count() }");
    std::size_t most_keys = 0;
    std::size_t most_blocks = 0;
    for (std::int64_t i = 0; i < 2000; ++i) {
      run.push({in_time(of_key("key " + std::to_string(i), i))});
      most_keys = std::max(most_keys, run.op().keys_held());
      most_blocks = std::max(most_blocks, run.op().blocks_held());
    }
    EXPECT_LE(most_keys, 12u) << window;
    EXPECT_LE(most_blocks, 12u) << window;
    run.end();
    EXPECT_EQ(run.op().keys_held(), 0u) << window;
    EXPECT_EQ(run.op().blocks_held(), 0u) << window;
  }
}

}    // namespace
}    // namespace cepheid::runtime::aggregate_tests
