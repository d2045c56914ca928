#pragma once

#include <string>
#include <vector>

#include "alerts/alert.hpp"
#include "alerts/channel_config.hpp"

namespace cepheid::alerts {

/// The event of one alert as PagerDuty's events API, version 2, takes it: `trigger` or `resolve`, `dedup_key` the
/// alert's incident. Severities become `critical`, `error`, `warning`, `info` by their urgency().
[[nodiscard]] std::string pagerduty_event(const Alert& alert, const PagerDutyChannel& config);

/// The alerts of a message of which an event is to be sent: of each incident the last one, for PagerDuty makes groups
/// by itself.
[[nodiscard]] std::vector<const Alert*> last_of_each_incident(const Message& message);

}    // namespace cepheid::alerts
