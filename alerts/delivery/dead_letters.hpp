#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "alerts/alert.hpp"
#include "cepheid/result.hpp"

namespace cepheid::alerts {

/// The file of alerts that a channel gave up: JSON lines `{"channel", "failed_at", "attempts", "reason", "alert"}`,
/// made with the first one, only ever appended to. It may be moved away at any time. Not thread-safe.
class DeadLetters {
 public:
  DeadLetters(std::filesystem::path file, std::string channel) : file_(std::move(file)), channel_(std::move(channel)) {}

  /// `alert_json` is what append_json() wrote of the alert.
  [[nodiscard]] Result<void> append(std::string_view alert_json, std::string_view reason, int attempts,
                                    TimeMs wall_now) const;

 private:
  std::filesystem::path file_;
  std::string channel_;
};

}    // namespace cepheid::alerts
