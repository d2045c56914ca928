#pragma once

#include <string>
#include <vector>

#include "runtime/metrics/metric.hpp"

namespace cepheid::runtime {

/// Metrics in Prometheus's text format.
[[nodiscard]] std::string metrics_text(const std::vector<Metric>& metrics);

}    // namespace cepheid::runtime
