#include "runtime/alerting/metrics_condition.hpp"

#include <algorithm>
#include <cmath>

namespace cepheid::runtime {

namespace {

using patterns::MetricsExpr;
using Kind = MetricsExpr::Kind;

bool has_labels(const Metric::Series& series, const std::vector<std::pair<std::string, std::string>>& labels) {
  return std::ranges::all_of(
      labels, [&](const auto& label) { return std::ranges::find(series.labels, label) != series.labels.end(); });
}

std::optional<double> finite(double value) {
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}

}    // namespace

MetricsCondition::Outcome MetricsCondition::look(const std::vector<Metric>& metrics, TimeMs now_ms) {
  metrics_ = &metrics;
  now_ms_ = now_ms;
  value_.reset();
  const std::optional<bool> outcome = truth(expression_);
  const bool holds = outcome.value_or(false);
  return {.holds = holds, .known = outcome.has_value(), .value = holds ? value_ : std::nullopt};
}

std::optional<double> MetricsCondition::number(const MetricsExpr& of) {
  switch (of.kind) {
    case Kind::number: return of.number;
    case Kind::metric: return reading(of);
    case Kind::rate: return rate(of);
    default: break;
  }
  const std::optional<double> a = number(of.args.front());
  const std::optional<double> b = of.args.size() > 1 ? number(of.args[1]) : std::optional(0.0);
  if (!a || !b) return std::nullopt;
  switch (of.kind) {
    case Kind::negate: return -*a;
    case Kind::add: return finite(*a + *b);
    case Kind::subtract: return finite(*a - *b);
    case Kind::multiply: return finite(*a * *b);
    case Kind::divide: return *b == 0 ? std::nullopt : finite(*a / *b);
    default: return std::nullopt;
  }
}

std::optional<bool> MetricsCondition::truth(const MetricsExpr& of) {
  if (of.kind == Kind::not_) {
    const std::optional<bool> inner = truth(of.args.front());
    return inner ? std::optional(!*inner) : std::nullopt;
  }
  if (of.kind != Kind::and_ && of.kind != Kind::or_) return compare(of);
  // All are looked at, so that each `rate` has its readings.
  const bool decides = of.kind == Kind::or_;
  bool decided = false;
  bool unknown = false;
  for (const MetricsExpr& part : of.args) {
    const std::optional<bool> outcome = truth(part);
    decided = decided || (outcome && *outcome == decides);
    unknown = unknown || !outcome;
  }
  if (decided) return decides;
  return unknown ? std::nullopt : std::optional(!decides);
}

std::optional<bool> MetricsCondition::compare(const MetricsExpr& of) {
  if (of.args.size() != 2) return std::nullopt;
  const std::optional<double> a = number(of.args[0]);
  const std::optional<double> b = number(of.args[1]);
  if (!a || !b) return std::nullopt;
  const auto outcome = [&] {
    switch (of.kind) {
      case Kind::equal: return *a == *b;
      case Kind::not_equal: return *a != *b;
      case Kind::less: return *a < *b;
      case Kind::less_equal: return *a <= *b;
      case Kind::greater: return *a > *b;
      default: return *a >= *b;
    }
  }();
  if (outcome && !value_) value_ = *a;
  return outcome;
}

std::optional<double> MetricsCondition::reading(const MetricsExpr& of) const {
  for (const Metric& metric : *metrics_) {
    // A histogram has the names that Prometheus gives its parts.
    const bool histogram = metric.kind == Metric::Kind::histogram;
    const bool is_count = histogram && of.name == metric.name + "_count";
    const bool is_sum = histogram && of.name == metric.name + "_sum";
    if (metric.name != of.name && !is_count && !is_sum) continue;
    std::optional<double> sum;
    for (const Metric::Series& series : metric.series) {
      if (!has_labels(series, of.labels)) continue;
      double value = series.value;
      if (is_sum) value = series.latencies.sum_s;
      if (is_count) {
        value = 0;
        for (const std::uint64_t count : series.latencies.in_class) value += static_cast<double>(count);
      }
      sum = sum.value_or(0) + value;
    }
    return sum;
  }
  return std::nullopt;
}

std::optional<double> MetricsCondition::rate(const MetricsExpr& of) {
  const std::optional<double> now = reading(of.args.front());
  std::deque<Reading>& past = readings_[&of];
  if (!now) {
    past.clear();
    return std::nullopt;
  }
  // One that fell was counted anew: what came before tells nothing.
  if (!past.empty() && *now < past.back().value) past.clear();
  past.push_back({now_ms_, *now});
  while (past.size() > 2 && past[1].time_ms <= now_ms_ - of.window) past.pop_front();
  if (past.front().time_ms >= now_ms_) return std::nullopt;
  const double seconds = static_cast<double>(now_ms_ - past.front().time_ms) / 1000;
  return (*now - past.front().value) / seconds;
}

}    // namespace cepheid::runtime
