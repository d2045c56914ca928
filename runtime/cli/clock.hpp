#pragma once

#include <chrono>

#include "cepheid/time.hpp"

namespace cepheid::cli {

/// The time of day, in ms since the epoch.
[[nodiscard]] inline TimeMs wall_clock_ms() {
  using std::chrono::duration_cast, std::chrono::milliseconds, std::chrono::system_clock;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}    // namespace cepheid::cli
