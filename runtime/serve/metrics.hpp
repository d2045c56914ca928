#pragma once

#include <string>
#include <string_view>

#include "cepheid/time.hpp"
#include "runtime/stream/counters.hpp"

namespace cepheid::runtime {

/// A job's numbers in Prometheus's text format; docs/operations.md lists them. Made when they are asked for: between
/// two questions nothing is done for them.
[[nodiscard]] std::string metrics_text(const JobStats& stats, std::string_view version, TimeMs now_ms);

}    // namespace cepheid::runtime
