// What aggregate functions mean, worked out by hand.
#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "runtime/aggregate/distinct_sketch.hpp"
#include "tests/unit/aggregate/aggregate_run.hpp"

namespace cepheid::runtime::aggregate_tests {
namespace {

/// What one window of these rows gives for an expression.
std::string value_of(const std::string& expression, const std::vector<Event>& events) {
  std::vector<Step> steps;
  for (const Event& event : events) steps.push_back(row(event));
  std::string text = text_of("aggregate a on one { window tumbling 1h select v = " + expression + " }", steps);
  if (!text.empty()) text.pop_back();
  return text;
}

std::vector<Event> of_n(const std::vector<std::optional<std::int64_t>>& values) {
  std::vector<Event> events(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) events[i].n = values[i];
  return events;
}
std::vector<Event> of_d(const std::vector<Int128>& values) {
  std::vector<Event> events(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) events[i].d = values[i];
  return events;
}
Event pair(std::optional<std::string> s, std::optional<std::int64_t> n) {
  Event event;
  event.s = std::move(s);
  event.n = n;
  return event;
}

constexpr std::int64_t kLargest = 9'223'372'036'854'775'807;

TEST(Count, OfNothingOfAConditionAndOfAValue) {
  const std::vector<Event> events = of_n({1, std::nullopt, 3});
  EXPECT_EQ(value_of("count()", events), "3");
  EXPECT_EQ(value_of("count(n)", events), "2");
  EXPECT_EQ(value_of("count(n > 1)", events), "1");
  EXPECT_EQ(value_of("count(n where n > 1)", events), "1");
  EXPECT_EQ(value_of("count(true)", events), "3");
  EXPECT_EQ(value_of("count(false)", events), "0");
  EXPECT_EQ(value_of("count(null)", events), "0");
}

TEST(Sum, OfIntsIsNullOnlyIfItDoesNotFitAtTheEnd) {
  EXPECT_EQ(value_of("sum(n)", of_n({kLargest, 1})), "null");
  EXPECT_EQ(value_of("sum(n)", of_n({kLargest, 1, -1})), "9223372036854775807");
  EXPECT_EQ(value_of("avg(n)", of_n({kLargest, kLargest})), "9223372036854775808");
}

TEST(Sum, OfDecimalsIsExactBeyond64Bits) {
  const Int128 large = Int128{kLargest} * 1000;
  EXPECT_EQ(value_of("sum(d)", of_d({large, large, 1})), "184467440737095516140.01");
  EXPECT_EQ(value_of("min(d)", of_d({large, -large})), "-92233720368547758070.00");
  EXPECT_EQ(value_of("collect(d)", of_d({large, 5})), "[92233720368547758070.00,0.05]");
}

TEST(Sum, OfDecimalsThatOverflowsIsNull) {
  const Int128 huge = Int128{1} << 126;
  EXPECT_EQ(value_of("sum(d)", of_d({huge, huge})), "null");
}

TEST(Functions, OfNoValueAreZeroNullOrEmpty) {
  const std::vector<Event> events = of_n({std::nullopt});
  EXPECT_EQ(value_of("[count(n), count_distinct(n), approx_count_distinct(n), sum(n)]", events), "[0,0,0,0]");
  EXPECT_EQ(value_of("[avg(n), stddev(n)]", events), "[null,null]");
  EXPECT_EQ(value_of("[min(n), max(n), first(n), last(n), percentile(n, 0.5)]", events), "[null,null,null,null,null]");
  EXPECT_EQ(value_of("histogram(n)", events), "{}");
  EXPECT_EQ(value_of("per(n, count())", events), "{}");
  EXPECT_EQ(value_of("top(3, n by n)", events), "[]");
  EXPECT_EQ(value_of("collect(n)", events), "[null]");
  EXPECT_EQ(value_of("collect(n where n > 0)", events), "[]");
}

TEST(Stddev, IsThatOfASample) {
  EXPECT_EQ(value_of("stddev(n)", of_n({7})), "null");
  EXPECT_EQ(value_of("stddev(n)", of_n({2, 4})), fmt::format("{}", std::sqrt(2.0)));
  EXPECT_EQ(value_of("stddev(n)", of_n({5, 5, 5})), "0");
}

TEST(FirstAndLast, GoByArrivalAndLeaveNullsOut) {
  const std::vector<Event> events = of_n({std::nullopt, 3, 1, 2, std::nullopt});
  EXPECT_EQ(value_of("first(n)", events), "3");
  EXPECT_EQ(value_of("last(n)", events), "2");
  EXPECT_EQ(value_of("first(n where n < 3)", events), "1");
}

TEST(FirstAndLast, GoByArrivalAlsoWhereSlicesArePutTogether) {
  Event early = pair("early", 1);
  early.time_ms = 1;
  Event later = pair("later", 2);
  later.time_ms = 6;
  EXPECT_EQ(text_of("aggregate a on one { window sliding 10ms every 5ms select window_start, f = first(s), "
                    "l = last(s), all = collect(s), h = histogram(s) }",
                    {row(later), row(early)}),
            "-5 \"early\" \"early\" [\"early\"] {\"early\":1}\n"
            "0 \"later\" \"early\" [\"later\",\"early\"] {\"later\":1,\"early\":1}\n"
            "5 \"later\" \"later\" [\"later\"] {\"later\":1}\n");
}

TEST(MinAndMax, OfTextGoByBytes) {
  const std::vector<Event> events = {pair("b", 1), pair("a long text that does not fit in a word", 1), pair("B", 1)};
  EXPECT_EQ(value_of("min(s)", events), "\"B\"");
  EXPECT_EQ(value_of("max(s)", events), "\"b\"");
}

TEST(Percentile, IsTheValueAtTheNearestRank) {
  const std::vector<Event> five = of_n({35, 20, 15, 50, 40});
  EXPECT_EQ(value_of("percentile(n, 0.05)", five), "15");    // rank 1
  EXPECT_EQ(value_of("percentile(n, 0.3)", five), "20");     // rank 2
  EXPECT_EQ(value_of("percentile(n, 0.4)", five), "20");     // rank 2
  EXPECT_EQ(value_of("percentile(n, 0.5)", five), "35");     // rank 3
  EXPECT_EQ(value_of("percentile(n, 1)", five), "50");
  EXPECT_EQ(value_of("percentile(n, 0)", five), "15");
  EXPECT_EQ(value_of("percentile(n, 0.75)", of_n({1, 1, 1, 2})), "1");
  EXPECT_EQ(value_of("percentile(n, 0.76)", of_n({1, 1, 1, 2})), "2");
}

TEST(Percentile, AWholeProductIsTheRankThoughDoublesRoundIt) {
  std::vector<std::optional<std::int64_t>> hundred;
  for (std::int64_t i = 100; i > 0; --i) hundred.emplace_back(i);
  EXPECT_EQ(value_of("percentile(n, 0.07)", of_n(hundred)), "7");    // 0.07 * 100 > 7
  EXPECT_EQ(value_of("percentile(n, 0.99)", of_n(hundred)), "99");
  EXPECT_EQ(value_of("percentile(n, 0.991)", of_n(hundred)), "100");
}

TEST(CountDistinct, TellsEqualValuesOfDifferentLooks) {
  std::vector<Event> events(3);
  events[0].x = 0.0;
  events[1].x = -0.0;
  events[2].x = 1.0;
  EXPECT_EQ(value_of("count_distinct(x)", events), "2");
  EXPECT_EQ(value_of("approx_count_distinct(x)", events), "2");
  EXPECT_EQ(value_of("count_distinct([s, s])", {pair("a", 1), pair("b", 1), pair("a", 2)}), "2");
}

TEST(ApproxCountDistinct, IsOffByAFewPercentOfManyAndTheSameHoweverItWasPutTogether) {
  for (const std::int64_t different : {256, 1'000, 20'000, 500'000}) {
    DistinctSketch whole;
    DistinctSketch odd;
    DistinctSketch even;
    std::uint64_t hash = 0;
    for (std::int64_t i = 0; i < different; ++i) {
      hash += 0x9E3779B97F4A7C15;    // SplitMix64
      std::uint64_t mixed = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
      mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
      mixed ^= mixed >> 31;
      whole.add(mixed);
      whole.add(mixed);
      (i % 100 == 1 ? odd : even).add(mixed);
    }
    const auto estimate = static_cast<double>(whole.estimate());
    EXPECT_NEAR(estimate, static_cast<double>(different), different == 256 ? 0 : 0.05 * static_cast<double>(different));
    odd.merge(even);
    EXPECT_EQ(odd.estimate(), whole.estimate()) << different;
  }
}

TEST(Collect, IsInOrderOfArrivalOrByAValueWithNullsLastAndEqualOnesByArrival) {
  const std::vector<Event> events = {pair("a", 2), pair(std::nullopt, 1), pair("b", std::nullopt), pair("c", 2)};
  EXPECT_EQ(value_of("collect(s)", events), "[\"a\",null,\"b\",\"c\"]");
  EXPECT_EQ(value_of("collect(s by n)", events), "[null,\"a\",\"c\",\"b\"]");
  EXPECT_EQ(value_of("collect(s by n desc)", events), "[\"a\",\"c\",null,\"b\"]");
}

TEST(Histogram, CountsRowsOfEachValueAsText) {
  EXPECT_EQ(value_of("histogram(n)", of_n({3, 1, std::nullopt, 3})), "{\"3\":2,\"1\":1}");
  EXPECT_EQ(value_of("histogram(n > 1)", of_n({3, 1, std::nullopt, 3})), "{\"true\":2,\"false\":1}");
}

TEST(Per, IsAnExpressionOverTheRowsOfEachValue) {
  const std::vector<Event> events = {pair("a", 2), pair("b", 5), pair(std::nullopt, 9), pair("a", 4)};
  EXPECT_EQ(value_of("per(s, sum(n) / count())", events), "{\"a\":3,\"b\":5}");
  EXPECT_EQ(value_of("per(s, {n = count(), most = max(n)} where n > 2)", events),
            "{\"b\":{\"n\":1,\"most\":5},\"a\":{\"n\":1,\"most\":4}}");
  EXPECT_EQ(value_of("per(s, histogram(n))", events), "{\"a\":{\"2\":1,\"4\":1},\"b\":{\"5\":1}}");
}

TEST(Top, IsByTheLargestSumThenTheSmallerValue) {
  const std::vector<Event> events = {
      pair("c", 3), pair("b", 1), pair("a", 3), pair("b", 3), pair("d", std::nullopt), pair(std::nullopt, 100)};
  EXPECT_EQ(value_of("top(3, s by n)", events),
            "[{\"value\":\"b\",\"total\":4},{\"value\":\"a\",\"total\":3},{\"value\":\"c\",\"total\":3}]");
  EXPECT_EQ(value_of("top(9, s by n where n is null)", events), "[{\"value\":\"d\",\"total\":0}]");
}

}    // namespace
}    // namespace cepheid::runtime::aggregate_tests
