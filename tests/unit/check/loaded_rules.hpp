#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "patterns/plan/load.hpp"

namespace cepheid::patterns {

/// A rule text, loaded, with what was said about it.
struct LoadedRules {
  std::unique_ptr<SourceFile> source;
  std::unique_ptr<Diagnostics> diagnostics;
  std::optional<Plan> plan;

  /// The messages of all diagnostics, in the order of the text.
  [[nodiscard]] std::vector<std::string> messages() const;
  /// The piece of text under the caret of the only diagnostic.
  [[nodiscard]] std::string marked() const;
  /// The relation of that name. Requires that the rules loaded and have it.
  [[nodiscard]] const Relation& relation(std::string_view name) const;
  template <typename Body>
  [[nodiscard]] const Body& body(std::string_view name) const {
    return std::get<Body>(relation(name).body);
  }
};

[[nodiscard]] LoadedRules load(std::string text, const std::map<std::string, std::string>& variables = {});

/// A stream `events` of fields of each type; `b bool, i int, j int, x double, p decimal(2), q decimal(4), s string,
/// ts timestamp, u timestamp, data.amount double, data.user.id int`.
[[nodiscard]] std::string events_stream();
/// events_stream() and a pattern `p` on it of that body.
[[nodiscard]] LoadedRules load_pattern(const std::string& body);

/// "name type, name type", presence fields as "?name".
[[nodiscard]] std::string fields_of(const nfa::RowLayout& layout);

}    // namespace cepheid::patterns
