#pragma once

#include <string>
#include <vector>

#include "reference/model.hpp"

namespace cepheid::property {

/// What the engine makes of a rule file and events.
struct EngineResult {
  std::string diagnostics;    // why it was rejected; empty if it was not
  std::vector<reference::Match> matches;
};

/// Loads the rule text, which has one pattern and events of the naive matcher's fields, and pushes the events one by
/// one, the watermark moving after each.
[[nodiscard]] EngineResult run_engine(const std::string& rules, const std::vector<reference::Event>& events);

}  // namespace cepheid::property
