#pragma once

#include <vector>

#include "patterns/check/side_scope.hpp"
#include "patterns/check/statements.hpp"

namespace cepheid::patterns {

/// A `lookup` at `place`. `scope`: the row at hand, and the look-ups before. Where it is right, its row is put behind
/// `sides`.
[[nodiscard]] std::optional<LookupPlan> check_lookup(const syntax::Lookup& lookup, Span place, const Scope& scope,
                                                     std::vector<SideScope::Side>& sides, CheckContext& context);

}    // namespace cepheid::patterns
