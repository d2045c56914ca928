#pragma once

#include <optional>

#include "alerts/channel_config.hpp"

namespace cepheid::alerts {

/// The wait after the failed attempt number `attempt` (from 1 up): doubles from attempt to attempt up to the longest,
/// and is spread evenly over its upper half by `random` in [0, 1), so that many senders do not come back at one moment.
/// `retry_after` is what the receiver asked for: the longer of both counts.
[[nodiscard]] DurationMs back_off(const RetryConfig& config, int attempt, std::optional<DurationMs> retry_after,
                                  double random);

}    // namespace cepheid::alerts
