#include "patterns/check/expressions.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "nfa/expr/constants.hpp"
#include "patterns/check/arithmetic.hpp"
#include "patterns/check/functions.hpp"
#include "patterns/check/never_true.hpp"
#include "patterns/source/limits.hpp"

namespace cepheid::patterns {

using nfa::Function;
using nfa::TypedExpr;
using syntax::BinaryOp;
using syntax::Expr;

namespace {

std::size_t count_nodes(const TypedExpr& expr) {
  std::size_t nodes = 1;
  for (const TypedExpr& arg : expr.args) nodes += count_nodes(arg);
  return nodes;
}

class ExpressionCheck {
 public:
  ExpressionCheck(const Scope& scope, Diagnostics& diagnostics) : scope_(scope), diagnostics_(diagnostics) {}

  /// `conversions`: how a conversion of a constant that fails is reported, if that is what `expr` is.
  Typed check(const Expr& expr, Severity conversions = Severity::error);

 private:
  Typed number(const Expr& expr);
  Typed call(const Expr& expr, Severity conversions);
  /// `callable("what it is", N)`, if that is what a call is.
  std::optional<TypedExpr> callable(const Expr& call) const;
  Typed unary(const Expr& expr);
  Typed binary(const Expr& expr);
  /// Warns of a comparison with `null`, which gives null whatever stands beside it.
  void warn_of_null(const Expr& comparison);
  Typed text_match(const Expr& expr, Typed left, Typed right);
  Typed connective(const Expr& expr, Function function);
  Typed between(const Expr& expr);
  Typed in(const Expr& expr);
  Typed is_null(const Expr& expr);
  Typed list(const Expr& expr);
  Typed object(const Expr& expr);

  /// The operands checked; nothing if one of them is wrong.
  std::optional<std::vector<Typed>> operands(const Expr& expr);
  /// A condition, or nothing after an error that `name` needs one.
  std::optional<TypedExpr> condition(Typed value, std::string_view name);
  Typed negated_if(bool negated, Typed condition);
  Typed wrong_type(Span place, Span span, std::string message) {
    diagnostics_.error(DiagnosticKind::wrong_type, place, std::move(message));
    return poisoned(span);
  }

  const Scope& scope_;
  Diagnostics& diagnostics_;
};

Typed ExpressionCheck::check(const Expr& expr, Severity conversions) {
  switch (expr.kind) {
    case Expr::Kind::poisoned: return poisoned(expr.span);
    case Expr::Kind::null: return typed(make_null(Type::null()), expr.span);
    case Expr::Kind::boolean: return typed(make_constant(Type::boolean(), Value{expr.boolean}), expr.span);
    case Expr::Kind::integer:
    case Expr::Kind::duration: return typed(make_constant(Type::int64(), Value{expr.integer}), expr.span);
    case Expr::Kind::number: return number(expr);
    case Expr::Kind::string: return typed(make_constant(Type::string(), Value{expr.text}), expr.span);
    case Expr::Kind::reference: return scope_.reference(expr, diagnostics_);
    case Expr::Kind::call: return call(expr, conversions);
    case Expr::Kind::unary: return unary(expr);
    case Expr::Kind::binary: return binary(expr);
    case Expr::Kind::and_: return connective(expr, Function::and_);
    case Expr::Kind::or_: return connective(expr, Function::or_);
    case Expr::Kind::between: return between(expr);
    case Expr::Kind::in: return in(expr);
    case Expr::Kind::is_null: return is_null(expr);
    case Expr::Kind::list: return list(expr);
    case Expr::Kind::object: return object(expr);
  }
  return poisoned(expr.span);
}

std::optional<std::vector<Typed>> ExpressionCheck::operands(const Expr& expr) {
  std::vector<Typed> checked;
  checked.reserve(expr.args.size());
  for (const Expr& arg : expr.args) checked.push_back(check(arg));
  const bool ok = std::all_of(checked.begin(), checked.end(), [](const Typed& value) { return value.ok; });
  if (!ok) return std::nullopt;
  return checked;
}

Typed ExpressionCheck::number(const Expr& expr) {
  double value = 0;
  const auto read = std::from_chars(expr.text.data(), expr.text.data() + expr.text.size(), value);
  // Out of range is too small, which is zero, or too large, which is no double.
  const bool tiny = expr.text.find("e-") != std::string::npos || expr.text.find("E-") != std::string::npos;
  if (read.ec != std::errc{} && !tiny) {
    diagnostics_.error(DiagnosticKind::bad_number, expr.span, fmt::format("`{}` is too large for a double", expr.text));
    return poisoned(expr.span);
  }
  Typed literal = typed(make_constant(Type::float64(), Value{value}), expr.span);
  literal.digits = expr.text;
  return literal;
}

Typed ExpressionCheck::call(const Expr& expr, Severity conversions) {
  const std::string& name = expr.path.parts.front().text;
  if (auto own = scope_.own_call(expr, diagnostics_)) return std::move(*own);
  if (const auto aggregate = find_aggregate(name)) return scope_.aggregate(expr, *aggregate, diagnostics_);
  if (auto native = callable(expr)) return typed(std::move(*native), expr.span);
  if (is_row_aggregate(name)) {
    diagnostics_.error(DiagnosticKind::other_clause, expr.path.span,
                       fmt::format("`{}` is over the rows of an `aggregate`, and this is none", name));
    return poisoned(expr.span);
  }
  if (!is_function(name)) {
    diagnostics_.error(DiagnosticKind::unknown_function, expr.path.span, fmt::format("unknown function `{}`", name),
                       did_you_mean(nearest_function(name)));
    return poisoned(expr.span);
  }
  auto args = operands(expr);
  if (!args) return poisoned(expr.span);
  if (expr.by) {
    diagnostics_.error(DiagnosticKind::wrong_arguments, expr.by->span,
                       fmt::format("`by` in the arguments of `{}`, which is no aggregate", name));
    return poisoned(expr.span);
  }
  if (expr.where) {
    diagnostics_.error(DiagnosticKind::wrong_arguments, expr.where->span,
                       fmt::format("`where` in the arguments of `{}`, which is no aggregate", name));
    return poisoned(expr.span);
  }
  return check_function(expr, std::move(*args), conversions, diagnostics_);
}

std::optional<TypedExpr> ExpressionCheck::callable(const Expr& call) const {
  const Callables* known = scope_.callables();
  if (known == nullptr || call.path.parts.front().text != "callable" || call.args.size() != 2 || call.where) {
    return std::nullopt;
  }
  const Expr& description = call.args[0];
  const Expr& number = call.args[1];
  if (description.kind != Expr::Kind::string || number.kind != Expr::Kind::integer) return std::nullopt;
  if (static_cast<std::uint64_t>(number.integer) >= known->size()) return std::nullopt;
  TypedExpr native;
  native.kind = TypedExpr::Kind::native;
  native.type = Type::boolean();
  native.constant = Value{description.text};
  native.field = static_cast<std::uint32_t>(number.integer);
  native.native = (*known)[native.field];
  return native;
}

std::optional<TypedExpr> ExpressionCheck::condition(Typed value, std::string_view name) {
  if (value.type().kind == TypeKind::null_) return make_null(Type::boolean());
  if (value.type().kind == TypeKind::bool_) return std::move(value.expr);
  diagnostics_.error(DiagnosticKind::wrong_type, value.span,
                     fmt::format("`{}` needs conditions, not {}", name, to_string(value.type())));
  return std::nullopt;
}

Typed ExpressionCheck::negated_if(bool negated, Typed condition) {
  if (!negated || !condition.ok) return condition;
  std::vector<TypedExpr> args;
  args.push_back(std::move(condition.expr));
  return typed(make_call(Function::not_, Type::boolean(), std::move(args)), condition.span);
}

Typed ExpressionCheck::unary(const Expr& expr) {
  auto args = operands(expr);
  if (!args) return poisoned(expr.span);
  if (expr.unary == syntax::UnaryOp::negate) return check_negation(expr, std::move(args->front()), diagnostics_);
  auto operand = condition(std::move(args->front()), "not");
  if (!operand) return poisoned(expr.span);
  return negated_if(true, typed(std::move(*operand), expr.span));
}

Typed ExpressionCheck::binary(const Expr& expr) {
  auto args = operands(expr);
  if (!args) return poisoned(expr.span);
  Typed left = std::move((*args)[0]);
  Typed right = std::move((*args)[1]);
  const auto compare = [&](Function function) {
    warn_of_null(expr);
    return check_comparison(function, std::move(left), std::move(right), expr.span, expr.span, diagnostics_);
  };
  switch (expr.binary) {
    case BinaryOp::equal: return compare(Function::equal);
    case BinaryOp::not_equal: return compare(Function::not_equal);
    case BinaryOp::less: return compare(Function::less);
    case BinaryOp::less_equal: return compare(Function::less_equal);
    case BinaryOp::greater: return compare(Function::greater);
    case BinaryOp::greater_equal: return compare(Function::greater_equal);
    case BinaryOp::like:
    case BinaryOp::not_like:
    case BinaryOp::matches:
    case BinaryOp::not_matches: return text_match(expr, std::move(left), std::move(right));
    default: return check_arithmetic(expr, std::move(left), std::move(right), diagnostics_);
  }
}

void ExpressionCheck::warn_of_null(const Expr& comparison) {
  const bool with_null = std::any_of(comparison.args.begin(), comparison.args.end(),
                                     [](const Expr& arg) { return arg.kind == Expr::Kind::null; });
  if (!with_null) return;
  const bool negated = comparison.binary == BinaryOp::not_equal;
  diagnostics_.warning(DiagnosticKind::lint_never_true, comparison.span, "a comparison with null is never true",
                       negated ? "`is not null` tells" : "`is null` tells");
}

Typed ExpressionCheck::text_match(const Expr& expr, Typed left, Typed right) {
  const bool like = expr.binary == BinaryOp::like || expr.binary == BinaryOp::not_like;
  for (const Typed* operand : {&left, &right}) {
    if (operand->type().kind == TypeKind::string || operand->type().kind == TypeKind::null_) continue;
    return wrong_type(operand->span, expr.span,
                      fmt::format("`{}` needs strings, not {}", like ? "like" : "matches", to_string(operand->type())));
  }
  if (const auto text = constant_text(right.expr); text && !like) {
    std::string why;
    if (!nfa::is_valid_regex(*text, &why)) {
      diagnostics_.error(DiagnosticKind::bad_constant, right.span, fmt::format("not a regular expression: {}", why));
      return poisoned(expr.span);
    }
  }
  std::vector<TypedExpr> args;
  args.push_back(convert(std::move(left), Type::string()));
  args.push_back(convert(std::move(right), Type::string()));
  const bool negated = expr.binary == BinaryOp::not_like || expr.binary == BinaryOp::not_matches;
  return negated_if(
      negated,
      typed(make_call(like ? Function::like : Function::matches, Type::boolean(), std::move(args)), expr.span));
}

Typed ExpressionCheck::connective(const Expr& expr, Function function) {
  std::vector<TypedExpr> args;
  bool ok = true;
  for (const Expr& arg : expr.args) {
    Typed value = check(arg);
    std::optional<TypedExpr> operand;
    if (value.ok) operand = condition(std::move(value), function == Function::and_ ? "and" : "or");
    ok = ok && operand.has_value();
    if (operand) args.push_back(std::move(*operand));
  }
  if (!ok) return poisoned(expr.span);
  return typed(make_call(function, Type::boolean(), std::move(args)), expr.span);
}

Typed ExpressionCheck::between(const Expr& expr) {
  auto args = operands(expr);
  if (!args) return poisoned(expr.span);
  // The value stands in the result twice: one `between` in another must not double it without end.
  if (count_nodes((*args)[0].expr) > kMaxExpressionNodes / 2) {
    diagnostics_.error(DiagnosticKind::too_large, (*args)[0].span, "too large a value before `between`");
    return poisoned(expr.span);
  }
  const auto bound = [&](Function function, std::size_t i) {
    return check_comparison(function, (*args)[0], (*args)[i], expr.span, (*args)[i].span, diagnostics_);
  };
  Typed low = bound(Function::greater_equal, 1);
  Typed high = bound(Function::less_equal, 2);
  if (!low.ok || !high.ok) return poisoned(expr.span);
  std::vector<TypedExpr> both;
  both.push_back(std::move(low.expr));
  both.push_back(std::move(high.expr));
  return negated_if(expr.negated, typed(make_call(Function::and_, Type::boolean(), std::move(both)), expr.span));
}

Typed ExpressionCheck::in(const Expr& expr) {
  auto checked = operands(expr);
  if (!checked) return poisoned(expr.span);
  std::vector<Typed>& args = *checked;
  Typed& value = args[0];
  const bool in_list = args.size() == 2 && args[1].type().kind == TypeKind::list && value.type().kind != TypeKind::list;
  bool ok = true;
  std::vector<const Type*> candidate_types;
  for (std::size_t i = 1; i < args.size(); ++i) {
    const Type& type = in_list ? *args[i].type().element : args[i].type();
    if (args[i].digits.empty()) candidate_types.push_back(&type);
    if (are_comparable(value.type(), type, false)) continue;
    (void)wrong_type(args[i].span, expr.span,
                     fmt::format("{} and {} do not compare", to_string(value.type()), to_string(type)));
    ok = false;
  }
  if (!ok) return poisoned(expr.span);

  settle_literal(value, candidate_types);
  Type type = value.type();
  if (type.kind == TypeKind::null_) {
    const auto known = std::find_if(candidate_types.begin(), candidate_types.end(),
                                    [](const Type* candidate) { return candidate->kind != TypeKind::null_; });
    type = known == candidate_types.end() ? Type::int64() : **known;
    value.expr = make_null(type);
  }
  std::vector<TypedExpr> operands;
  operands.push_back(std::move(value.expr));
  for (std::size_t i = 1; i < args.size(); ++i) {
    settle_literal(args[i], {&type});
    if (args[i].type().kind == TypeKind::null_) args[i].expr = make_null(type);
    operands.push_back(std::move(args[i].expr));
  }
  const Function function = in_list ? Function::in_list : Function::in_values;
  return negated_if(expr.negated, typed(make_call(function, Type::boolean(), std::move(operands)), expr.span));
}

Typed ExpressionCheck::is_null(const Expr& expr) {
  auto args = operands(expr);
  if (!args) return poisoned(expr.span);
  Typed& value = args->front();
  std::vector<TypedExpr> operand;
  operand.push_back(value.type().kind == TypeKind::null_ ? make_null(Type::boolean()) : std::move(value.expr));
  return negated_if(expr.negated, typed(make_call(Function::is_null, Type::boolean(), std::move(operand)), expr.span));
}

Typed ExpressionCheck::list(const Expr& expr) {
  auto args = operands(expr);
  if (!args) return poisoned(expr.span);
  std::size_t misfit = 0;
  const auto element = common_type(*args, misfit);
  if (!element) {
    return wrong_type((*args)[misfit].span, expr.span,
                      fmt::format("{} does not fit the {} before it in this list", to_string((*args)[misfit].type()),
                                  to_string((*args)[misfit - 1].type())));
  }
  TypedExpr list;
  list.kind = TypedExpr::Kind::make_list;
  list.type = Type::list_of(*element);
  for (Typed& arg : *args) list.args.push_back(convert(std::move(arg), *element));
  return typed(std::move(list), expr.span);
}

Typed ExpressionCheck::object(const Expr& expr) {
  std::vector<ObjectField> fields;
  std::vector<TypedExpr> values;
  bool ok = true;
  for (const syntax::Item& item : expr.items) {
    if (item.kind == syntax::Item::Kind::star) {
      diagnostics_.error(DiagnosticKind::other_clause, item.span, "`*` in an object", "name its fields");
      ok = false;
      continue;
    }
    const bool named = item.kind == syntax::Item::Kind::named;
    const syntax::Name* name = named ? &item.name : nullptr;
    if (!named && !item.value.path.parts.empty()) name = &item.value.path.parts.back();
    Typed value = check(item.value);
    if (name != nullptr) {
      const auto same_name = [name](const ObjectField& field) { return field.name == name->text; };
      if (std::any_of(fields.begin(), fields.end(), same_name)) {
        diagnostics_.error(DiagnosticKind::duplicate_name, name->span,
                           fmt::format("`{}` twice in one object", name->text));
        ok = false;
      }
    }
    ok = ok && value.ok && name != nullptr;
    if (!ok) continue;
    fields.push_back({name->text, value.type()});
    values.push_back(std::move(value.expr));
  }
  if (!ok) return poisoned(expr.span);
  TypedExpr object;
  object.kind = TypedExpr::Kind::make_object;
  object.type = Type::object_of(std::move(fields));
  object.args = std::move(values);
  return typed(std::move(object), expr.span);
}

}    // namespace

Typed check_expression(const Expr& expr, const Scope& scope, Diagnostics& diagnostics) {
  return ExpressionCheck(scope, diagnostics).check(expr);
}

Typed check_item_value(const Expr& expr, const Scope& scope, Diagnostics& diagnostics) {
  return ExpressionCheck(scope, diagnostics).check(expr, Severity::warning);
}

std::optional<TypedExpr> check_condition(const Expr& expr, const Scope& scope, Diagnostics& diagnostics) {
  const std::size_t warnings = diagnostics.warnings();
  Typed value = check_expression(expr, scope, diagnostics);
  if (!value.ok) return std::nullopt;
  if (value.type().kind == TypeKind::null_) value.expr = make_null(Type::boolean());
  if (value.type().kind != TypeKind::bool_) {
    diagnostics.error(DiagnosticKind::wrong_type, expr.span,
                      fmt::format("a condition is true or false, not {}", to_string(value.type())));
    return std::nullopt;
  }
  if (diagnostics.warnings() == warnings) {
    std::vector<Conjunct> conjuncts;
    append_conjuncts(expr, value.expr, conjuncts);
    warn_if_never_true(conjuncts, diagnostics);
  }
  return std::move(value.expr);
}

}    // namespace cepheid::patterns
