#include "runtime/serve/metrics.hpp"

#include <limits>
#include <sstream>
#include <utility>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace cepheid::runtime {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricType type_of(Metric::Kind kind) {
  switch (kind) {
    case Metric::Kind::counter: return MetricType::Counter;
    case Metric::Kind::histogram: return MetricType::Histogram;
    case Metric::Kind::gauge: break;
  }
  return MetricType::Gauge;
}

void set_histogram(ClientMetric::Histogram& histogram, const Latencies::Counts& latencies) {
  std::uint64_t counted = 0;
  for (std::size_t i = 0; i < latencies.in_class.size(); ++i) {
    counted += latencies.in_class[i];
    const bool last = i == Latencies::kBounds.size();
    histogram.bucket.push_back({.cumulative_count = counted,
                                .upper_bound = last ? std::numeric_limits<double>::infinity() : Latencies::kBounds[i]});
  }
  histogram.sample_count = counted;
  histogram.sample_sum = latencies.sum_s;
}

}    // namespace

std::string metrics_text(const std::vector<Metric>& metrics) {
  std::vector<MetricFamily> families;
  for (const Metric& metric : metrics) {
    MetricFamily& family = families.emplace_back();
    family.name = metric.name;
    family.type = type_of(metric.kind);
    family.help = metric.help;
    for (const Metric::Series& series : metric.series) {
      ClientMetric& made = family.metric.emplace_back();
      for (const auto& [name, value] : series.labels) made.label.push_back({name, value});
      switch (metric.kind) {
        case Metric::Kind::counter: made.counter.value = series.value; break;
        case Metric::Kind::gauge: made.gauge.value = series.value; break;
        case Metric::Kind::histogram: set_histogram(made.histogram, series.latencies); break;
      }
    }
  }
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, families);
  return std::move(out).str();
}

}    // namespace cepheid::runtime
