#include "patterns/check/conversions.hpp"

#include <fmt/format.h>

namespace cepheid::patterns {

using nfa::Function;

namespace {

bool converts(TypeKind from, TypeKind to) {
  if (from == TypeKind::null_ || to == TypeKind::string) return true;
  const bool text = from == TypeKind::string;
  const bool number = from == TypeKind::int_ || from == TypeKind::double_ || from == TypeKind::decimal;
  switch (to) {
    case TypeKind::int_: return text || number || from == TypeKind::timestamp;
    case TypeKind::double_:
    case TypeKind::decimal: return text || number;
    case TypeKind::timestamp: return text || from == TypeKind::int_ || from == TypeKind::timestamp;
    default: return false;
  }
}

Function function_of(TypeKind target) {
  switch (target) {
    case TypeKind::int_: return Function::to_int;
    case TypeKind::double_: return Function::to_double;
    case TypeKind::decimal: return Function::to_decimal;
    case TypeKind::timestamp: return Function::to_timestamp;
    default: return Function::to_text;
  }
}

}    // namespace

Typed check_conversion(Typed value, const Type& target, Span span, Severity constants, Diagnostics& diagnostics) {
  if (!converts(value.type().kind, target.kind)) {
    diagnostics.error(DiagnosticKind::wrong_type, value.span,
                      fmt::format("{} does not convert to {}", to_string(value.type()), to_string(target)));
    return poisoned(span);
  }
  if (value.type().kind == TypeKind::null_) return typed(make_null(target), span);
  if (target.kind == TypeKind::decimal) settle_literal(value, {&target});

  const bool look_at_value = is_constant(value.expr) && !is_constant_null(value.expr);
  const Span place = value.span;
  std::vector<nfa::TypedExpr> args;
  args.push_back(std::move(value.expr));
  Typed conversion = typed(make_call(function_of(target.kind), target, std::move(args)), span);
  if (!look_at_value || !is_constant_null(conversion.expr)) return conversion;

  std::string message = fmt::format("a constant that does not convert to {}", to_string(target));
  if (constants == Severity::warning) {
    diagnostics.warning(DiagnosticKind::bad_constant, place, std::move(message), "the value is null");
    return conversion;
  }
  diagnostics.error(DiagnosticKind::bad_constant, place, std::move(message));
  return poisoned(span);
}

}    // namespace cepheid::patterns
