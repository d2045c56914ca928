#include <fmt/format.h>

#include "patterns/check/expressions.hpp"
#include "patterns/check/items.hpp"
#include "patterns/check/join_conditions.hpp"
#include "patterns/check/side_scope.hpp"
#include "patterns/check/statements.hpp"

namespace cepheid::patterns {

namespace {

class JoinCheck {
 public:
  JoinCheck(const syntax::Join& join, CheckContext& context)
      : join_(join),
        context_(context),
        diagnostics_(context.diagnostics),
        where_(fmt::format("join `{}`", join.name.text)) {}

  void run();

 private:
  /// Puts the two inputs in the plan's order: first that whose rows come later.
  bool check_sides();
  bool check_window(bool& swapped);
  bool check_on();
  bool check_items();
  bool wrong(DiagnosticKind kind, Span span, std::string message, std::string hint = {}) {
    diagnostics_.error(kind, span, std::move(message), std::move(hint));
    return false;
  }
  bool missing(std::string_view clause, std::string hint) {
    if (join_.broken) return false;
    return wrong(DiagnosticKind::missing_clause, join_.name.span, fmt::format("{} has no `{}`", where_, clause),
                 std::move(hint));
  }

  const syntax::Join& join_;
  CheckContext& context_;
  Diagnostics& diagnostics_;
  std::string where_;
  JoinPlan plan_;
  std::vector<SideScope::Side> sides_;
  std::shared_ptr<const nfa::RowLayout> layout_;
};

void JoinCheck::run() {
  if (!check_sides()) return;
  bool ok = check_on();
  ok = check_items() && ok;
  if (!ok || join_.broken) return;
  plan_.keep_left = join_.keep_left;
  switch (join_.keep) {
    case syntax::Join::Keep::all: plan_.keep = JoinPlan::Keep::all; break;
    case syntax::Join::Keep::first: plan_.keep = JoinPlan::Keep::first; break;
    case syntax::Join::Keep::last: plan_.keep = JoinPlan::Keep::last; break;
  }
  add_relation(join_.name, std::move(layout_), std::move(plan_), context_);
}

bool JoinCheck::check_sides() {
  if (join_.sides.size() != 2) return false;    // did not parse
  bool ok = true;
  std::vector<Relations::Target> targets;
  for (const auto& side : join_.sides) {
    auto target = context_.relations.find(side.input, diagnostics_);
    ok = ok && target.has_value();
    if (target) targets.push_back(std::move(*target));
  }
  if (join_.sides[0].name.text == join_.sides[1].name.text) {
    ok = wrong(DiagnosticKind::duplicate_name, join_.sides[1].name.span,
               fmt::format("`{}` names both sides", join_.sides[1].name.text));
  }
  bool swapped = false;
  if (!check_window(swapped) || !ok) return false;
  for (std::size_t i = 0; i < 2; ++i) {
    const std::size_t from = swapped ? 1 - i : i;
    JoinPlan::Side& side = i == 0 ? plan_.left : plan_.right;
    side.layout = targets[from].layout;
    side.input.relation = targets[from].id;
    for (std::uint32_t field = 0; field < side.layout->schema().size(); ++field) side.input.fields.push_back(field);
    sides_.push_back({join_.sides[from].name.text, Fields(side.layout->schema()),
                      fmt::format("stream `{}`", join_.sides[from].input.text)});
  }
  return true;
}

bool JoinCheck::check_window(bool& swapped) {
  const std::string& first = join_.sides[0].name.text;
  const std::string& second = join_.sides[1].name.text;
  if (!join_.within) return missing("within", fmt::format("`within {} 1h before {}`", second, first));
  const syntax::JoinWindow& window = *join_.within;
  bool ok = true;
  for (const syntax::Name* name : {&window.earlier, &window.later}) {
    if (name->text == first || name->text == second) continue;
    ok = wrong(DiagnosticKind::unknown_stream, name->span, fmt::format("unknown side `{}` in {}", name->text, where_),
               did_you_mean(nearest_name(name->text, {first, second})));
  }
  if (ok && window.earlier.text == window.later.text) {
    ok = wrong(DiagnosticKind::window, window.span, fmt::format("`{}` before itself", window.later.text),
               fmt::format("`within {} 1h before {}`", second, first));
  }
  plan_.before_ms = window.duration.ms;
  swapped = window.later.text == second;
  return ok;
}

bool JoinCheck::check_on() {
  if (!join_.on) {
    return missing("on",
                   fmt::format("`on {}.… == {}.…` says which rows belong together", sides_[0].name, sides_[1].name));
  }
  auto condition = check_condition(*join_.on, SideScope(sides_, nullptr, where_), diagnostics_);
  if (!condition) return false;
  plan_.on = alternatives_of(std::move(*condition));
  return true;
}

bool JoinCheck::check_items() {
  if (!join_.select) return missing("select", "`select` names what its rows hold");
  const std::string hint = fmt::format("name the fields: `{}.…`", sides_[0].name);
  if (!has_no_star(*join_.select, "a join", hint, diagnostics_)) return false;
  Items items;
  if (!items.add(*join_.select, SideScope(sides_, nullptr, where_, &items), nullptr, diagnostics_)) return false;
  layout_ = layout_of(items, join_.name, join_.select->front().span, diagnostics_);
  plan_.items = items.take();
  return layout_ != nullptr;
}

}    // namespace

void check_join(const syntax::Join& join, CheckContext& context) {
  JoinCheck(join, context).run();
}

}    // namespace cepheid::patterns
