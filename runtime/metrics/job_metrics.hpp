#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "alerts/stats.hpp"
#include "cepheid/time.hpp"
#include "runtime/metrics/metric.hpp"
#include "runtime/metrics/process_memory.hpp"
#include "runtime/stream/counters.hpp"

namespace cepheid::runtime {

/// What a program that runs a job knows of itself, as metrics: for `/metrics` and for `metrics_alert`.
/// docs/operations.md lists them. Counters are read when somebody asks; nothing is done for an event. Rates and
/// quantiles are those of the last minute, between the samples that sample() took. Thread-safe.
class JobMetrics {
 public:
  struct Sources {
    std::string version;
    std::function<TimeMs()> now;                        // in ms since the epoch
    std::function<JobStats()> job;                      // of the job at work; empty lists before it
    std::function<alerts::DispatcherStats()> alerts;    // may be empty
    std::function<ProcessMemory()> memory;
  };

  explicit JobMetrics(Sources sources) : sources_(std::move(sources)) {}

  /// Notes how far the counters have come. To be called about once a second.
  void sample();
  /// All metrics at this moment. Those of the last minute are there from the second sample on.
  [[nodiscard]] std::vector<Metric> collect();

 private:
  static constexpr DurationMs kMinute = 60'000;

  struct Sample {
    TimeMs time_ms = 0;
    std::uint64_t events = 0;
    std::uint64_t invalid = 0;
    Latencies::Counts latencies{};
  };

  [[nodiscard]] static Sample sample_of(const JobStats& stats, TimeMs now_ms);
  void add_of_last_minute(std::vector<Metric>& metrics, const Sample& latest);

  Sources sources_;
  std::mutex mutex_;
  std::deque<Sample> samples_;    // the last minute's, and one before it
};

}    // namespace cepheid::runtime
