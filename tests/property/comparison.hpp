#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "property/pair.hpp"

namespace cepheid::property {

/// What came of a pair.
struct Outcome {
  std::optional<std::string> rejected;
  std::vector<reference::Match> matches;    // sorted

  /// Both rejected, or the same matches.
  [[nodiscard]] bool agrees_with(const Outcome& other) const {
    return rejected.has_value() == other.rejected.has_value() && matches == other.matches;
  }
};

/// The same pair for a seed, always.
[[nodiscard]] Pair make_pair(std::uint64_t seed);

/// By the naive matcher. Nothing if there are too many partial matches for it.
[[nodiscard]] std::optional<Outcome> expected_outcome(const Pair& pair);

/// Does the engine, in one of its ways, give anything else than the naive matcher?
[[nodiscard]] bool differs(const Pair& pair);

/// The pair as a rule file and events, what was expected and what the engine gave in each way that differs.
[[nodiscard]] std::string report(std::uint64_t seed, const Pair& pair);

}    // namespace cepheid::property
