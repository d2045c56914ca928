#include "runtime/serve/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}    // namespace
}    // namespace cepheid::runtime
