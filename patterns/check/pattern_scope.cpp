#include "patterns/check/pattern_scope.hpp"

#include <limits>

#include <fmt/format.h>

namespace cepheid::patterns {

using nfa::StepAggregate;
using nfa::TypedExpr;

namespace {

TypedExpr make_aggregate(StepAggregate aggregate, Type type, nfa::StepId step, std::uint32_t field) {
  TypedExpr expr;
  expr.kind = TypedExpr::Kind::step_aggregate;
  expr.aggregate = aggregate;
  expr.type = std::move(type);
  expr.step = step;
  expr.field = field;
  return expr;
}

/// What an aggregate gives over values of a type; nothing if it takes no such values.
std::optional<Type> aggregate_type(StepAggregate aggregate, const Type& type) {
  const bool null = type.kind == TypeKind::null_;
  switch (aggregate) {
    case StepAggregate::count:
    case StepAggregate::count_distinct: return Type::int64();
    case StepAggregate::sum:
      if (null) return Type::int64();
      return is_number(type) ? std::optional(type) : std::nullopt;
    case StepAggregate::avg:
    case StepAggregate::stddev: return is_number(type) || null ? std::optional(Type::float64()) : std::nullopt;
    case StepAggregate::min:
    case StepAggregate::max: return is_ordered(type) || null ? std::optional(type) : std::nullopt;
    case StepAggregate::first:
    case StepAggregate::last: return type;
  }
  return std::nullopt;
}

}    // namespace

Typed PatternScope::unknown_step(const syntax::Name& name, Span span, Diagnostics& diagnostics) const {
  std::vector<std::string_view> names;
  for (const auto& [known, step] : in_.steps) {
    if (step.id) names.push_back(known);
  }
  diagnostics.error(DiagnosticKind::unknown_step, name.span,
                    fmt::format("unknown step `{}` in pattern `{}`", name.text, in_.pattern),
                    did_you_mean(nearest_name(name.text, names)));
  return poisoned(span);
}

const StepInfo* PatternScope::find_taking_step(const syntax::Name& name, Diagnostics& diagnostics) const {
  const auto found = in_.steps.find(name.text);
  if (found == in_.steps.end()) {
    (void)unknown_step(name, name.span, diagnostics);
    return nullptr;
  }
  if (found->second.id) return &found->second;
  diagnostics.error(DiagnosticKind::negation, name.span, fmt::format("step `{}` takes no event", name.text),
                    "it stands after `not_next` or `not_followed_by`");
  return nullptr;
}

Typed PatternScope::reference(const syntax::Expr& expr, Diagnostics& diagnostics) const {
  const syntax::Name& first = expr.path.parts.front();
  const bool several_parts = expr.path.parts.size() > 1;
  if (!several_parts && !expr.index && in_.items != nullptr) {
    if (auto item = in_.items->find(first.text)) return typed(std::move(*item), expr.span);
  }
  if (in_.steps.contains(first.text)) {
    const StepInfo* step = find_taking_step(first, diagnostics);
    if (step == nullptr) return poisoned(expr.span);
    if (several_parts) return step_field(expr, *step, diagnostics);
    diagnostics.error(DiagnosticKind::wrong_arguments, expr.span,
                      expr.index ? fmt::format("an event of step `{}` is no value", first.text)
                                 : fmt::format("step `{}` is no value", first.text),
                      fmt::format("name one of its fields: `{}.field`", diagnostics.source().text(expr.span)));
    return poisoned(expr.span);
  }
  if (expr.index) return unknown_step(first, expr.span, diagnostics);
  return bare_name(expr, diagnostics);
}

Typed PatternScope::step_field(const syntax::Expr& expr, const StepInfo& step, Diagnostics& diagnostics) const {
  if (step.fields == nullptr) return poisoned(expr.span);
  const std::int64_t index = expr.index.value_or(-1);
  if (index > std::numeric_limits<std::int32_t>::max() || index < std::numeric_limits<std::int32_t>::min()) {
    diagnostics.error(DiagnosticKind::too_large, expr.span, fmt::format("no step has an event {}", index));
    return poisoned(expr.span);
  }
  const auto read = [&](std::uint32_t position, const Type& type) {
    TypedExpr field;
    field.kind = TypedExpr::Kind::step_field;
    field.type = type;
    field.step = *step.id;
    field.field = position;
    field.index = static_cast<std::int32_t>(index);
    return field;
  };
  const std::string path = join_path(expr.path, 1);
  if (auto value = step.fields->value(path, read)) return typed(std::move(*value), expr.span);
  const Span place{expr.path.parts[1].span.begin, expr.path.parts.back().span.end};
  diagnostics.error(DiagnosticKind::unknown_field, place,
                    fmt::format("unknown field `{}` of step `{}`", path, expr.path.parts.front().text),
                    did_you_mean(step.fields->nearest(path)));
  return poisoned(expr.span);
}

Typed PatternScope::bare_name(const syntax::Expr& expr, Diagnostics& diagnostics) const {
  if (in_.fields == nullptr) return poisoned(expr.span);
  auto value = in_.fields->value(join_path(expr.path), read_row);
  if (!value) return unknown_name(expr, diagnostics);
  if (in_.event_at_hand) return typed(std::move(*value), expr.span);
  diagnostics.error(DiagnosticKind::unknown_field, expr.span,
                    fmt::format("`{}` in `emit`, where no event is at hand", join_path(expr.path)),
                    fmt::format("say of which step: `step.{}`", diagnostics.source().text(expr.span)));
  return poisoned(expr.span);
}

Typed PatternScope::unknown_name(const syntax::Expr& expr, Diagnostics& diagnostics) const {
  const syntax::Name& first = expr.path.parts.front();
  if (expr.path.parts.size() > 1) {
    // `metadata.amuont` is a field written wrongly, `veiw.amount` a step.
    const std::string begin = first.text + ".";
    bool begins_a_field = false;
    for (const Fields::Entry& entry : in_.fields->entries()) {
      begins_a_field = begins_a_field || entry.name.starts_with(begin);
    }
    if (!begins_a_field) return unknown_step(first, expr.span, diagnostics);
  }
  const std::string path = join_path(expr.path);
  std::string nearest;
  if (in_.event_at_hand) nearest = in_.fields->nearest(path);
  if (in_.items != nullptr) nearest = nearest_name(path, in_.items->names());
  diagnostics.error(DiagnosticKind::unknown_field, expr.span,
                    in_.event_at_hand ? fmt::format("unknown field `{}` in pattern `{}`", path, in_.pattern)
                                      : fmt::format("`{}` is no item named before", path),
                    did_you_mean(nearest));
  return poisoned(expr.span);
}

Typed PatternScope::count(const syntax::Expr& call, Diagnostics& diagnostics) const {
  const syntax::Expr& arg = call.args.front();
  if (arg.path.parts.size() > 1 || arg.index) {
    diagnostics.error(DiagnosticKind::wrong_arguments, arg.span, "`count` needs a step: it counts its events",
                      fmt::format("`count({})`", arg.path.parts.front().text));
    return poisoned(call.span);
  }
  const StepInfo* step = find_taking_step(arg.path.parts.front(), diagnostics);
  if (step == nullptr) return poisoned(call.span);
  return typed(make_aggregate(StepAggregate::count, Type::int64(), *step->id, 0), call.span);
}

Typed PatternScope::aggregate(const syntax::Expr& call, StepAggregate aggregate, Diagnostics& diagnostics) const {
  const std::string& name = call.path.parts.front().text;
  const bool counts = aggregate == StepAggregate::count;
  const auto wrong = [&](DiagnosticKind kind, Span span, std::string message, std::string hint = {}) {
    diagnostics.error(kind, span, std::move(message), std::move(hint));
    return poisoned(call.span);
  };
  if (call.args.size() == 1 && call.args.front().kind == syntax::Expr::Kind::poisoned) return poisoned(call.span);
  if (call.args.size() != 1 || call.args.front().kind != syntax::Expr::Kind::reference) {
    return wrong(DiagnosticKind::wrong_arguments, call.args.size() == 1 ? call.args.front().span : call.span,
                 fmt::format("`{}` needs {}", name, counts ? "a step" : "a field of a step"),
                 fmt::format("`{}({})`", name, counts ? "step" : "step.field"));
  }
  if (call.by) {
    return wrong(DiagnosticKind::other_clause, call.by->span, fmt::format("`by` in `{}` over a step", name));
  }
  if (call.where) {
    return wrong(DiagnosticKind::other_clause, call.where->span, fmt::format("`where` in `{}` over a step", name));
  }
  if (counts) return count(call, diagnostics);

  const syntax::Expr& arg = call.args.front();
  const syntax::Name& first = arg.path.parts.front();
  if (arg.path.parts.size() < 2 || arg.index) {
    return wrong(DiagnosticKind::wrong_arguments, arg.span, fmt::format("`{}` needs a field of a step", name),
                 fmt::format("`{}({}.field)`", name, in_.steps.contains(first.text) ? first.text : "step"));
  }
  const StepInfo* step = find_taking_step(first, diagnostics);
  if (step == nullptr) return poisoned(call.span);
  Typed value = step_field(arg, *step, diagnostics);
  if (!value.ok) return poisoned(call.span);
  if (value.expr.kind != TypedExpr::Kind::step_field) {
    return wrong(DiagnosticKind::wrong_arguments, arg.span,
                 fmt::format("`{}` of an object: `{}` is only the beginning of fields", name, join_path(arg.path, 1)),
                 "name one of them");
  }
  const auto type = aggregate_type(aggregate, value.type());
  if (!type) {
    const bool order = aggregate == StepAggregate::min || aggregate == StepAggregate::max;
    return wrong(DiagnosticKind::wrong_type, arg.span,
                 fmt::format("`{}` needs {}, not {}", name, order ? "values that have an order" : "numbers",
                             to_string(value.type())));
  }
  if (type->kind == TypeKind::null_) return typed(make_null(*type), call.span);
  return typed(make_aggregate(aggregate, *type, *step->id, value.expr.field), call.span);
}

}    // namespace cepheid::patterns
