#include "runtime/alerting/metrics_condition.hpp"

#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace cepheid::runtime {
namespace {

using patterns::MetricsExpr;
using Kind = MetricsExpr::Kind;

MetricsExpr number(double value) {
  MetricsExpr made;
  made.kind = Kind::number;
  made.number = value;
  return made;
}

MetricsExpr metric(std::string name, std::vector<std::pair<std::string, std::string>> labels = {}) {
  MetricsExpr made;
  made.kind = Kind::metric;
  made.name = std::move(name);
  made.labels = std::move(labels);
  return made;
}

MetricsExpr of(Kind kind, std::vector<MetricsExpr> args) {
  MetricsExpr made;
  made.kind = kind;
  made.args = std::move(args);
  return made;
}

MetricsExpr rate(std::string name, DurationMs window) {
  MetricsExpr made = of(Kind::rate, {metric(std::move(name))});
  made.window = window;
  return made;
}

/// Two series of a counter.
std::vector<Metric> events(double a, double b) {
  return {{.name = "events_total",
           .kind = Metric::Kind::counter,
           .help = "",
           .series = {{.labels = {{"stream", "a"}}, .value = a}, {.labels = {{"stream", "b"}}, .value = b}}}};
}

TEST(MetricsCondition, AddsTheSeriesThatHaveTheLabels) {
  MetricsCondition all(of(Kind::greater, {metric("events_total"), number(10)}));
  EXPECT_FALSE(all.look(events(4, 6), 0).holds);
  EXPECT_TRUE(all.look(events(5, 6), 0).holds);
  EXPECT_EQ(all.look(events(5, 6), 0).value, 11);
  MetricsCondition one(of(Kind::equal, {metric("events_total", {{"stream", "b"}}), number(6)}));
  EXPECT_TRUE(one.look(events(5, 6), 0).holds);
  EXPECT_FALSE(one.look(events(6, 5), 0).holds);
}

TEST(MetricsCondition, OfAMetricThatIsNotThereDoesNotHoldNorDoesItsOpposite) {
  const MetricsExpr missing = of(Kind::less, {metric("no_such"), number(1)});
  EXPECT_FALSE(MetricsCondition(missing).look({}, 0).holds);
  EXPECT_FALSE(MetricsCondition(of(Kind::not_, {missing})).look({}, 0).holds);
  const MetricsExpr there = of(Kind::less, {number(0), number(1)});
  EXPECT_TRUE(MetricsCondition(of(Kind::or_, {missing, there})).look({}, 0).holds);
  EXPECT_FALSE(MetricsCondition(of(Kind::and_, {missing, there})).look({}, 0).holds);
  const MetricsExpr by_zero = of(Kind::greater, {of(Kind::divide, {number(1), number(0)}), number(0)});
  EXPECT_FALSE(MetricsCondition(by_zero).look({}, 0).holds);
}

TEST(MetricsCondition, ARateIsTheIncreaseASecondOverItsWindow) {
  MetricsCondition condition(of(Kind::greater, {rate("events_total", 10'000), number(0)}));
  EXPECT_FALSE(condition.look(events(100, 0), 0).holds);    // one reading tells no rate
  double counted = 100;
  for (TimeMs second = 1; second <= 30; ++second) {
    counted += second <= 20 ? 7 : 3;
    condition.look(events(counted, 0), second * 1000);
  }
  EXPECT_DOUBLE_EQ(condition.look(events(counted + 3, 0), 31'000).value.value(), 3.0);
}

TEST(MetricsCondition, ACounterThatFellBeginsAnew) {
  MetricsCondition condition(of(Kind::greater_equal, {rate("events_total", 10'000), number(0)}));
  condition.look(events(100, 0), 0);
  EXPECT_TRUE(condition.look(events(200, 0), 1000).holds);
  EXPECT_FALSE(condition.look(events(5, 0), 2000).holds);
  EXPECT_EQ(condition.look(events(9, 0), 3000).value, 4);
}

TEST(MetricsCondition, AHistogramHasACountAndASum) {
  Latencies latencies;
  latencies.record(std::chrono::milliseconds(500), 4);
  const std::vector<Metric> metrics = {{.name = "took_seconds",
                                        .kind = Metric::Kind::histogram,
                                        .help = "",
                                        .series = {{.labels = {}, .value = 0, .latencies = latencies.get()}}}};
  MetricsCondition mean(
      of(Kind::equal, {of(Kind::divide, {metric("took_seconds_sum"), metric("took_seconds_count")}), number(0.5)}));
  EXPECT_TRUE(mean.look(metrics, 0).holds);
}

}    // namespace
}    // namespace cepheid::runtime
