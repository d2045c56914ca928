#include "runtime/stream/invalid_log.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace cepheid::runtime {

namespace {

constexpr DurationMs kQuietMs = 1'000;

}    // namespace

void InvalidLog::note(std::string_view place, std::string_view reason, TimeMs now_ms) {
  if (!log_) return;
  auto known = std::ranges::find(reasons_, reason, &Reason::text);
  if (known == reasons_.end()) {
    reasons_.push_back({.text = std::string(reason), .last_ms = now_ms, .held_back = 0});
    log_(fmt::format("{}: invalid row: {}", place, reason));
    return;
  }
  if (now_ms - known->last_ms < kQuietMs) {
    ++known->held_back;
    return;
  }
  log_(known->held_back == 0 ? fmt::format("{}: invalid row: {}", place, reason)
                             : fmt::format("{}: invalid row: {} ({} more before)", place, reason, known->held_back));
  known->last_ms = now_ms;
  known->held_back = 0;
}

}    // namespace cepheid::runtime
