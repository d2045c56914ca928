#pragma once

#include <optional>
#include <vector>

#include "patterns/check/scope.hpp"
#include "patterns/plan/plan.hpp"
#include "patterns/source/diagnostics.hpp"
#include "patterns/syntax/tree.hpp"

namespace cepheid::patterns {

/// The parts of a string in which `${…}` is an expression; nothing if one is wrong (reported).
[[nodiscard]] std::optional<std::vector<TextPart>> check_text(const std::vector<syntax::TemplatePart>& parts,
                                                              const Scope& scope, Diagnostics& diagnostics);

}    // namespace cepheid::patterns
