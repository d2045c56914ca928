#include <fmt/format.h>

#include "nfa/expr/constants.hpp"
#include "patterns/check/aggregate_calls.hpp"
#include "patterns/check/expressions.hpp"
#include "patterns/check/inputs.hpp"
#include "patterns/check/items.hpp"
#include "patterns/check/keys.hpp"
#include "patterns/check/statements.hpp"

namespace cepheid::patterns {

namespace {

/// The rows that an aggregate gives: what `having` looks at.
class GivenRowScope : public RowScope {
 public:
  using RowScope::RowScope;

  [[nodiscard]] std::optional<Typed> own_call(const syntax::Expr& call, Diagnostics& diagnostics) const override {
    const std::string& name = call.path.parts.front().text;
    if (!is_aggregate_function(name)) return std::nullopt;
    diagnostics.error(DiagnosticKind::other_clause, call.path.span,
                      fmt::format("`{}` in `having`, which looks at the items of `select`", name),
                      "make it an item, and name that");
    return poisoned(call.span);
  }
};

class AggregateCheck {
 public:
  AggregateCheck(const syntax::Aggregate& aggregate, Inputs inputs, CheckContext& context)
      : aggregate_(aggregate),
        context_(context),
        diagnostics_(context.diagnostics),
        input_where_(std::move(inputs.where)),
        where_(fmt::format("aggregate `{}`", aggregate.name.text)),
        input_(inputs.layout->schema()) {
    plan_.inputs = std::move(inputs.mappings);
    plan_.input_layout = std::move(inputs.layout);
  }

  void run();

 private:
  bool check_window();
  bool check_span(const syntax::DurationValue& duration);
  bool check_key();
  bool check_items();
  bool check_having();
  /// The key's values and the ends of the window, at the beginning of the state row.
  void add_state_field(std::string name, std::string path, const Type& type);
  bool wrong(DiagnosticKind kind, Span span, std::string message, std::string hint = {}) {
    diagnostics_.error(kind, span, std::move(message), std::move(hint));
    return false;
  }

  const syntax::Aggregate& aggregate_;
  CheckContext& context_;
  Diagnostics& diagnostics_;
  std::string input_where_;
  std::string where_;
  Fields input_;
  AggregatePlan plan_;
  std::vector<Field> state_;
  std::vector<AggregateScope::Name> names_;
  std::shared_ptr<const nfa::RowLayout> layout_;    // of the rows that are given
};

void AggregateCheck::run() {
  bool ok = check_window();
  // What a wrong key would be is unknown, and with it what can be named.
  if (!check_key()) return;
  if (!check_items()) return;
  ok = check_having() && ok;
  if (!ok || aggregate_.broken) return;
  add_relation(aggregate_.name, std::move(layout_), std::move(plan_), context_);
}

bool AggregateCheck::check_span(const syntax::DurationValue& duration) {
  if (duration.ms > 0) return true;
  return wrong(DiagnosticKind::window, duration.span, "a window needs a duration above 0");
}

bool AggregateCheck::check_window() {
  using Kind = syntax::Window::Kind;
  plan_.allowed_lateness = aggregate_.allowed_lateness ? aggregate_.allowed_lateness->ms : 0;
  plan_.emit_changes = aggregate_.emit_changes;
  const Kind kind = aggregate_.window ? aggregate_.window->kind : Kind::none;
  bool ok = true;
  switch (kind) {
    case Kind::none: plan_.window.kind = WindowPlan::Kind::none; break;
    case Kind::tumbling: plan_.window.kind = WindowPlan::Kind::tumbling; break;
    case Kind::sliding: plan_.window.kind = WindowPlan::Kind::sliding; break;
    case Kind::session: plan_.window.kind = WindowPlan::Kind::session; break;
    case Kind::daily: plan_.window.kind = WindowPlan::Kind::daily; break;
  }
  if (kind == Kind::none) {
    if (aggregate_.allowed_lateness) {
      ok = wrong(DiagnosticKind::other_clause, aggregate_.allowed_lateness->span,
                 "`allowed_lateness` without a window: every row is taken");
    }
    return ok;
  }
  const syntax::Window& window = *aggregate_.window;
  if (kind != Kind::daily) ok = check_span(window.size);
  if (kind == Kind::sliding) ok = check_span(window.every) && ok;
  plan_.window.size_ms = window.size.ms;
  plan_.window.every_ms = window.every.ms;
  if (!window.zone || window.zone->kind != syntax::Expr::Kind::string) return ok;
  plan_.window.zone = window.zone->text;
  if (nfa::is_known_zone(plan_.window.zone)) return ok;
  return wrong(DiagnosticKind::bad_constant, window.zone->span,
               fmt::format("unknown time zone `{}`", plan_.window.zone), "a name such as `UTC` or `Asia/Seoul`");
}

void AggregateCheck::add_state_field(std::string name, std::string path, const Type& type) {
  names_.push_back({name, std::move(path), static_cast<std::uint32_t>(state_.size()), type});
  state_.push_back({std::move(name), type});
}

bool AggregateCheck::check_key() {
  auto key = key_items(aggregate_.key, RowScope(input_, input_where_), diagnostics_);
  if (!key) return false;
  plan_.key = std::move(*key);
  for (std::size_t i = 0; i < plan_.key.size(); ++i) {
    const syntax::Item& item = aggregate_.key[i];
    const bool is_path = item.kind == syntax::Item::Kind::path;
    add_state_field(plan_.key[i].name, is_path ? join_path(item.value.path) : std::string(), plan_.key[i].value.type);
  }
  add_state_field("window_start", {}, Type::timestamp());
  add_state_field("window_end", {}, Type::timestamp());
  return true;
}

bool AggregateCheck::check_items() {
  if (!aggregate_.select) {
    if (aggregate_.broken) return false;
    return wrong(DiagnosticKind::missing_clause, aggregate_.name.span, fmt::format("{} has no `select`", where_),
                 "`select name = count(), …` names what its rows hold");
  }
  if (!has_no_star(*aggregate_.select, "an aggregate", "name keys and aggregate functions", diagnostics_)) return false;
  Items items;
  AggregateCalls calls(static_cast<std::uint32_t>(state_.size()));
  const AggregateScope scope(input_, input_where_, where_, calls, names_, &items);
  if (!items.add(*aggregate_.select, scope, nullptr, diagnostics_)) return false;
  layout_ = layout_of(items, aggregate_.name, aggregate_.select->front().span, diagnostics_);
  if (layout_ == nullptr) return false;
  plan_.items = items.take();
  for (Field& field : calls.fields()) state_.push_back(std::move(field));
  plan_.calls = calls.take();
  plan_.state_layout = std::make_shared<const nfa::RowLayout>(Schema(std::move(state_)));
  return true;
}

bool AggregateCheck::check_having() {
  if (!aggregate_.having) return true;
  const Fields fields(layout_->schema());
  plan_.having = check_condition(*aggregate_.having, GivenRowScope(fields, "the rows of " + where_), diagnostics_);
  return plan_.having.has_value();
}

}    // namespace

void check_aggregate(const syntax::Aggregate& aggregate, CheckContext& context) {
  if (auto inputs = check_inputs(aggregate.inputs, aggregate.name, context)) {
    AggregateCheck(aggregate, std::move(*inputs), context).run();
  }
}

}    // namespace cepheid::patterns
