#pragma once

#include <optional>

#include "patterns/plan/plan.hpp"
#include "patterns/source/diagnostics.hpp"
#include "patterns/source/source_file.hpp"
#include "patterns/syntax/parse.hpp"

namespace cepheid::patterns {

/// A rule file's text to the plan of what it says: parses and checks. Nothing if there is an error; warnings alone do
/// not stop it. `diagnostics` belongs to `source`.
[[nodiscard]] std::optional<Plan> load_rules(const SourceFile& source, const Environment& environment,
                                             Diagnostics& diagnostics);

}    // namespace cepheid::patterns
