#pragma once

#include "nfa/matcher/equal_states.hpp"
#include "nfa/matcher/path_change.hpp"
#include "nfa/matcher/program.hpp"

namespace cepheid::nfa {

/// Which sets of states of a path cannot be told apart, as find_equal_configs() says it of those of a start. None are
/// found for a program with too much to look at.
[[nodiscard]] EqualStates<PathStates> find_equal_path_states(const Program& program);

}    // namespace cepheid::nfa
