#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "patterns/source/diagnostic_kind.hpp"
#include "patterns/syntax/token.hpp"

namespace cepheid::patterns::syntax {

struct NumberProblem {
  DiagnosticKind kind;
  std::string message;
  std::string hint;
};

/// What a text that begins with a digit is: an integer, number or duration, or `invalid` with the reason.
struct NumberLook {
  TokenKind kind = TokenKind::invalid;
  std::optional<NumberProblem> problem;
};
[[nodiscard]] NumberLook look_at_number(std::string_view text);

/// The value of a text that is an `integer`.
[[nodiscard]] std::int64_t integer_value(std::string_view text);
/// The milliseconds of a text that is a `duration`.
[[nodiscard]] std::int64_t duration_value(std::string_view text);
/// The text without the `_` between its digits.
[[nodiscard]] std::string without_separators(std::string_view text);

}    // namespace cepheid::patterns::syntax
