#pragma once

#include <string>

#include "nfa/automaton/pattern_spec.hpp"

namespace cepheid::nfa {

/// Same text for patterns that mean the same, and only for those: saved state belongs to a pattern of its own
/// fingerprint. The text is for comparing, by itself or by its checksum, not for reading. Linear in the pattern.
[[nodiscard]] std::string fingerprint(const PatternSpec& spec);

}    // namespace cepheid::nfa
