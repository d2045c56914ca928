#include <fmt/format.h>

#include "patterns/check/expressions.hpp"
#include "patterns/check/items.hpp"
#include "patterns/check/layouts.hpp"
#include "patterns/check/statements.hpp"

namespace cepheid::patterns {

namespace {

using Stage = syntax::Derived::Stage;

/// The inputs in one layout; nothing if one of them is unknown or wrong, or two do not fit together.
std::optional<DerivedPlan> check_inputs(const syntax::Derived& derived, CheckContext& context) {
  std::vector<Relations::Target> inputs;
  bool ok = true;
  for (const syntax::Name& name : derived.inputs) {
    auto target = context.relations.find(name, context.diagnostics);
    ok = ok && target.has_value();
    if (target) inputs.push_back(std::move(*target));
  }
  if (!ok || inputs.empty()) return std::nullopt;

  DerivedPlan plan;
  JoinedLayout joined = join_layouts(inputs);
  for (const JoinedLayout::Clash& clash : joined.clashes) {
    const Field& field = inputs[clash.input].layout->schema().fields()[clash.field];
    context.diagnostics.error(
        DiagnosticKind::wrong_type, derived.inputs[clash.input].span,
        fmt::format("`{}` is {} in `{}` and {} in a stream before it", field.name, to_string(field.type),
                    derived.inputs[clash.input].text, to_string(clash.earlier)));
  }
  if (!joined.clashes.empty()) return std::nullopt;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    plan.inputs.push_back({inputs[i].id, std::move(joined.positions[i])});
  }
  plan.input_layout = inputs.size() == 1 ? inputs.front().layout
                                         : std::make_shared<const nfa::RowLayout>(Schema(std::move(joined.fields)));
  return plan;
}

/// Applies one stage to `layout`; false if it is wrong.
bool check_stage(const Stage& stage, const syntax::Derived& derived, const std::string& where, DerivedPlan& plan,
                 std::shared_ptr<const nfa::RowLayout>& layout, Diagnostics& diagnostics) {
  const Fields fields(layout->schema());
  switch (stage.kind) {
    case Stage::Kind::lateness: plan.lateness = stage.lateness.ms; return true;
    case Stage::Kind::lookup: return false;    // reported by the parser
    case Stage::Kind::where: {
      auto condition = check_condition(stage.where, RowScope(fields, where), diagnostics);
      if (!condition) return false;
      plan.stages.push_back({.where = std::move(*condition), .layout = layout});
      return true;
    }
    case Stage::Kind::select: break;
  }
  Items items;
  if (!items.add(stage.select, RowScope(fields, where, &items), &fields, diagnostics)) return false;
  Schema schema = items.schema();
  if (const std::string clash = find_nesting_clash(schema); !clash.empty()) {
    diagnostics.error(DiagnosticKind::duplicate_name, stage.span,
                      fmt::format("`{}` is a field of `{}` and has fields below it", clash, derived.name.text));
    return false;
  }
  layout = std::make_shared<const nfa::RowLayout>(std::move(schema));
  plan.stages.push_back({.items = items.take(), .layout = layout});
  return true;
}

}    // namespace

void check_derived(const syntax::Derived& derived, CheckContext& context) {
  auto plan = check_inputs(derived, context);
  if (!plan) return;
  auto layout = plan->input_layout;
  std::string where = derived.inputs.size() == 1 ? fmt::format("stream `{}`", derived.inputs.front().text)
                                                 : fmt::format("the streams that `{}` reads", derived.name.text);
  for (const Stage& stage : derived.stages) {
    // What a wrong stage would leave is unknown, except after a filter: that leaves its rows as they were.
    if (check_stage(stage, derived, where, *plan, layout, context.diagnostics)) {
      if (stage.kind == Stage::Kind::select) where = fmt::format("stream `{}` after `select`", derived.name.text);
      continue;
    }
    if (stage.kind != Stage::Kind::where) return;
  }
  if (derived.broken) return;
  add_relation(derived.name, std::move(layout), std::move(*plan), context);
}

}    // namespace cepheid::patterns
