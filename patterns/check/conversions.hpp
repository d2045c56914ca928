#pragma once

#include "patterns/check/typed.hpp"

namespace cepheid::patterns {

/// `int(x)`, `double(x)`, `decimal(x, scale)`, `string(x)`, `timestamp(x)`: can a value of that type be converted, and
/// if it is a constant, does it work? One that does not is reported with severity `constants`: with a warning it is
/// null.
[[nodiscard]] Typed check_conversion(Typed value, const Type& target, Span span, Severity constants,
                                     Diagnostics& diagnostics);

}    // namespace cepheid::patterns
