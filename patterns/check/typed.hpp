#pragma once

#include <string>
#include <vector>

#include "nfa/expr/typed_expr.hpp"
#include "patterns/source/diagnostics.hpp"

namespace cepheid::patterns {

/// A checked expression and its place. One that is not `ok` was reported already: whoever uses it says no more.
struct Typed {
  nfa::TypedExpr expr;
  Span span;
  bool ok = false;
  /// Of a number with a point or exponent that has not yet met its neighbour: the digits as written, with their sign.
  /// Beside a decimal it becomes one, otherwise it stays the double that `expr` holds.
  std::string digits;

  [[nodiscard]] const Type& type() const { return expr.type; }
};

/// A wrong expression: nothing more is said about it.
[[nodiscard]] Typed poisoned(Span span);
[[nodiscard]] Typed typed(nfa::TypedExpr expr, Span span);

// Nodes.
[[nodiscard]] nfa::TypedExpr make_constant(Type type, Value value);
[[nodiscard]] nfa::TypedExpr make_null(Type type);
[[nodiscard]] nfa::TypedExpr make_call(nfa::Function function, Type type, std::vector<nfa::TypedExpr> args);

/// int, double or decimal.
[[nodiscard]] bool is_number(const Type& type);
/// Has `<`: numbers, bool, string, timestamp.
[[nodiscard]] bool is_ordered(const Type& type);

/// Can values of the two types be compared: by `==` only, if not `ordering`. null fits everything.
[[nodiscard]] bool are_comparable(const Type& a, const Type& b, bool ordering);

/// Makes an expression one of type `target`, by a conversion that keeps its value as the language's mixing rules demand
/// (int to double or decimal, decimal to double or a larger scale, int to timestamp, null to anything, a number literal
/// to a decimal). Requires that common_type or a function's table allowed it.
[[nodiscard]] nfa::TypedExpr convert(Typed value, const Type& target);

/// The type in which all of the values can stand side by side: of `if`, `coalesce`, `least`, `greatest`, lists. If
/// there is none, the position of the first value that does not fit those before it is put into `misfit`.
[[nodiscard]] std::optional<Type> common_type(const std::vector<Typed>& values, std::size_t& misfit);

/// Gives a number literal the form it has beside values of `others`: a decimal if one of them is a decimal and none a
/// double.
void settle_literal(Typed& literal, const std::vector<const Type*>& others);
/// The scale of the decimal that a literal's digits are; nothing if no decimal of 38 digits holds them.
[[nodiscard]] std::optional<int> literal_scale(const Typed& literal);

/// No field, step, item, side row or time in it: its value is known when the file is loaded.
[[nodiscard]] bool is_constant(const nfa::TypedExpr& expr);
/// Is the value of a constant expression null?
[[nodiscard]] bool is_constant_null(const nfa::TypedExpr& expr);

}    // namespace cepheid::patterns
