#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "nfa/expr/typed_expr.hpp"
#include "patterns/check/typed.hpp"
#include "patterns/syntax/tree.hpp"

namespace cepheid::patterns {

/// A call of a scalar function with its checked arguments, all of them `ok`: counts and types them, puts conversions
/// in, and looks at constants that can't work: zones, and conversions, which are reported with severity `conversions`.
/// Requires is_function of its name.
[[nodiscard]] Typed check_function(const syntax::Expr& call, std::vector<Typed> args, Severity conversions,
                                   Diagnostics& diagnostics);

/// Is there a scalar function of that name?
[[nodiscard]] bool is_function(std::string_view name);
/// The function over a step's events of that name.
[[nodiscard]] std::optional<nfa::StepAggregate> find_aggregate(std::string_view name);
/// Is there a function of that name that only an `aggregate` has?
[[nodiscard]] bool is_row_aggregate(std::string_view name);
/// The function, scalar or aggregate, whose name is nearest; or empty.
[[nodiscard]] std::string_view nearest_function(std::string_view name);

/// An operand as a double, int, decimal or null given; a literal stays the double it is.
[[nodiscard]] nfa::TypedExpr to_double(Typed value);
/// The text of a constant string, however it was made; nothing if it isn't one.
[[nodiscard]] std::optional<std::string_view> constant_text(const nfa::TypedExpr& expr);

}    // namespace cepheid::patterns
