#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "alerts/alert.hpp"
#include "alerts/alert_rule.hpp"

namespace cepheid::alerts {

/// `limit N per period` of one statement: periods lie one after the other from the epoch on; a time before the current
/// one counts for it. Not thread-safe; bounded.
class MessageLimit {
 public:
  explicit MessageLimit(const AlertRule& rule) : name_(rule.name), most_(rule.limit), period_(rule.limit_period) {}

  /// The summary of the current period if `time` lies behind it and something was held back in it; that period is over
  /// then. Call before allows().
  [[nodiscard]] std::optional<Alert> ended(TimeMs time);
  /// Counts a message at `time`; false: it is one too many and counted for the summary.
  [[nodiscard]] bool allows(const Alert& alert, TimeMs time);
  /// The summary so far, if something was held back: for the end of the job.
  [[nodiscard]] std::optional<Alert> rest();

 private:
  static constexpr std::size_t kMostSeverities = 16;

  std::string name_;
  std::size_t most_;
  DurationMs period_;
  std::optional<TimeMs> start_;    // of the current period
  std::size_t messages_ = 0;
  std::map<std::string, std::size_t> held_back_;    // by severity; those beyond the most count as ``
};

}    // namespace cepheid::alerts
