#pragma once

#include <string>

#include "alerts/alert.hpp"

namespace cepheid::alerts {

/// The JSON that Slack's incoming webhooks take: `text` for notifications, `blocks` (header, text, fields, context) for
/// the screen, each within Slack's limits of length and number. What comes from rows cannot mention anybody or make
/// links: `&`, `<`, `>` are escaped.
[[nodiscard]] std::string slack_message(const Message& message);

}    // namespace cepheid::alerts
