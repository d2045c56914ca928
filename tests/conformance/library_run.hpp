#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "cepheid/rules.hpp"
#include "conformance/json_tree.hpp"

namespace cepheid::conformance {

/// Runs rules of one stream in an Engine of the library over a case's events, and prints what its callbacks get as
/// `cepheid match` would, of each event its `id` and `ts`. `saved_at`: before that event the engine is saved, and a new
/// one goes on from the bytes.
[[nodiscard]] std::string run_in_library(const Rules& rules, const JsonTree& events,
                                         std::optional<std::size_t> saved_at);

}    // namespace cepheid::conformance
