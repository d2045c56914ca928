#pragma once

#include "cepheid/fraud_rules.hpp"
#include "cepheid/result.hpp"

namespace cepheid::fraud {

/// Whether all figures are in their ranges; if not, the first that is not. Looks at neither the zone nor the model's
/// JSON.
Result<void> check_rules(const FraudRules& rules);

}    // namespace cepheid::fraud
