#pragma once

#include "patterns/plan/plan.hpp"
#include "patterns/source/diagnostics.hpp"
#include "patterns/syntax/parse.hpp"
#include "patterns/syntax/tree.hpp"

namespace cepheid::patterns {

/// Resolves names, fixes types, and holds the file against every rule of the language; reports all it finds.
/// The plan is usable only if `diagnostics` has no errors afterwards.
[[nodiscard]] Plan check(const syntax::File& file, const Callables& callables, Diagnostics& diagnostics);

}    // namespace cepheid::patterns
