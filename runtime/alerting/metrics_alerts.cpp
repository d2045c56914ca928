#include "runtime/alerting/metrics_alerts.hpp"

#include <string_view>
#include <utility>

#include "runtime/codec/json_writer.hpp"

namespace cepheid::runtime {

MetricsAlerts::MetricsAlerts(const patterns::Plan& plan, alerts::AlertDispatcher& dispatcher)
    : dispatcher_(dispatcher) {
  for (const patterns::MetricsAlertPlan& alert : plan.metrics_alerts) {
    if (alert.notify.empty()) continue;
    watched_.push_back({.plan = &alert,
                        .condition = MetricsCondition(alert.when),
                        .title = TextRowWriter(alert.title, *alert.layout),
                        .body = TextRowWriter(alert.body, *alert.layout),
                        .since_ms = std::nullopt,
                        .raised = false,
                        .from_before = true});
  }
}

void MetricsAlerts::look(const std::vector<Metric>& metrics, TimeMs now_ms) {
  for (Watched& watched : watched_) {
    const MetricsCondition::Outcome outcome = watched.condition.look(metrics, now_ms);
    if (!outcome.holds) {
      // Null, where a metric is not there yet, does not tell that what an earlier process left is over.
      const bool ends = watched.raised || (watched.from_before && outcome.known);
      if (ends) raise(watched, std::nullopt, now_ms, true);
      if (ends) watched.from_before = false;
      watched.raised = false;
      watched.since_ms.reset();
      continue;
    }
    if (!watched.since_ms) watched.since_ms = now_ms;
    if (now_ms - *watched.since_ms < watched.plan->hold) continue;
    // Each second anew: the dispatcher's `dedupe` says how often it is told. Without one it is told once.
    if (!watched.raised || watched.plan->dedupe) raise(watched, outcome.value, now_ms, false);
    watched.raised = true;
  }
}

void MetricsAlerts::raise(const Watched& watched, std::optional<double> value, TimeMs now_ms, bool resolve) {
  scratch_.clear();
  const patterns::MetricsAlertPlan& plan = *watched.plan;
  const nfa::RowLayout& layout = *plan.layout;
  std::vector<std::uint64_t> row = layout.null_row();
  const auto set = [&](std::string_view name, const nfa::Datum& datum) {
    if (const auto field = layout.schema().find(name)) layout.set(row.data(), *field, datum);
  };
  set("alert", nfa::Datum::of_text(scratch_.arena.copy_text(plan.name)));
  set("severity", nfa::Datum::of_text(scratch_.arena.copy_text(plan.severity)));
  if (value) set("value", nfa::Datum::of_double(*value));
  set("time", nfa::Datum::of_int(now_ms));

  alerts::Alert alert;
  alert.name = plan.name;
  alert.severity = plan.severity;
  alert.time = now_ms;
  alert.resolve = resolve;
  watched.title.append_text(alert.title, row.data(), now_ms, scratch_);
  watched.body.append_text(alert.body, row.data(), now_ms, scratch_);
  alert.row.clear();
  JsonRowWriter(plan.layout).append(alert.row, row.data());
  dispatcher_.raise(std::move(alert));
}

}    // namespace cepheid::runtime
