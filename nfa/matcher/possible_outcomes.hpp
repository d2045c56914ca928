#pragma once

#include <cstdint>
#include <vector>

#include "nfa/matcher/program.hpp"

namespace cepheid::nfa {

/// All outcomes that a program's conditions may have together for an event, as words whose bits are the conditions: of
/// those that compare one text with different constants at most one holds. None at all where there are very many.
[[nodiscard]] std::vector<std::uint64_t> possible_outcomes(const Program& program);

/// Is the edge open where the conditions have these outcomes?
[[nodiscard]] bool is_open(const Program& program, const Program::Edge& edge, std::uint64_t outcomes);

}    // namespace cepheid::nfa
