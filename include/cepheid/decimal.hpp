#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cepheid::inline v0 {

/// A 128-bit fixed-point number: `units / 10^scale`. The scale is part of its type, not of the value.
__extension__ using Int128 = __int128;

struct Decimal {
  Int128 units = 0;
  friend bool operator==(const Decimal&, const Decimal&) = default;
};

/// "-12.50" for units -1250 and scale 2; all digits of the scale, never an exponent.
[[nodiscard]] std::string to_string(Decimal value, int scale);
/// Appends what to_string gives.
void append_decimal(std::string& out, Decimal value, int scale);

/// Reads `-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?`. More digits than the scale: rounded half away from zero if `round`,
/// otherwise nothing. Nothing too if the text is no number or the value leaves 128 bits. Never goes through a double.
[[nodiscard]] std::optional<Decimal> parse_decimal(std::string_view text, int scale, bool round);

}    // namespace cepheid::inline v0
