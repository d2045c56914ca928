#pragma once

#include <vector>

#include "patterns/plan/plan.hpp"

namespace cepheid::patterns {

/// The condition of a join over sides 0 and 1 as alternatives, any of which must hold: each the equalities of an
/// expression of one side with one of the other, by which rows can be found, and what is left. A condition that would
/// come to more than kMaxAlternatives stays whole.
[[nodiscard]] std::vector<JoinPlan::Alternative> alternatives_of(nfa::TypedExpr condition);

inline constexpr std::size_t kMaxAlternatives = 32;

}    // namespace cepheid::patterns
