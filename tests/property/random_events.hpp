#pragma once

#include <vector>

#include "property/random.hpp"
#include "reference/model.hpp"

namespace cepheid::property {

/// Random events, many of which the pattern can take: some walks through it, side by side, with other events between.
[[nodiscard]] std::vector<reference::Event> random_events(Random& random, const reference::Pattern& pattern);

}    // namespace cepheid::property
