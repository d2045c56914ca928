#pragma once

#include <vector>

#include "nfa/matcher/program.hpp"

namespace cepheid::nfa {

/// Does every start of a program have one path only, whatever comes, if perhaps in several states: is there no event
/// that may be taken as well as passed by, or taken in two ways? Told from the automaton alone, and that no two
/// conditions which compare one text with different constants hold together. May say no where it is so, for one where
/// there are many conditions. O(sets of states x states x 2^conditions).
[[nodiscard]] bool has_single_path(const Program& program);

/// By state: is a condition that looks back still to be met from there, whatever comes before it?
[[nodiscard]] std::vector<bool> find_states_that_look_back(const Program& program);

}    // namespace cepheid::nfa
