#include <fmt/format.h>

#include "patterns/check/expressions.hpp"
#include "patterns/check/inputs.hpp"
#include "patterns/check/items.hpp"
#include "patterns/check/lookups.hpp"
#include "patterns/check/statements.hpp"

namespace cepheid::patterns {

namespace {

using Stage = syntax::Derived::Stage;

/// The stages, one after the other.
class DerivedCheck {
 public:
  DerivedCheck(const syntax::Derived& derived, Inputs inputs, CheckContext& context)
      : derived_(derived), context_(context), where_(std::move(inputs.where)), layout_(inputs.layout) {
    plan_.inputs = std::move(inputs.mappings);
    plan_.input_layout = std::move(inputs.layout);
  }

  void run();

 private:
  /// False if the stage is wrong.
  bool apply(const Stage& stage);
  bool select(const Stage& stage);

  const syntax::Derived& derived_;
  CheckContext& context_;
  DerivedPlan plan_;
  std::string where_;                               // whose fields `layout_` has, in messages
  std::shared_ptr<const nfa::RowLayout> layout_;    // after the stages so far
  std::vector<SideScope::Side> sides_;              // since the last `select`
};

void DerivedCheck::run() {
  for (const Stage& stage : derived_.stages) {
    if (apply(stage)) continue;
    // What a wrong stage would leave is unknown, except after a filter: that leaves its rows as they were.
    if (stage.kind != Stage::Kind::where) return;
  }
  if (derived_.broken) return;
  add_relation(derived_.name, std::move(layout_), std::move(plan_), context_);
}

bool DerivedCheck::apply(const Stage& stage) {
  const Fields fields(layout_->schema());
  const SideScope scope(sides_, &fields, where_);
  switch (stage.kind) {
    case Stage::Kind::lateness: plan_.lateness = stage.lateness.ms; return true;
    case Stage::Kind::where: {
      auto condition = check_condition(stage.where, scope, context_.diagnostics);
      if (!condition) return false;
      plan_.stages.push_back({.where = std::move(*condition), .lookup = {}, .items = {}, .layout = layout_});
      return true;
    }
    case Stage::Kind::lookup: {
      auto lookup = check_lookup(stage.lookup, stage.span, scope, sides_, context_);
      if (!lookup) return false;
      plan_.stages.push_back({.where = {}, .lookup = std::move(*lookup), .items = {}, .layout = layout_});
      return true;
    }
    case Stage::Kind::select: return select(stage);
  }
  return false;
}

bool DerivedCheck::select(const Stage& stage) {
  const Fields fields(layout_->schema());
  Items items;
  if (!items.add(stage.select, SideScope(sides_, &fields, where_, &items), &fields, context_.diagnostics)) return false;
  auto layout = layout_of(items, derived_.name, stage.span, context_.diagnostics);
  if (layout == nullptr) return false;
  layout_ = std::move(layout);
  plan_.stages.push_back({.where = {}, .lookup = {}, .items = items.take(), .layout = layout_});
  sides_.clear();
  where_ = fmt::format("stream `{}` after `select`", derived_.name.text);
  return true;
}

}    // namespace

void check_derived(const syntax::Derived& derived, CheckContext& context) {
  if (auto inputs = check_inputs(derived.inputs, derived.name, context)) {
    DerivedCheck(derived, std::move(*inputs), context).run();
  }
}

}    // namespace cepheid::patterns
