#pragma once

#include <vector>

#include "nfa/matcher/equal_states.hpp"
#include "nfa/matcher/program.hpp"

namespace cepheid::nfa {

/// Of a program each of whose starts has one path, in whatever states: which of these sets of states (configurations)
/// cannot be told apart. A greedy loop that waits for its next event or for what follows it is the commonest: as good
/// as the loop itself. None are found for a program with starts of several paths, or with too much to look at.
[[nodiscard]] EqualStates<std::vector<StateId>> find_equal_configs(const Program& program);

}    // namespace cepheid::nfa
