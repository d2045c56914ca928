#pragma once

#include <optional>

#include "patterns/check/scope.hpp"
#include "patterns/check/typed.hpp"
#include "patterns/syntax/tree.hpp"

namespace cepheid::patterns {

/// Gives an expression its types. Depth of recursion: that of the expression, which the parser bounds.
[[nodiscard]] Typed check_expression(const syntax::Expr& expr, const Scope& scope, Diagnostics& diagnostics);

/// The whole value of an item of `emit` or `select`. A conversion of a constant that fails is null with a warning if it
/// is all there is; in a larger expression it is an error.
[[nodiscard]] Typed check_item_value(const syntax::Expr& expr, const Scope& scope, Diagnostics& diagnostics);

/// A condition: what stands after `where`, `when`, `until`. Nothing if it is wrong; a warning if it can never hold.
[[nodiscard]] std::optional<nfa::TypedExpr> check_condition(const syntax::Expr& expr, const Scope& scope,
                                                            Diagnostics& diagnostics);

}    // namespace cepheid::patterns
