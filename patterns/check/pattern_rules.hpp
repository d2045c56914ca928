#pragma once

#include <string>

#include "nfa/automaton/pattern_spec.hpp"
#include "patterns/source/diagnostics.hpp"
#include "patterns/syntax/tree.hpp"

/// Which patterns are refused, and why: the rules about steps, modifiers and their order. Nothing here looks at types.
namespace cepheid::patterns {

/// "step `a`", "group `g`" or "a group".
[[nodiscard]] std::string label_of(const syntax::Element& element);

/// How often an element occurs, its modifiers checked as if they were written in the order quantifier, `optional`,
/// `consecutive` or `allow_combinations`, `greedy`, `until`.
[[nodiscard]] nfa::Quantifier check_modifiers(const syntax::Element& element, Diagnostics& diagnostics);

/// The rules about neighbours in one sequence; of its groups too. `checked` is the same sequence with its quantifiers.
/// `within` is the pattern's own.
void check_neighbours(const syntax::Sequence& sequence, const nfa::Sequence& checked,
                      const std::optional<syntax::DurationValue>& within, Diagnostics& diagnostics);

/// The number of states that the counts of a sequence ask for, at most kMaxStates + 1. Reports the first element with
/// which there are too many.
std::uint64_t count_states(const syntax::Sequence& sequence, const nfa::Sequence& checked, Diagnostics& diagnostics);

}    // namespace cepheid::patterns
