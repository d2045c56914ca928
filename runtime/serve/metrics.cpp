#include "runtime/serve/metrics.hpp"

#include <limits>
#include <sstream>
#include <utility>
#include <vector>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace cepheid::runtime {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

/// The families of a job's metrics, put together one by one.
class Families {
 public:
  /// A family that all calls up to the next one add to.
  void begin(std::string name, MetricType type, std::string help) {
    MetricFamily& family = families_.emplace_back();
    family.name = std::move(name);
    family.type = type;
    family.help = std::move(help);
  }
  void add(std::string_view label, const std::string& value, double number) {
    ClientMetric& metric = families_.back().metric.emplace_back();
    metric.label.push_back({std::string(label), value});
    (families_.back().type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = number;
  }
  void add(const Latencies::Counts& latencies) {
    ClientMetric::Histogram& histogram = families_.back().metric.emplace_back().histogram;
    std::uint64_t counted = 0;
    for (std::size_t i = 0; i < latencies.in_class.size(); ++i) {
      counted += latencies.in_class[i];
      const bool last = i == Latencies::kBounds.size();
      histogram.bucket.push_back(
          {.cumulative_count = counted,
           .upper_bound = last ? std::numeric_limits<double>::infinity() : Latencies::kBounds[i]});
    }
    histogram.sample_count = counted;
    histogram.sample_sum = latencies.sum_s;
  }
  [[nodiscard]] std::string text() const {
    std::vector<MetricFamily> with_metrics;
    for (const MetricFamily& family : families_) {
      if (!family.metric.empty()) with_metrics.push_back(family);
    }
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, with_metrics);
    return std::move(out).str();
  }

 private:
  std::vector<MetricFamily> families_;
};

/// A family with a number of each row of one of JobStats's lists, the row's name as label.
template <typename Row>
void add_family(Families& families, const std::vector<Row>& rows, std::string_view label, std::string name,
                MetricType type, std::string help, std::uint64_t Row::*number) {
  families.begin(std::move(name), type, std::move(help));
  for (const Row& row : rows) families.add(label, row.name, static_cast<double>(row.*number));
}

void add_streams(Families& families, const JobStats& stats, TimeMs now_ms) {
  using Stream = JobStats::Stream;
  const auto counter = [&](std::string name, std::string help, std::uint64_t Stream::*number) {
    add_family(families, stats.streams, "stream", std::move(name), MetricType::Counter, std::move(help), number);
  };
  counter("cepheid_events_total", "Rows that were read from the stream's sources.", &Stream::events);
  counter("cepheid_events_invalid_total", "Records that are no rows: they do not decode or lack a required field.",
          &Stream::invalid);
  counter("cepheid_events_late_total", "Rows that no operator took for being late.", &Stream::late);
  families.begin("cepheid_watermark_lag_seconds", MetricType::Gauge,
                 "The clock's time less the stream's watermark; not there before the first row and after the last.");
  for (const Stream& stream : stats.streams) {
    if (stream.low_ms == kBeginOfTime || stream.low_ms == kEndOfTime) continue;
    families.add("stream", stream.name, static_cast<double>(now_ms - stream.low_ms) / 1000);
  }
}

void add_patterns(Families& families, const JobStats& stats) {
  using Pattern = JobStats::Pattern;
  const auto add = [&](std::string name, MetricType type, std::string help, std::uint64_t Pattern::*number) {
    add_family(families, stats.patterns, "pattern", std::move(name), type, std::move(help), number);
  };
  add("cepheid_matches_total", MetricType::Counter, "Matches of the pattern.", &Pattern::matches);
  add("cepheid_timeouts_total", MetricType::Counter, "Timed-out partial matches that the pattern reported.",
      &Pattern::timeouts);
  add("cepheid_skip_failures_total", MetricType::Counter, "Skips with `or_fail` that found nothing to skip to.",
      &Pattern::skip_failures);
  add("cepheid_partial_matches", MetricType::Gauge, "Partial matches that are alive.", &Pattern::partial_matches);
  add("cepheid_partial_matches_dropped_total", MetricType::Counter, "Partial matches that a limit took away.",
      &Pattern::dropped);
  add("cepheid_partial_matches_blocked_total", MetricType::Counter,
      "Events that a limit did not let begin a partial match.", &Pattern::blocked);
  if (stats.patterns.empty()) return;
  families.begin("cepheid_event_latency_seconds", MetricType::Histogram,
                 "From when an event was read until the matches that it completed were handed on.");
  families.add(stats.match_latencies);
}

void add_tables(Families& families, const JobStats& stats) {
  using Table = JobStats::Table;
  const auto add = [&](std::string name, MetricType type, std::string help, std::uint64_t Table::*number) {
    add_family(families, stats.tables, "table", std::move(name), type, std::move(help), number);
  };
  add("cepheid_table_rows", MetricType::Gauge, "Keys that the table has a row for.", &Table::rows);
  add("cepheid_table_records_skipped_total", MetricType::Counter,
      "Records for the table that do not decode or have no key.", &Table::skipped);
  add("cepheid_table_asked_total", MetricType::Counter, "Keys that `missing from` was asked for.", &Table::asked);
  add("cepheid_table_asks_failed_total", MetricType::Counter, "Keys that `missing from` gave no answer for.",
      &Table::failed);
}

}    // namespace

std::string metrics_text(const JobStats& stats, std::string_view version, TimeMs now_ms) {
  Families families;
  families.begin("cepheid_build_info", MetricType::Gauge, "Which program this is; always 1.");
  families.add("version", std::string(version), 1);
  add_streams(families, stats, now_ms);
  add_patterns(families, stats);
  add_tables(families, stats);
  add_family(families, stats.sinks, "sink", "cepheid_sink_rows_total", MetricType::Counter,
             "Rows that were written to the sink.", &JobStats::Sink::rows);
  return families.text();
}

}    // namespace cepheid::runtime
