#include "nfa/matcher/path_comparison.hpp"

#include <algorithm>
#include <utility>

#include "nfa/expr/comparison_outcomes.hpp"

namespace cepheid::nfa {
namespace {

/// Does it look at steps and constants alone?
bool is_of_path(const TypedExpr& expression) {
  switch (expression.kind) {
    case TypedExpr::Kind::field:
    case TypedExpr::Kind::side_field:
    case TypedExpr::Kind::item:
    case TypedExpr::Kind::event_time:
    case TypedExpr::Kind::native: return false;
    default: return std::all_of(expression.args.begin(), expression.args.end(), is_of_path);
  }
}

/// Does it look at the row at hand, its time and constants alone, without asking a function that may throw?
bool is_of_event(const TypedExpr& expression) {
  switch (expression.kind) {
    case TypedExpr::Kind::side_field:
    case TypedExpr::Kind::step_field:
    case TypedExpr::Kind::step_aggregate:
    case TypedExpr::Kind::item:
    case TypedExpr::Kind::native: return false;
    default: return std::all_of(expression.args.begin(), expression.args.end(), is_of_event);
  }
}

bool has_order(const Type& type) {
  return type.kind != TypeKind::null_ && type.kind != TypeKind::list && type.kind != TypeKind::object &&
         type.kind != TypeKind::map;
}

TypedExpr true_constant() {
  TypedExpr constant;
  constant.kind = TypedExpr::Kind::constant;
  constant.type = Type::boolean();
  constant.constant = Value{true};
  return constant;
}

PathComparison compared(const TypedExpr& of_path, const TypedExpr& of_event, PathOutcomes holds,
                        const RowLayout& layout) {
  const ExprProgram::Layouts layouts{.row = &layout, .taken = &layout, .sides = {}};
  PathComparison comparison{.of_event = compile_expression(of_event, layouts),
                            .of_path = compile_expression(of_path, layouts),
                            .event_field = std::nullopt,
                            .field = std::nullopt,
                            .event_type = of_event.type,
                            .path_type = of_path.type,
                            .holds = holds};
  if (of_event.kind == TypedExpr::Kind::field) comparison.event_field = layout.slot(of_event.field);
  if (of_path.kind == TypedExpr::Kind::step_field) {
    comparison.field = TakenField{of_path.step, of_path.index, layout.slot(of_path.field)};
  }
  return comparison;
}

}    // namespace

Datum TakenField::read(const Node* path) const {
  std::int64_t from_last = -static_cast<std::int64_t>(index);    // 1: the last
  if (index >= 0) {
    std::int64_t count = 0;
    for (const Node* node = path; node != nullptr; node = node->previous) count += node->step == step ? 1 : 0;
    if (index >= count) return {};
    from_last = count - index;
  }
  for (const Node* node = path; node != nullptr; node = node->previous) {
    if (node->step == step && --from_last == 0) return read_field(node->event->row(), slot);
  }
  return {};
}

std::optional<PathComparison> path_comparison_of(const TypedExpr& condition, const RowLayout& layout) {
  if (is_of_path(condition)) return compared(condition, true_constant(), kEqual, layout);
  if (condition.kind != TypedExpr::Kind::call) return std::nullopt;
  if (condition.function == Function::not_) {
    auto opposite = path_comparison_of(condition.args[0], layout);
    if (!opposite) return std::nullopt;
    // Of null neither holds.
    opposite->holds = static_cast<PathOutcomes>(kAllOutcomes & ~kNullAmong & ~opposite->holds);
    return opposite;
  }
  const Outcome mask = comparison_outcomes(condition.function);
  if (mask == 0) return std::nullopt;
  const TypedExpr& left = condition.args[0];
  const TypedExpr& right = condition.args[1];
  if (!has_order(left.type) || !has_order(right.type)) return std::nullopt;
  if (is_of_path(left) && is_of_event(right)) return compared(left, right, mask, layout);
  if (is_of_event(left) && is_of_path(right)) return compared(right, left, swapped(mask), layout);
  return std::nullopt;
}

}    // namespace cepheid::nfa
