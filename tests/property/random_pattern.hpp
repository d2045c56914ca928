#pragma once

#include "property/random.hpp"
#include "reference/model.hpp"

namespace cepheid::property {

/// A random pattern over the whole language: mostly one that is allowed, about one in eight with modifiers set without
/// care, which may have to be rejected.
[[nodiscard]] reference::Pattern random_pattern(Random& random);

}    // namespace cepheid::property
