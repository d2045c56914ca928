#include "alerts/delivery/back_off.hpp"

#include <algorithm>
#include <cmath>

namespace cepheid::alerts {

DurationMs back_off(const RetryConfig& config, int attempt, std::optional<DurationMs> retry_after, double random) {
  const double doubled = std::ldexp(static_cast<double>(config.first_ms), std::min(attempt - 1, 60));
  const double longest = std::min(doubled, static_cast<double>(config.longest_ms));
  const auto wait = static_cast<DurationMs>(longest * (0.5 + random / 2));
  return std::max(wait, std::min(retry_after.value_or(0), config.longest_retry_after_ms));
}

}    // namespace cepheid::alerts
