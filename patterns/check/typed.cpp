#include "patterns/check/typed.hpp"

#include <algorithm>
#include <charconv>

#include "nfa/expr/program.hpp"

namespace cepheid::patterns {

using nfa::Function;
using nfa::TypedExpr;

Typed poisoned(Span span) {
  return {.span = span};
}

Typed typed(TypedExpr expr, Span span) {
  return {.expr = std::move(expr), .span = span, .ok = true};
}

TypedExpr make_constant(Type type, Value value) {
  TypedExpr expr;
  expr.kind = TypedExpr::Kind::constant;
  expr.type = std::move(type);
  expr.constant = std::move(value);
  return expr;
}

TypedExpr make_null(Type type) {
  return make_constant(std::move(type), Value{});
}

TypedExpr make_call(Function function, Type type, std::vector<TypedExpr> args) {
  TypedExpr expr;
  expr.kind = TypedExpr::Kind::call;
  expr.function = function;
  expr.type = std::move(type);
  expr.args = std::move(args);
  return expr;
}

bool is_number(const Type& type) {
  return type.kind == TypeKind::int_ || type.kind == TypeKind::double_ || type.kind == TypeKind::decimal;
}

bool is_ordered(const Type& type) {
  return is_number(type) || type.kind == TypeKind::bool_ || type.kind == TypeKind::string ||
         type.kind == TypeKind::timestamp;
}

bool are_comparable(const Type& a, const Type& b, bool ordering) {
  const auto fits = [ordering](const Type& type) {
    return type.kind == TypeKind::null_ || !ordering || is_ordered(type);
  };
  if (!fits(a) || !fits(b)) return false;
  if (a.kind == TypeKind::map || b.kind == TypeKind::map) return false;    // they have no order of their names
  if (a.kind == TypeKind::null_ || b.kind == TypeKind::null_) return true;
  if (is_number(a) && is_number(b)) return true;
  if (a.kind == TypeKind::timestamp && b.kind == TypeKind::int_) return true;
  if (a.kind == TypeKind::int_ && b.kind == TypeKind::timestamp) return true;
  return a == b;
}

namespace {

TypedExpr decimal_constant(Int128 units, int scale) {
  return make_constant(Type::decimal(scale), Value{DecimalValue{Decimal{units}, scale}});
}

std::optional<Int128> scaled(Int128 units, int digits) {
  for (int i = 0; i < digits; ++i) {
    if (__builtin_mul_overflow(units, Int128{10}, &units)) return std::nullopt;
  }
  return units;
}

/// The constant itself in another number type, so that equal conditions look equal; nothing if it must be computed.
std::optional<TypedExpr> convert_int_constant(const TypedExpr& expr, const Type& target) {
  if (expr.kind != TypedExpr::Kind::constant) return std::nullopt;
  const auto* value = std::get_if<std::int64_t>(&expr.constant.state);
  if (value == nullptr) return std::nullopt;
  if (target.kind == TypeKind::double_) return make_constant(target, Value{static_cast<double>(*value)});
  if (target.kind == TypeKind::timestamp) return make_constant(target, Value{Timestamp{*value}});
  if (target.kind != TypeKind::decimal) return std::nullopt;
  const auto units = scaled(*value, target.scale);
  if (!units) return std::nullopt;
  return decimal_constant(*units, target.scale);
}

Function conversion_to(TypeKind kind) {
  switch (kind) {
    case TypeKind::bool_: return Function::to_bool;
    case TypeKind::int_: return Function::to_int;
    case TypeKind::double_: return Function::to_double;
    case TypeKind::decimal: return Function::to_decimal;
    case TypeKind::timestamp: return Function::to_timestamp;
    default: return Function::to_text;
  }
}

/// The type of two neighbours. Literals do not take part: they follow.
std::optional<Type> join(const Type& a, const Type& b) {
  if (a.kind == TypeKind::null_) return b;
  if (b.kind == TypeKind::null_) return a;
  if (a == b) return a;
  if (is_number(a) && is_number(b)) {
    if (a.kind == TypeKind::double_ || b.kind == TypeKind::double_) return Type::float64();
    return Type::decimal(std::max(a.scale, b.scale));
  }
  if (a.kind == TypeKind::timestamp && b.kind == TypeKind::int_) return a;
  if (a.kind == TypeKind::int_ && b.kind == TypeKind::timestamp) return b;
  return std::nullopt;
}

}    // namespace

std::optional<int> literal_scale(const Typed& literal) {
  const std::string& text = literal.digits;
  const std::size_t exponent_at = text.find_first_of("eE");
  const std::size_t point = text.find('.');
  std::int64_t scale = 0;
  if (point != std::string::npos) {
    scale = static_cast<std::int64_t>(std::min(exponent_at, text.size()) - point - 1);
  }
  if (exponent_at != std::string::npos) {
    const char* begin = text.data() + exponent_at + 1;
    if (*begin == '+') ++begin;
    int exponent = 0;
    if (std::from_chars(begin, text.data() + text.size(), exponent).ec != std::errc{}) return std::nullopt;
    scale -= exponent;
  }
  scale = std::max<std::int64_t>(scale, 0);
  if (scale > kMaxDecimalScale || !parse_decimal(text, static_cast<int>(scale), false)) return std::nullopt;
  return static_cast<int>(scale);
}

void settle_literal(Typed& literal, const std::vector<const Type*>& others) {
  if (literal.digits.empty()) return;
  const auto any = [&others](TypeKind kind) {
    return std::any_of(others.begin(), others.end(), [kind](const Type* type) { return type->kind == kind; });
  };
  if (any(TypeKind::decimal) && !any(TypeKind::double_)) {
    if (const auto scale = literal_scale(literal)) {
      literal.expr = decimal_constant(parse_decimal(literal.digits, *scale, false)->units, *scale);
    }
  }
  literal.digits.clear();
}

TypedExpr convert(Typed value, const Type& target) {
  if (value.type().kind == TypeKind::null_) return make_null(target);
  if (!value.digits.empty() && target.kind == TypeKind::decimal) settle_literal(value, {&target});
  if (value.type() == target) return std::move(value.expr);
  if (auto constant = convert_int_constant(value.expr, target)) return std::move(*constant);
  const bool empty_list = value.expr.kind == TypedExpr::Kind::make_list && value.expr.args.empty();
  if (empty_list && target.kind == TypeKind::list) {
    value.expr.type = target;
    return std::move(value.expr);
  }
  std::vector<TypedExpr> args;
  args.push_back(std::move(value.expr));
  return make_call(conversion_to(target.kind), target, std::move(args));
}

std::optional<Type> common_type(const std::vector<Typed>& values, std::size_t& misfit) {
  Type common;
  int literals_scale = 0;
  bool any_literal = false;
  bool literals_are_decimals = true;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Typed& value = values[i];
    if (!value.digits.empty()) {
      any_literal = true;
      const auto scale = literal_scale(value);
      if (scale) literals_scale = std::max(literals_scale, *scale);
      if (!scale) literals_are_decimals = false;
      if (common.kind != TypeKind::null_ && !is_number(common)) return misfit = i, std::nullopt;
      continue;
    }
    if (any_literal && value.type().kind != TypeKind::null_ && !is_number(value.type())) {
      return misfit = i, std::nullopt;
    }
    const auto joined = join(common, value.type());
    if (!joined) return misfit = i, std::nullopt;
    common = *joined;
  }
  if (!any_literal) return common;
  if (common.kind != TypeKind::decimal || !literals_are_decimals) return Type::float64();
  return Type::decimal(std::max<int>(common.scale, literals_scale));
}

bool is_constant(const TypedExpr& expr) {
  using Kind = TypedExpr::Kind;
  switch (expr.kind) {
    case Kind::constant: return true;
    case Kind::call:
    case Kind::make_list:
    case Kind::make_object: return std::all_of(expr.args.begin(), expr.args.end(), is_constant);
    default: return false;
  }
}

bool is_constant_null(const TypedExpr& expr) {
  if (expr.kind == TypedExpr::Kind::constant) return expr.constant.is_null();
  const nfa::ExprProgram program = nfa::compile_expression(expr, {});
  nfa::EvalScratch scratch;
  return program.evaluate({}, scratch).null;
}

}    // namespace cepheid::patterns
