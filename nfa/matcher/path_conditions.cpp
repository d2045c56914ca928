#include "nfa/matcher/path_conditions.hpp"

#include <algorithm>
#include <span>

namespace cepheid::nfa {
namespace {

bool looks_at_events(const TypedExpr& expression) {
  return expression.kind == TypedExpr::Kind::step_field || expression.kind == TypedExpr::Kind::step_aggregate ||
         std::ranges::any_of(expression.args, looks_at_events);
}

}    // namespace

std::vector<ConditionId> PathConditions::of(const Program& program) {
  std::vector<ConditionId> found;
  for (ConditionId id = 0; id < program.conditions.size(); ++id) {
    if (looks_back(program.conditions[id])) found.push_back(id);
  }
  return found;
}

PathConditions::PathConditions(const Program& program, const std::vector<ConditionId>& conditions,
                               const RowLayout& layout, NodeRing& nodes, const EventRing& events, std::size_t steps)
    : nodes_(nodes), events_(events), steps_(steps) {
  for (const ConditionId id : conditions) {
    TypedExpr condition = program.conditions[id];
    put_items(condition, layout);
    walks_ = walks_ || looks_at_events(condition);
    programs_.push_back(compile_expression(condition, {.row = &layout, .taken = &layout, .sides = {}}));
  }
  for (const StepSum& sum : sums_) nothing_.resize(sum.word + sum.running.words());
  items_.resize(sums_.size());
  nodes_.keep_beside(nothing_.size());
}

/// In place of aggregates that run along with the path: items, whose values are known when the condition is asked.
void PathConditions::put_items(TypedExpr& expression, const RowLayout& layout) {
  for (TypedExpr& arg : expression.args) put_items(arg, layout);
  if (expression.kind != TypedExpr::Kind::step_aggregate) return;
  const bool counts = expression.aggregate == StepAggregate::count;
  const FieldSlot slot = counts ? FieldSlot() : layout.slot(expression.field);
  const Type type = counts ? Type() : layout.schema().fields()[expression.field].type;
  if (!RunningAggregate::fits(expression.aggregate, type)) return;
  const std::string text = fingerprint(expression);
  const auto known = std::ranges::find(sums_, text, &StepSum::text);
  TypedExpr item;
  item.kind = TypedExpr::Kind::item;
  item.type = expression.type;
  item.field = static_cast<std::uint32_t>(known - sums_.begin());
  if (known == sums_.end()) {
    const std::size_t word = sums_.empty() ? 0 : sums_.back().word + sums_.back().running.words();
    sums_.push_back({text, expression.step, RunningAggregate(expression.aggregate, slot, type), word});
  }
  expression = std::move(item);
}

void PathConditions::see_added(NodeId node) {
  if (sums_.empty()) return;
  const RingNode& added = nodes_[node];
  const std::span<std::uint64_t> words = nodes_.beside(node);
  const std::span<const std::uint64_t> before = added.previous == 0 ? nothing_ : nodes_.beside(added.previous);
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = before[i];    // few: not worth a call
  for (const StepSum& sum : sums_) {
    if (sum.step == added.step) sum.running.add(&words[sum.word], events_.row(added.event));
  }
}

std::uint64_t PathConditions::holding(NodeId node, const CurrentEvent& event, EvalScratch& scratch) {
  const std::span<const std::uint64_t> words = node == 0 ? nothing_ : nodes_.beside(node);
  for (std::size_t i = 0; i < sums_.size(); ++i) items_[i] = sums_[i].running.result(&words[sums_[i].word]);
  if (walks_) {
    taken_.reset(steps_);
    for (; node != 0; node = nodes_[node].previous) taken_.add(nodes_[node].step, events_.row(nodes_[node].event));
    taken_.reverse();
  }
  std::uint64_t holding = 0;
  for (std::size_t i = 0; i < programs_.size(); ++i) {
    const bool holds = programs_[i].holds(
        {.row = event.row, .time_ms = event.time_ms, .taken = &taken_, .sides = {}, .items = items_}, scratch);
    holding |= std::uint64_t{holds} << i;
  }
  return holding;
}

}    // namespace cepheid::nfa
