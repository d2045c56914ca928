#include "patterns/check/arithmetic.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "patterns/check/functions.hpp"

namespace cepheid::patterns {

using nfa::Function;
using nfa::TypedExpr;
using syntax::BinaryOp;

namespace {

Function function_of(BinaryOp op) {
  switch (op) {
    case BinaryOp::add: return Function::add;
    case BinaryOp::subtract: return Function::subtract;
    case BinaryOp::multiply: return Function::multiply;
    case BinaryOp::divide: return Function::divide;
    default: return Function::remainder;
  }
}

std::string_view sign_of(BinaryOp op) {
  switch (op) {
    case BinaryOp::add: return "+";
    case BinaryOp::subtract: return "-";
    case BinaryOp::multiply: return "*";
    case BinaryOp::divide: return "/";
    default: return "%";
  }
}

bool is_null(const Typed& value) {
  return value.type().kind == TypeKind::null_;
}
bool is_time(const Typed& value) {
  return value.type().kind == TypeKind::timestamp;
}
bool is_whole(const Typed& value) {
  return value.type().kind == TypeKind::int_;
}

Typed make_binary(Function function, Type type, TypedExpr left, TypedExpr right, Span span) {
  std::vector<TypedExpr> args;
  args.push_back(std::move(left));
  args.push_back(std::move(right));
  return typed(make_call(function, std::move(type), std::move(args)), span);
}

/// timestamp ± ms and timestamp - timestamp; nothing if the types are others.
std::optional<Typed> check_time_arithmetic(const syntax::Expr& expr, Typed& left, Typed& right) {
  const bool add = expr.binary == BinaryOp::add;
  if (!add && expr.binary != BinaryOp::subtract) return std::nullopt;
  Type type;
  if (is_time(left) && (is_whole(right) || is_null(right))) {
    type = Type::timestamp();
  } else if (add && is_time(right) && (is_whole(left) || is_null(left))) {
    type = Type::timestamp();
  } else if (!add && is_time(right) && (is_time(left) || is_null(left))) {
    type = Type::int64();
  } else {
    return std::nullopt;
  }
  const Type null_type = type.kind == TypeKind::timestamp ? Type::int64() : Type::timestamp();
  if (is_null(left)) left.expr = make_null(null_type);
  if (is_null(right)) right.expr = make_null(null_type);
  return make_binary(function_of(expr.binary), type, std::move(left.expr), std::move(right.expr), expr.span);
}

Typed check_decimal_arithmetic(const syntax::Expr& expr, Typed left, Typed right, Diagnostics& diagnostics) {
  const auto scale_of = [](const Typed& value) {
    return value.type().kind == TypeKind::decimal ? value.type().scale : 0;
  };
  int left_scale = scale_of(left);
  int right_scale = scale_of(right);
  int scale = std::max(left_scale, right_scale);
  if (expr.binary == BinaryOp::multiply) {
    scale = left_scale + right_scale;
  } else {
    left_scale = right_scale = scale;
  }
  if (scale > kMaxDecimalScale) {
    diagnostics.error(DiagnosticKind::wrong_type, expr.span,
                      fmt::format("this product has {} digits after its point", scale),
                      fmt::format("a decimal has at most {}: convert a factor with `decimal(x, scale)` or `double(x)`",
                                  kMaxDecimalScale));
    return poisoned(expr.span);
  }
  return make_binary(function_of(expr.binary), Type::decimal(scale),
                     convert(std::move(left), Type::decimal(left_scale)),
                     convert(std::move(right), Type::decimal(right_scale)), expr.span);
}

}    // namespace

Typed check_arithmetic(const syntax::Expr& expr, Typed left, Typed right, Diagnostics& diagnostics) {
  if (auto time = check_time_arithmetic(expr, left, right)) return std::move(*time);

  for (const Typed* operand : {&left, &right}) {
    if (is_null(*operand) || is_number(operand->type())) continue;
    diagnostics.error(DiagnosticKind::wrong_type, operand->span,
                      fmt::format("`{}` needs numbers, not {}", sign_of(expr.binary), to_string(operand->type())),
                      expr.binary == BinaryOp::add && operand->type().kind == TypeKind::string
                          ? "`concat(…)` puts strings together"
                          : "");
    return poisoned(expr.span);
  }
  const Function function = function_of(expr.binary);
  if (expr.binary == BinaryOp::divide) {
    return make_binary(function, Type::float64(), to_double(std::move(left)), to_double(std::move(right)), expr.span);
  }
  settle_literal(left, {&right.expr.type});
  settle_literal(right, {&left.expr.type});
  if (is_null(left)) left.expr = make_null(is_null(right) ? Type::int64() : right.type());
  if (is_null(right)) right.expr = make_null(left.type());

  const auto either = [&](TypeKind kind) { return left.type().kind == kind || right.type().kind == kind; };
  if (either(TypeKind::double_)) {
    return make_binary(function, Type::float64(), to_double(std::move(left)), to_double(std::move(right)), expr.span);
  }
  if (either(TypeKind::decimal)) return check_decimal_arithmetic(expr, std::move(left), std::move(right), diagnostics);
  return make_binary(function, Type::int64(), std::move(left.expr), std::move(right.expr), expr.span);
}

Typed check_negation(const syntax::Expr& expr, Typed operand, Diagnostics& diagnostics) {
  if (is_null(operand)) return typed(make_null(Type::int64()), expr.span);
  if (!is_number(operand.type())) {
    diagnostics.error(DiagnosticKind::wrong_type, operand.span,
                      fmt::format("`-` needs a number, not {}", to_string(operand.type())));
    return poisoned(expr.span);
  }
  if (operand.expr.kind == TypedExpr::Kind::constant) {
    // A constant's sign is part of it, so that `-0.1` beside a decimal is exact too.
    if (auto* whole = std::get_if<std::int64_t>(&operand.expr.constant.state)) {
      if (*whole != std::numeric_limits<std::int64_t>::min()) {
        *whole = -*whole;
        operand.span = expr.span;
        return operand;
      }
    } else if (auto* number = std::get_if<double>(&operand.expr.constant.state)) {
      *number = -*number;
      operand.span = expr.span;
      if (operand.digits.starts_with('-')) {
        operand.digits.erase(0, 1);
      } else if (!operand.digits.empty()) {
        operand.digits.insert(0, 1, '-');
      }
      return operand;
    }
  }
  Type type = operand.type();
  std::vector<TypedExpr> args;
  args.push_back(std::move(operand.expr));
  return typed(make_call(Function::negate, std::move(type), std::move(args)), expr.span);
}

Typed check_comparison(Function function, Typed left, Typed right, Span span, Span place, Diagnostics& diagnostics) {
  const bool ordering = function != Function::equal && function != Function::not_equal;
  if (!are_comparable(left.type(), right.type(), ordering)) {
    diagnostics.error(DiagnosticKind::wrong_type, place,
                      fmt::format("{} and {} do not compare", to_string(left.type()), to_string(right.type())));
    return poisoned(span);
  }
  settle_literal(left, {&right.expr.type});
  settle_literal(right, {&left.expr.type});
  if (is_null(left)) left.expr = make_null(is_null(right) ? Type::int64() : right.type());
  if (is_null(right)) right.expr = make_null(left.type());
  return make_binary(function, Type::boolean(), std::move(left.expr), std::move(right.expr), span);
}

}    // namespace cepheid::patterns
