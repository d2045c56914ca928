#pragma once

#include <string>

#include "cepheid/fraud.hpp"
#include "cepheid/result.hpp"
#include "patterns/plan/plan.hpp"

namespace cepheid::runtime {

/// The scorer of a `fraud` statement, its model read from the file, whose path is relative to `folder`. Fails where the
/// file cannot be read or holds no model of these features.
[[nodiscard]] Result<FraudScorer> make_scorer(const patterns::FraudPlan& plan, const std::string& folder);

}    // namespace cepheid::runtime
