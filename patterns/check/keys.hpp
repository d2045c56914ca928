#pragma once

#include <optional>
#include <vector>

#include "nfa/automaton/pattern_spec.hpp"
#include "patterns/check/scope.hpp"
#include "patterns/check/typed.hpp"
#include "patterns/syntax/tree.hpp"

namespace cepheid::patterns {

/// Reports a list, an object or a map as a key: keys are single values. False if it is one.
[[nodiscard]] bool is_key(const Type& type, Span place, Diagnostics& diagnostics);

/// The values of `key EXPR, …`, without the wrong ones, which are reported.
[[nodiscard]] std::vector<nfa::TypedExpr> key_values(const std::vector<syntax::Expr>& key, const Scope& scope,
                                                     Diagnostics& diagnostics);

/// The items of `key ITEM, …`; nothing, and reported, if one of them is wrong.
[[nodiscard]] std::optional<std::vector<nfa::NamedExpr>> key_items(const std::vector<syntax::Item>& key,
                                                                   const Scope& scope, Diagnostics& diagnostics);

}    // namespace cepheid::patterns
