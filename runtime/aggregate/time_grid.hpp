#pragma once

#include <cstdint>

#include "cepheid/time.hpp"

namespace cepheid::runtime {

/// a / b, rounded down. Requires b > 0.
[[nodiscard]] constexpr std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

/// The largest multiple of `step` that is not above `time_ms`; at the beginning of time the time itself.
[[nodiscard]] constexpr TimeMs floor_to(TimeMs time_ms, DurationMs step) {
  const std::int64_t rest = time_ms % step;
  return subtract_saturated(time_ms, rest < 0 ? rest + step : rest);
}

}    // namespace cepheid::runtime
