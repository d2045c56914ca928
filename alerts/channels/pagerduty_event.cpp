#include "alerts/channels/pagerduty_event.hpp"

#include <algorithm>
#include <array>

#include "alerts/text/json_text.hpp"
#include "alerts/text/time_text.hpp"
#include "alerts/text/utf8.hpp"

namespace cepheid::alerts {

namespace {

constexpr std::size_t kSummary = 1024;         // PagerDuty's limit
constexpr std::size_t kDetails = 256 << 10;    // of the row; an event may have 512 KB

std::string_view pagerduty_severity(const Alert& alert) {
  static constexpr std::array<std::string_view, 4> kSeverities = {"info", "warning", "error", "critical"};
  return kSeverities[static_cast<std::size_t>(urgency(alert.severity))];
}

}    // namespace

std::string pagerduty_event(const Alert& alert, const PagerDutyChannel& config) {
  JsonText json;
  json.begin_object().text("routing_key", config.routing_key);
  json.text("event_action", alert.resolve ? "resolve" : "trigger").text("dedup_key", alert.incident);
  json.name("payload").begin_object();
  json.text("summary", shortened(title_of(alert), kSummary)).text("source", config.source);
  json.text("severity", pagerduty_severity(alert)).text("timestamp", iso_8601(alert.time));
  json.text("component", alert.name);
  json.name("custom_details").begin_object();
  json.text("id", alert.id).text("severity", alert.severity).text("body", shortened(alert.body, kDetails / 8));
  if (alert.row.size() <= kDetails) json.name("row").json(alert.row);
  json.end_object().end_object();
  json.text("client", "cepheid").end_object();
  return json.take();
}

std::vector<const Alert*> last_of_each_incident(const Message& message) {
  std::vector<const Alert*> last;
  for (const Alert& alert : message.alerts) {
    std::erase_if(last, [&](const Alert* earlier) { return earlier->incident == alert.incident; });
    last.push_back(&alert);
  }
  return last;
}

}    // namespace cepheid::alerts
