#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "nfa/automaton/pattern_spec.hpp"
#include "nfa/matcher/program.hpp"

namespace cepheid::nfa {

/// Patterns of one engine that are run as one: all is the same but for their own conditions, and wherever the outcome
/// of these makes a difference to a partial match, it completes if they hold. So until it completes it is the same
/// partial match for all of them.
struct PatternFamily {
  std::vector<std::uint32_t> patterns;    // positions in the engine, ascending
  std::vector<ConditionId> own;           // which conditions differ: the same numbers in all of their programs
};

/// A pattern that may be of a family: one that a GroupMatcher can run.
struct FamilyCandidate {
  std::uint32_t pattern = 0;
  const PatternSpec* spec = nullptr;
  const Program* program = nullptr;
};

/// The families of two or more of the candidates, all of which see one layout. Patterns with a limit of their own are
/// in none. Linear in the sizes of the patterns, but for finding which conditions only complete: exponential in a
/// pattern's conditions, which are few, or it is in no family.
[[nodiscard]] std::vector<PatternFamily> find_families(std::span<const FamilyCandidate> candidates);

}    // namespace cepheid::nfa
