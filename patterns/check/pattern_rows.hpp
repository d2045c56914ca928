#pragma once

#include <optional>

#include "cepheid/schema.hpp"
#include "nfa/automaton/pattern_spec.hpp"
#include "patterns/source/diagnostics.hpp"
#include "patterns/syntax/tree.hpp"

namespace cepheid::patterns {

/// The fields of the rows that a pattern makes as a stream: those of `emit`, without it `pattern` (string), `key`
/// (list), `start` and `end` (timestamps; of `absent` only `key` and `since`), then those of `on_timeout emit` that are
/// not among them. A name with two types is reported.
///
/// `key` is a list of the keys' type if they have one in common, otherwise a list of strings, each as `string(x)` gives
/// it.
[[nodiscard]] std::optional<Schema> rows_of_pattern(const syntax::Pattern& pattern, const nfa::PatternSpec& spec,
                                                    Diagnostics& diagnostics);

}    // namespace cepheid::patterns
