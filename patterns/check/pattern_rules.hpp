#pragma once

#include <cstdint>
#include <optional>

#include "nfa/automaton/pattern_spec.hpp"
#include "patterns/source/diagnostics.hpp"
#include "patterns/syntax/tree.hpp"

/// Which sequences are refused, and why: the rules about what stands beside and in what, and how much of it. Nothing
/// here looks at types.
namespace cepheid::patterns {

/// The rules about neighbours in one sequence; of its groups too. `checked` is the same sequence with its quantifiers.
/// `within` is the pattern's own.
void check_neighbours(const syntax::Sequence& sequence, const nfa::Sequence& checked,
                      const std::optional<syntax::DurationValue>& within, Diagnostics& diagnostics);

/// The number of states that the counts of a sequence ask for, at most kMaxStates + 1. Reports the first element with
/// which there are too many.
std::uint64_t count_states(const syntax::Sequence& sequence, const nfa::Sequence& checked, Diagnostics& diagnostics);

}    // namespace cepheid::patterns
