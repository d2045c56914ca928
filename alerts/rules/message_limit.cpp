#include "alerts/rules/message_limit.hpp"

#include <fmt/format.h>

#include "alerts/text/digest.hpp"
#include "alerts/text/json_text.hpp"
#include "alerts/text/time_text.hpp"

namespace cepheid::alerts {

namespace {

TimeMs start_of_period(TimeMs time, DurationMs period) {
  const TimeMs into = time % period;
  return subtract_saturated(time, into < 0 ? into + period : into);
}

}    // namespace

std::optional<Alert> MessageLimit::ended(TimeMs time) {
  if (!start_ || time < add_saturated(*start_, period_)) return std::nullopt;
  return rest();
}

bool MessageLimit::allows(const Alert& alert, TimeMs time) {
  if (!start_ || time >= add_saturated(*start_, period_)) {
    start_ = start_of_period(time, period_);
    messages_ = 0;
  }
  if (messages_ < most_) {
    ++messages_;
    return true;
  }
  const bool known = held_back_.contains(alert.severity) || held_back_.size() < kMostSeverities;
  ++held_back_[known ? alert.severity : std::string()];
  return false;
}

std::optional<Alert> MessageLimit::rest() {
  if (held_back_.empty()) return std::nullopt;
  Alert summary;
  std::size_t total = 0;
  JsonText severities;
  severities.begin_object();
  for (const auto& [severity, count] : held_back_) {
    if (summary.severity.empty() || urgency(severity) > urgency(summary.severity)) summary.severity = severity;
    severities.number(severity, static_cast<std::int64_t>(count));
    total += count;
  }
  severities.end_object();
  const TimeMs end = add_saturated(*start_, period_);
  summary.name = name_;
  summary.time = end - 1;
  summary.title = fmt::format("{} more alerts `{}` were held back", total, name_);
  summary.body = fmt::format("Between {} and {}: only {} in {} are sent.", iso_8601(*start_), iso_8601(end), most_,
                             duration_text(period_));
  JsonText row;
  row.begin_object().number("held_back", static_cast<std::int64_t>(total)).number("from", *start_).number("to", end);
  row.name("by_severity").json(severities.str()).end_object();
  summary.row = row.take();
  summary.values = {{"held_back", fmt::format_int(total).str()}};
  summary.incident = digest({name_, "held back", fmt::format_int(*start_).str()});
  held_back_.clear();
  return summary;
}

}    // namespace cepheid::alerts
