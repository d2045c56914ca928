#include "runtime/metrics/job_metrics.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace cepheid::runtime {

namespace {

using Kind = Metric::Kind;

/// A metric without labels.
void add_single(std::vector<Metric>& metrics, std::string name, Kind kind, std::string help, double value) {
  metrics.push_back({.name = std::move(name), .kind = kind, .help = std::move(help), .series = {{.value = value}}});
}

void add_histogram(std::vector<Metric>& metrics, std::string name, std::string help,
                   const Latencies::Counts& latencies) {
  metrics.push_back({.name = std::move(name),
                     .kind = Kind::histogram,
                     .help = std::move(help),
                     .series = {{.labels = {}, .value = 0, .latencies = latencies}}});
}

/// A number of each row of one of the lists of statistics, the row's name as label. Nothing of an empty list.
template <typename Row>
class Adder {
 public:
  Adder(std::vector<Metric>& metrics, const std::vector<Row>& rows, std::string label)
      : metrics_(metrics), rows_(rows), label_(std::move(label)) {}

  void operator()(std::string name, Kind kind, std::string help, std::uint64_t Row::*number) {
    if (rows_.empty()) return;
    Metric& metric = metrics_.emplace_back(Metric{std::move(name), kind, std::move(help), {}});
    for (const Row& row : rows_) {
      metric.series.push_back({.labels = {{label_, row.name}}, .value = static_cast<double>(row.*number)});
    }
  }

 private:
  std::vector<Metric>& metrics_;
  const std::vector<Row>& rows_;
  std::string label_;
};

void add_streams(std::vector<Metric>& metrics, const JobStats& stats, TimeMs now_ms) {
  using Stream = JobStats::Stream;
  Adder<Stream> add(metrics, stats.streams, "stream");
  add("cepheid_events_total", Kind::counter, "Rows that were read from the stream's sources.", &Stream::events);
  add("cepheid_events_invalid_total", Kind::counter,
      "Records that are no rows: they do not decode or lack a required field.", &Stream::invalid);
  add("cepheid_events_late_total", Kind::counter, "Rows that no operator took for being late.", &Stream::late);
  Metric lag{"cepheid_watermark_lag_seconds",
             Kind::gauge,
             "The clock's time less the stream's watermark; not there before the first row and after the last.",
             {}};
  for (const Stream& stream : stats.streams) {
    if (stream.low_ms == kBeginOfTime || stream.low_ms == kEndOfTime) continue;
    lag.series.push_back(
        {.labels = {{"stream", stream.name}}, .value = static_cast<double>(now_ms - stream.low_ms) / 1000});
  }
  if (!lag.series.empty()) metrics.push_back(std::move(lag));
}

void add_patterns(std::vector<Metric>& metrics, const JobStats& stats) {
  using Pattern = JobStats::Pattern;
  Adder<Pattern> add(metrics, stats.patterns, "pattern");
  add("cepheid_matches_total", Kind::counter, "Matches of the pattern.", &Pattern::matches);
  add("cepheid_timeouts_total", Kind::counter, "Timed-out partial matches that the pattern reported.",
      &Pattern::timeouts);
  add("cepheid_skip_failures_total", Kind::counter, "Skips with `or_fail` that found nothing to skip to.",
      &Pattern::skip_failures);
  add("cepheid_partial_matches", Kind::gauge, "Partial matches that are alive.", &Pattern::partial_matches);
  add("cepheid_partial_matches_dropped_total", Kind::counter, "Partial matches that a limit took away.",
      &Pattern::dropped);
  add("cepheid_partial_matches_blocked_total", Kind::counter, "Events that a limit did not let begin a partial match.",
      &Pattern::blocked);
  if (stats.patterns.empty()) return;
  add_histogram(metrics, "cepheid_event_latency_seconds",
                "From when an event was read until the matches that it completed were handed on.",
                stats.match_latencies);
}

void add_scores(std::vector<Metric>& metrics, const JobStats& stats) {
  using Fraud = JobStats::Fraud;
  Adder<Fraud> add(metrics, stats.frauds, "fraud");
  add("cepheid_scored_total", Kind::counter, "Rows that the statement scored.", &Fraud::scored);
  add("cepheid_scored_users", Kind::gauge, "Keys whose history is remembered.", &Fraud::users);
  add("cepheid_score_state_bytes", Kind::gauge, "Memory of the histories.", &Fraud::state_bytes);
  if (stats.frauds.empty()) return;
  add_histogram(metrics, "cepheid_scoring_latency_seconds", "From when a row was read until its score was handed on.",
                stats.score_latencies);
}

void add_others(std::vector<Metric>& metrics, const JobStats& stats) {
  Adder<JobStats::Statement>(metrics, stats.statements, "statement")("cepheid_statement_rows_total", Kind::counter,
                                                                     "Rows that the aggregate, join or ranking gave.",
                                                                     &JobStats::Statement::rows);
  using Table = JobStats::Table;
  Adder<Table> add_table(metrics, stats.tables, "table");
  add_table("cepheid_table_rows", Kind::gauge, "Keys that the table has a row for.", &Table::rows);
  add_table("cepheid_table_records_skipped_total", Kind::counter,
            "Records for the table that do not decode or have no key.", &Table::skipped);
  add_table("cepheid_table_asked_total", Kind::counter, "Keys that `missing from` was asked for.", &Table::asked);
  add_table("cepheid_table_asks_failed_total", Kind::counter, "Keys that `missing from` gave no answer for.",
            &Table::failed);
  using Alert = JobStats::Alert;
  Adder<Alert> add_alert(metrics, stats.alerts, "alert");
  add_alert("cepheid_alerts_raised_total", Kind::counter, "Rows that the alert raised.", &Alert::raised);
  add_alert("cepheid_alerts_held_back_total", Kind::counter, "Rows that `dedupe` held back.", &Alert::held_back);
  Adder<JobStats::Sink>(metrics, stats.sinks, "sink")("cepheid_sink_rows_total", Kind::counter,
                                                      "Rows that were written to the sink.", &JobStats::Sink::rows);
}

void add_channels(std::vector<Metric>& metrics, const alerts::DispatcherStats& stats) {
  using Channel = alerts::ChannelStats;
  Adder<Channel> add(metrics, stats.channels, "channel");
  add("cepheid_alerts_sent_total", Kind::counter, "Alerts that the channel's receiver took.", &Channel::sent);
  add("cepheid_alerts_suppressed_total", Kind::counter, "Alerts that a limit, a silence or `dedupe` kept from it.",
      &Channel::suppressed);
  add("cepheid_alerts_failed_total", Kind::counter, "Alerts in the channel's dead letters.", &Channel::failed);
  add("cepheid_alerts_lost_total", Kind::counter, "Alerts that could be written nowhere.", &Channel::lost);
  add("cepheid_alerts_retried_total", Kind::counter, "Attempts beyond the first of a message.", &Channel::retried);
  add("cepheid_alerts_queued", Kind::gauge, "Alerts that wait for the channel.", &Channel::queued);
}

/// The value below which this part of the durations lies, in seconds, taken evenly spread within a class; those longer
/// than the last class have its end.
double quantile(const Latencies::Counts& counts, double part) {
  std::uint64_t all = 0;
  for (const std::uint64_t count : counts.in_class) all += count;
  const double rank = part * static_cast<double>(all);
  double before = 0;
  for (std::size_t i = 0; i < Latencies::kBounds.size(); ++i) {
    const auto count = static_cast<double>(counts.in_class[i]);
    const double begin = i == 0 ? 0 : Latencies::kBounds[i - 1];
    if (count > 0 && before + count >= rank) {
      return begin + (Latencies::kBounds[i] - begin) * (rank - before) / count;
    }
    before += count;
  }
  return Latencies::kBounds.back();
}

Latencies::Counts difference(const Latencies::Counts& later, const Latencies::Counts& earlier) {
  Latencies::Counts counts;
  for (std::size_t i = 0; i < counts.in_class.size(); ++i) {
    counts.in_class[i] = later.in_class[i] - earlier.in_class[i];
  }
  return counts;
}

}    // namespace

JobMetrics::Sample JobMetrics::sample_of(const JobStats& stats, TimeMs now_ms) {
  Sample sample{.time_ms = now_ms};
  for (const JobStats::Stream& stream : stats.streams) {
    sample.events += stream.events;
    sample.invalid += stream.invalid;
  }
  sample.latencies = stats.match_latencies;
  for (std::size_t i = 0; i < sample.latencies.in_class.size(); ++i) {
    sample.latencies.in_class[i] += stats.score_latencies.in_class[i];
  }
  return sample;
}

void JobMetrics::sample() {
  const Sample sample = sample_of(sources_.job(), sources_.now());
  const std::lock_guard lock(mutex_);
  if (!samples_.empty() && sample.time_ms <= samples_.back().time_ms) return;
  samples_.push_back(sample);
  while (samples_.size() > 2 && samples_[1].time_ms <= sample.time_ms - kMinute) samples_.pop_front();
}

std::vector<Metric> JobMetrics::collect() {
  const TimeMs now_ms = sources_.now();
  const JobStats stats = sources_.job();
  std::vector<Metric> metrics;
  metrics.push_back({.name = "cepheid_build_info",
                     .kind = Kind::gauge,
                     .help = "Which program this is; always 1.",
                     .series = {{.labels = {{"version", sources_.version}}, .value = 1}}});
  add_streams(metrics, stats, now_ms);
  add_patterns(metrics, stats);
  add_scores(metrics, stats);
  add_others(metrics, stats);
  if (sources_.alerts) add_channels(metrics, sources_.alerts());
  add_of_last_minute(metrics, sample_of(stats, now_ms));
  if (const ProcessMemory memory = sources_.memory(); memory.resident != 0 && memory.limit != 0) {
    add_single(metrics, "cepheid_resident_memory_bytes", Kind::gauge, "Memory that the process has.",
               static_cast<double>(memory.resident));
    add_single(metrics, "cepheid_memory_usage_ratio", Kind::gauge,
               "Memory that the process has, as a part of what it may have.",
               static_cast<double>(memory.resident) / static_cast<double>(memory.limit));
  }
  // There are no checkpoints, so none has failed.
  add_single(metrics, "cepheid_checkpoint_failures_total", Kind::counter, "Checkpoints that could not be written.", 0);
  return metrics;
}

void JobMetrics::add_of_last_minute(std::vector<Metric>& metrics, const Sample& latest) {
  Sample first;
  {
    const std::lock_guard lock(mutex_);
    if (samples_.empty() || samples_.front().time_ms >= latest.time_ms) return;
    first = samples_.front();
  }
  const double seconds = static_cast<double>(latest.time_ms - first.time_ms) / 1000;
  const auto events = static_cast<double>(latest.events - first.events);
  const auto invalid = static_cast<double>(latest.invalid - first.invalid);
  add_single(metrics, "cepheid_events_per_second", Kind::gauge, "Rows read, over the last minute.", events / seconds);
  if (events + invalid > 0) {
    add_single(metrics, "cepheid_error_ratio", Kind::gauge,
               "Records that are no rows, as a part of all, over the last minute.", invalid / (events + invalid));
  }
  const Latencies::Counts latencies = difference(latest.latencies, first.latencies);
  if (std::ranges::all_of(latencies.in_class, [](std::uint64_t count) { return count == 0; })) return;
  for (const auto& [name, part] :
       {std::pair("cepheid_event_latency_ms_p50", 0.5), std::pair("cepheid_event_latency_ms_p99", 0.99)}) {
    add_single(metrics, name, Kind::gauge,
               "From when an event was read until its matches or scores were handed on, over the last minute.",
               1000 * quantile(latencies, part));
  }
}

}    // namespace cepheid::runtime
