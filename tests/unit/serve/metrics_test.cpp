#include "runtime/serve/metrics.hpp"

#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/metrics/job_metrics.hpp"

namespace cepheid::runtime {
namespace {

using testing::HasSubstr;
using testing::Not;

JobStats stats() {
  JobStats stats;
  stats.streams.push_back({.name = "payments", .events = 5, .invalid = 2, .late = 1, .low_ms = 1'000});
  stats.patterns.push_back({.name = "quick", .matches = 3, .timeouts = 4, .dropped = 6, .partial_matches = 7});
  stats.tables.push_back({.name = "rules", .rows = 8, .asked = 9});
  stats.sinks.push_back({.name = "out", .rows = 10});
  Latencies latencies;
  latencies.record(std::chrono::microseconds(200), 2);
  latencies.record(std::chrono::seconds(60), 1);
  stats.match_latencies = latencies.get();
  return stats;
}

std::string metrics_text(const JobStats& stats, std::string version, TimeMs now_ms) {
  JobMetrics metrics({.version = std::move(version),
                      .now = [now_ms] { return now_ms; },
                      .job = [&stats] { return stats; },
                      .alerts = {},
                      .memory = [] { return ProcessMemory(); }});
  return runtime::metrics_text(metrics.collect());
}

TEST(Metrics, AreTheJobsNumbersInPrometheusFormat) {
  const std::string text = metrics_text(stats(), "1.2.3", 3'500);
  for (const char* line : {
           "# TYPE cepheid_events_total counter\ncepheid_events_total{stream=\"payments\"} 5\n",
           "cepheid_build_info{version=\"1.2.3\"} 1\n",
           "cepheid_events_invalid_total{stream=\"payments\"} 2\n",
           "cepheid_events_late_total{stream=\"payments\"} 1\n",
           "# TYPE cepheid_watermark_lag_seconds gauge\ncepheid_watermark_lag_seconds{stream=\"payments\"} 2.5\n",
           "cepheid_matches_total{pattern=\"quick\"} 3\n",
           "cepheid_timeouts_total{pattern=\"quick\"} 4\n",
           "cepheid_partial_matches{pattern=\"quick\"} 7\n",
           "cepheid_partial_matches_dropped_total{pattern=\"quick\"} 6\n",
           "cepheid_table_rows{table=\"rules\"} 8\n",
           "cepheid_table_asked_total{table=\"rules\"} 9\n",
           "cepheid_sink_rows_total{sink=\"out\"} 10\n",
           "# TYPE cepheid_event_latency_seconds histogram\n",
           "cepheid_event_latency_seconds_count 3\n",
           "cepheid_event_latency_seconds_bucket{le=\"0.0001\"} 0\n",
           "cepheid_event_latency_seconds_bucket{le=\"0.00025\"} 2\n",
           "cepheid_event_latency_seconds_bucket{le=\"10\"} 2\n",
           "cepheid_event_latency_seconds_bucket{le=\"+Inf\"} 3\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(Metrics, OfWhatIsNotThereTheyAreNotThere) {
  JobStats none;
  none.streams.push_back({.name = "payments"});
  const std::string text = metrics_text(none, "1", 0);
  EXPECT_THAT(text, HasSubstr("cepheid_events_total{stream=\"payments\"} 0\n"));
  EXPECT_THAT(text, Not(HasSubstr("watermark_lag")));
  EXPECT_THAT(text, Not(HasSubstr("cepheid_event_latency_seconds")));
  EXPECT_THAT(text, Not(HasSubstr("cepheid_matches_total")));
}

TEST(Metrics, RatesAndQuantilesAreThoseOfTheLastMinute) {
  TimeMs now_ms = 1'000'000;
  JobStats stats;
  stats.streams.push_back({.name = "payments"});
  JobMetrics metrics({.version = "1",
                      .now = [&now_ms] { return now_ms; },
                      .job = [&stats] { return stats; },
                      .alerts = {},
                      .memory = [] { return ProcessMemory{.resident = 300, .limit = 400}; }});
  const auto value_of = [&](std::string_view name) -> std::optional<double> {
    for (const Metric& metric : metrics.collect()) {
      if (metric.name == name) return metric.series.front().value;
    }
    return std::nullopt;
  };
  EXPECT_EQ(value_of("cepheid_events_per_second"), std::nullopt);
  EXPECT_EQ(value_of("cepheid_memory_usage_ratio"), 0.75);
  metrics.sample();
  // Ten minutes of 100 rows a second, then one of 10 a second, a tenth of them no rows, each worked on for 75 ms.
  Latencies latencies;
  for (int second = 0; second < 660; ++second) {
    now_ms += 1000;
    const bool slow = second >= 600;
    stats.streams.front().events += slow ? 9 : 100;
    stats.streams.front().invalid += slow ? 1 : 0;
    latencies.record(slow ? std::chrono::milliseconds(75) : std::chrono::milliseconds(1), 10);
    stats.match_latencies = latencies.get();
    metrics.sample();
  }
  EXPECT_EQ(value_of("cepheid_events_per_second"), 9.0);
  EXPECT_EQ(value_of("cepheid_error_ratio"), 0.1);
  // Between 50 and 100 ms, taken evenly spread.
  EXPECT_DOUBLE_EQ(value_of("cepheid_event_latency_ms_p50").value(), 75.0);
  EXPECT_DOUBLE_EQ(value_of("cepheid_event_latency_ms_p99").value(), 99.5);
}

}    // namespace
}    // namespace cepheid::runtime
