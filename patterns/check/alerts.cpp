#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "patterns/check/channel_names.hpp"
#include "patterns/check/expressions.hpp"
#include "patterns/check/inputs.hpp"
#include "patterns/check/items.hpp"
#include "patterns/check/statements.hpp"
#include "patterns/check/texts.hpp"

namespace cepheid::patterns {

namespace {

/// Of an alert that says none.
constexpr std::string_view kDefaultSeverity = "warning";

syntax::Expr string_literal(std::string_view text, Span span) {
  syntax::Expr expr;
  expr.kind = syntax::Expr::Kind::string;
  expr.span = span;
  expr.text = text;
  return expr;
}

syntax::Item named_item(std::string_view name, syntax::Expr value) {
  syntax::Item item;
  item.kind = syntax::Item::Kind::named;
  item.span = value.span;
  item.name = {std::string(name), value.span};
  item.value = std::move(value);
  return item;
}

class AlertCheck : private InputsCheck<AlertPlan> {
 public:
  AlertCheck(const syntax::Alert& alert, Inputs inputs, CheckContext& context)
      : InputsCheck(std::move(inputs), context), alert_(alert) {}

  void run();

 private:
  void check_conditions();
  /// The raised row: what all clauses but the conditions look at. False if it cannot be made.
  bool make_raised_row();
  [[nodiscard]] std::optional<nfa::TypedExpr> check_severity();
  void check_limit();
  void check_text_of(const std::optional<std::vector<syntax::TemplatePart>>& written, std::vector<TextPart>& to);
  void check_escalation(const syntax::Escalation& escalation);
  void check_keyed(const std::optional<syntax::HeldBy>& written, std::string_view clause,
                   std::optional<AlertPlan::Keyed>& keyed);
  void check_duration(const syntax::DurationValue& duration, std::string_view clause);
  /// False if the fields of its rows are not known.
  bool check_select();
  [[nodiscard]] RowScope raised_scope(const EarlierItems* items = nullptr) const { return {raised_, where_, items}; }

  const syntax::Alert& alert_;
  Fields raised_;
  std::shared_ptr<const nfa::RowLayout> layout_;    // of the relation
};

void AlertCheck::run() {
  check_conditions();
  if (!make_raised_row()) return;
  check_keyed(alert_.dedupe, "dedupe", plan_.dedupe);
  check_keyed(alert_.group, "group", plan_.group);
  check_limit();
  check_text_of(alert_.title, plan_.title);
  check_text_of(alert_.body, plan_.body);
  (void)check_channel_names(alert_.notify, plan_.notify, context_);
  for (const syntax::Escalation& escalation : alert_.escalations) check_escalation(escalation);
  std::stable_sort(plan_.escalations.begin(), plan_.escalations.end(),
                   [](const auto& a, const auto& b) { return a.after < b.after; });
  plan_.shadow = alert_.shadow;
  // Whatever else is wrong: with right fields, what reads the alert can be checked.
  if (!check_select() || alert_.broken) return;
  add_relation(alert_.name, std::move(layout_), std::move(plan_), context_);
}

void AlertCheck::check_conditions() {
  if (alert_.when) plan_.when = check_condition(*alert_.when, scope(), diagnostics_);
  if (!alert_.resolve) return;
  if (alert_.resolve->when) {
    plan_.resolve_when = check_condition(*alert_.resolve->when, scope(), diagnostics_);
  }
  if (alert_.resolve->after) {
    check_duration(*alert_.resolve->after, "resolve after");
    plan_.resolve_after = alert_.resolve->after->ms;
  }
}

std::optional<nfa::TypedExpr> AlertCheck::check_severity() {
  Typed severity = check_item_value(*alert_.severity, scope(), diagnostics_);
  if (!severity.ok) return std::nullopt;
  if (severity.type().kind == TypeKind::string) return std::move(severity.expr);
  wrong(DiagnosticKind::wrong_type, alert_.severity->span,
        fmt::format("`severity` is a string, not {}", to_string(severity.type())));
  return std::nullopt;
}

bool AlertCheck::make_raised_row() {
  const Span place = alert_.name.span;
  std::vector<syntax::Item> made(1);
  made.front().kind = syntax::Item::Kind::star;
  made.front().span = place;
  made.push_back(named_item("severity", string_literal(kDefaultSeverity, place)));
  if (!alert_.select) made.push_back(named_item("alert", string_literal(alert_.name.text, place)));
  Items items;
  if (!items.add(made, scope(), &fields_, diagnostics_)) return false;
  plan_.raised_layout = layout_of(items, alert_.name, place, diagnostics_);
  if (plan_.raised_layout == nullptr) return false;
  plan_.raised = items.take();
  plan_.severity_field = *plan_.raised_layout->schema().find("severity");
  raised_ = Fields(plan_.raised_layout->schema());
  if (!alert_.severity) return true;
  // One that is wrong is still a string: the rest is checked with it.
  if (auto severity = check_severity()) plan_.raised[plan_.severity_field].value = std::move(*severity);
  return true;
}

void AlertCheck::check_duration(const syntax::DurationValue& duration, std::string_view clause) {
  if (duration.ms > 0) return;
  wrong(DiagnosticKind::window, duration.span, fmt::format("`{}` needs a duration above 0", clause));
}

void AlertCheck::check_keyed(const std::optional<syntax::HeldBy>& written, std::string_view clause,
                             std::optional<AlertPlan::Keyed>& keyed) {
  if (!written) return;
  check_duration(written->duration, clause);
  keyed.emplace().duration = written->duration.ms;
  for (const syntax::Expr& expr : written->by) {
    Typed value = check_expression(expr, raised_scope(), diagnostics_);
    if (value.ok) keyed->by.push_back(std::move(value.expr));
  }
}

void AlertCheck::check_limit() {
  if (!alert_.limit) return;
  const syntax::AlertLimit& limit = *alert_.limit;
  if (limit.most < 1) wrong(DiagnosticKind::wrong_arguments, limit.span, "`limit` needs at least 1");
  check_duration(limit.per, "limit");
  plan_.limit = {.most = limit.most, .per = limit.per.ms};
}

void AlertCheck::check_text_of(const std::optional<std::vector<syntax::TemplatePart>>& written,
                               std::vector<TextPart>& to) {
  if (!written) return;
  if (auto text = check_text(*written, raised_scope(), diagnostics_)) to = std::move(*text);
}

void AlertCheck::check_escalation(const syntax::Escalation& escalation) {
  AlertPlan::Escalation checked;
  (void)check_channel_names(escalation.to, checked.to, context_);
  check_duration(escalation.after, "escalate");
  checked.after = escalation.after.ms;
  if (escalation.severity) checked.severity = escalation.severity->text;
  if (!checked.to.empty()) plan_.escalations.push_back(std::move(checked));
}

bool AlertCheck::check_select() {
  if (!alert_.select) {
    layout_ = plan_.raised_layout;
    return true;
  }
  // `*` is the row that came in; `severity` is among it only where the input has such a field.
  Fields star = raised_;
  std::vector<std::uint32_t> of_input(fields_.entries().size());
  std::iota(of_input.begin(), of_input.end(), 0u);
  star.intersect(of_input);
  Items items;
  if (!items.add(*alert_.select, raised_scope(&items), &star, diagnostics_)) return false;
  layout_ = layout_of(items, alert_.name, alert_.select->front().span, diagnostics_);
  plan_.select = items.take();
  return layout_ != nullptr;
}

}    // namespace

void check_alert(const syntax::Alert& alert, CheckContext& context) {
  auto inputs = check_inputs(alert.inputs, alert.name, context);
  if (inputs) AlertCheck(alert, std::move(*inputs), context).run();
}

}    // namespace cepheid::patterns
