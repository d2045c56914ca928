#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cepheid/decimal.hpp"

namespace cepheid::nfa {

/// The parts of a number written in decimal, views of its text.
struct NumberText {
  bool negative = false;
  std::string_view whole;       // digits before the point
  std::string_view fraction;    // digits behind it
  std::int64_t exponent = 0;    // kept within ±10^9, far beyond what any type holds
};

/// Reads `[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?`, the whole of `text`.
[[nodiscard]] std::optional<NumberText> scan_number(std::string_view text);

/// The number times 10^scale as a whole number. Digits that are too many: rounded half away from zero if `round`,
/// otherwise nothing. Nothing too if the value leaves 128 bits. `scale` may be negative.
[[nodiscard]] std::optional<Decimal> decimal_of(const NumberText& number, int scale, bool round);

// The conversions of text that `int(x)`, `double(x)` and `decimal(x, scale)` are. None takes white space.

/// `[+-]?[0-9]+` within 64 bits.
[[nodiscard]] std::optional<std::int64_t> int_of_text(std::string_view text);
/// What scan_number takes, to the nearest double; nothing if that is infinite.
[[nodiscard]] std::optional<double> double_of_text(std::string_view text);
/// What scan_number takes, rounded half away from zero.
[[nodiscard]] std::optional<Decimal> decimal_of_text(std::string_view text, int scale);
/// A double by the digits of its shortest text, rounded half away from zero: 1.005 gives 1.01 at scale 2.
[[nodiscard]] std::optional<Decimal> decimal_of_double(double value, int scale);

/// Room that write_double needs.
inline constexpr int kMaxDoubleText = 32;
/// Writes the fewest digits that read back as the same double and gives their end. No point if it is whole; an exponent
/// from 1e15 up and below 1e-4, as PostgreSQL does. Requires a finite value.
[[nodiscard]] char* write_double(double value, char* to);

}    // namespace cepheid::nfa
