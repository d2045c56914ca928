#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cepheid::conformance {

/// Any JSON value. Numbers keep the text that they were written with, members their order.
struct JsonTree {
  enum class Kind { null_, bool_, number, text, list, object };

  Kind kind = Kind::null_;
  std::string text;    // of a text its content; `true` or `false`; the digits of a number
  std::vector<JsonTree> items;
  std::vector<std::pair<std::string, JsonTree>> members;

  /// The member of that name, or null.
  [[nodiscard]] const JsonTree* find(std::string_view name) const;
  /// A whole number: neither point nor exponent.
  [[nodiscard]] bool is_whole() const;

  friend bool operator==(const JsonTree&, const JsonTree&) = default;
};

/// Nothing if `text` is not one JSON value.
[[nodiscard]] std::optional<JsonTree> parse_json(std::string_view text);

/// As JSON without blanks.
[[nodiscard]] std::string to_json(const JsonTree& tree);

}    // namespace cepheid::conformance
