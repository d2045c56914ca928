#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cepheid/time.hpp"
#include "patterns/plan/plan.hpp"
#include "runtime/metrics/metric.hpp"

namespace cepheid::runtime {

/// The condition of a `metrics_alert`, looked at once a second. Logic is SQL's: null where a metric is not there.
class MetricsCondition {
 public:
  /// What it came to: does it hold, and the left side of the first comparison that does.
  struct Outcome {
    bool holds = false;
    bool known = false;    // not: null
    std::optional<double> value;
  };

  explicit MetricsCondition(patterns::MetricsExpr expression) : expression_(std::move(expression)) {}

  /// `now_ms`: of the monotonic clock or the wall clock, always the same; not before the last call's.
  Outcome look(const std::vector<Metric>& metrics, TimeMs now_ms);

 private:
  struct Reading {
    TimeMs time_ms;
    double value;
  };
  using Readings = std::map<const patterns::MetricsExpr*, std::deque<Reading>>;    // by the `rate`

  [[nodiscard]] std::optional<double> number(const patterns::MetricsExpr& of);
  [[nodiscard]] std::optional<bool> truth(const patterns::MetricsExpr& of);
  [[nodiscard]] std::optional<double> reading(const patterns::MetricsExpr& of) const;
  [[nodiscard]] std::optional<double> rate(const patterns::MetricsExpr& of);
  [[nodiscard]] std::optional<bool> compare(const patterns::MetricsExpr& of);

  patterns::MetricsExpr expression_;
  Readings readings_;
  const std::vector<Metric>* metrics_ = nullptr;    // of the call at hand, as the next two
  TimeMs now_ms_ = 0;
  std::optional<double> value_;
};

}    // namespace cepheid::runtime
