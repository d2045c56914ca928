#pragma once

#include "patterns/check/typed.hpp"
#include "patterns/syntax/tree.hpp"

namespace cepheid::patterns {

/// `+ - * / %` of two checked operands, both `ok`: mixes int, double, decimal and timestamp as the language says.
[[nodiscard]] Typed check_arithmetic(const syntax::Expr& expr, Typed left, Typed right, Diagnostics& diagnostics);
/// Unary `-`.
[[nodiscard]] Typed check_negation(const syntax::Expr& expr, Typed operand, Diagnostics& diagnostics);

/// `== != < <= > >=` of two operands, both `ok`. `place` is where a mistake is shown.
[[nodiscard]] Typed check_comparison(nfa::Function function, Typed left, Typed right, Span span, Span place,
                                     Diagnostics& diagnostics);

}    // namespace cepheid::patterns
