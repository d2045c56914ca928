#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "cepheid/fraud.hpp"
#include "nfa/row/layout.hpp"
#include "patterns/check/statements.hpp"

namespace cepheid::patterns {

/// The name of a fact's field in rows: fact_name(), of a library that this one does not need.
[[nodiscard]] std::string_view field_of(FraudFact fact);

/// The facts that factors of these rules can tell, in the order of FraudFact.
[[nodiscard]] std::vector<FraudFact> facts_of(const FraudRules& rules);

/// The rows of a score: the input's fields, then the score's own. Null, and reported at `name`, if the input has a
/// field of such a name.
[[nodiscard]] std::shared_ptr<const nfa::RowLayout> layout_of_score(const Schema& input, const FraudRules& rules,
                                                                    const std::vector<FraudFact>& facts,
                                                                    const syntax::Name& name, Diagnostics& diagnostics);

}    // namespace cepheid::patterns
