#pragma once

#include <string>
#include <string_view>

#include "nfa/automaton/pattern_spec.hpp"
#include "patterns/source/diagnostics.hpp"
#include "patterns/syntax/tree.hpp"

/// Which modifiers an element takes, and what they make of it. Nothing here looks at types.
namespace cepheid::patterns {

/// "step `a`", "group `g`", "a group", "`any_of`" or "`all_of`".
[[nodiscard]] std::string label_of(const syntax::Element& element);
[[nodiscard]] std::string_view word_of(syntax::LinkWord link);

/// After `not_next` or `not_followed_by`.
[[nodiscard]] bool is_negated(const syntax::Element& element);
/// `one_or_more`, `zero_or_more`, `times(…)`, `times_or_more(…)`.
[[nodiscard]] bool is_quantifier(syntax::Modifier::Kind kind);

/// How often an element occurs, its modifiers checked as if they were written in the order quantifier, `optional`,
/// `consecutive` or `allow_combinations`, `greedy`, `until`.
[[nodiscard]] nfa::Quantifier check_modifiers(const syntax::Element& element, Diagnostics& diagnostics);

}    // namespace cepheid::patterns
