#pragma once

#include "nfa/automaton/pattern_spec.hpp"
#include "patterns/source/diagnostics.hpp"
#include "patterns/syntax/tree.hpp"

namespace cepheid::patterns {

/// What is odd about a pattern in which nothing is wrong: state without bound, steps that no match reaches, a skip that
/// never skips. Reports too many states, too: only the built automaton knows their number.
///
/// `warned`: some of its conditions were found never to hold. What then can't be reached is not said again.
void warn_of_pattern(const syntax::Pattern& pattern, const nfa::PatternSpec& spec, bool warned,
                     Diagnostics& diagnostics);

}    // namespace cepheid::patterns
