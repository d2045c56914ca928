#pragma once

#include <optional>
#include <string_view>

#include "patterns/check/typed.hpp"

namespace cepheid::patterns {

/// A value that is to stand in a field of type `target`, or be found there: as it is, or converted without loss.
/// Nothing, and reported, if that can't be: `what` names the field.
[[nodiscard]] std::optional<nfa::TypedExpr> fit_to(Typed value, const Type& target, std::string_view what,
                                                   Diagnostics& diagnostics);

}    // namespace cepheid::patterns
