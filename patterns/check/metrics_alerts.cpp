#include <utility>

#include <fmt/format.h>

#include "patterns/check/channel_names.hpp"
#include "patterns/check/metrics_expr.hpp"
#include "patterns/check/statements.hpp"
#include "patterns/check/texts.hpp"

namespace cepheid::patterns {

void check_metrics_alert(const syntax::MetricsAlert& alert, CheckContext& context) {
  Diagnostics& diagnostics = context.diagnostics;
  MetricsAlertPlan plan;
  plan.name = alert.name.text;
  plan.layout = std::make_shared<const nfa::RowLayout>(Schema({{"alert", Type::string()},
                                                               {"severity", Type::string()},
                                                               {"value", Type::float64()},
                                                               {"time", Type::timestamp()}}));
  if (alert.when) {
    if (auto when = check_metrics_condition(*alert.when, diagnostics)) plan.when = std::move(*when);
  }
  if (alert.hold) plan.hold = alert.hold->ms;
  plan.severity = alert.severity ? alert.severity->text : "warning";
  if (alert.dedupe) {
    if (alert.dedupe->ms <= 0) {
      diagnostics.error(DiagnosticKind::window, alert.dedupe->span, "`dedupe` needs a duration above 0");
    }
    plan.dedupe = alert.dedupe->ms;
  }
  const Fields fields(plan.layout->schema());
  const RowScope scope(fields, fmt::format("what alert `{}` tells", alert.name.text));
  const auto check = [&](const std::optional<std::vector<syntax::TemplatePart>>& written, std::vector<TextPart>& to) {
    if (!written) return;
    if (auto text = check_text(*written, scope, diagnostics)) to = std::move(*text);
  };
  check(alert.title, plan.title);
  check(alert.body, plan.body);
  (void)check_channel_names(alert.notify, plan.notify, context);
  if (!alert.broken) context.plan.metrics_alerts.push_back(std::move(plan));
}

}    // namespace cepheid::patterns
