#pragma once

#include <string>
#include <vector>

#include "reference/model.hpp"

namespace cepheid::reference {

[[nodiscard]] std::string to_text(const Expr& expr);
/// A rule file of the pattern and its streams.
[[nodiscard]] std::string to_rules(const Pattern& pattern);
/// Rows of JSON, one a line.
[[nodiscard]] std::string to_jsonl(const std::vector<Event>& events);
/// As semantics.md writes matches: `c1 a2,3 b4`, with the key, start, end and `timeout` after it.
[[nodiscard]] std::string to_text(const Match& match);

}    // namespace cepheid::reference
