#pragma once

#include <cstdint>
#include <optional>

#include "cepheid/decimal.hpp"
#include "cepheid/type.hpp"

namespace cepheid::nfa {

__extension__ using UInt128 = unsigned __int128;

/// 10^exponent, for 0 <= exponent <= kMaxDecimalScale.
[[nodiscard]] Int128 power_of_ten(int exponent);

/// Brings units of scale `from` to scale `to`, rounding half away from zero; nothing if that leaves 128 bits.
[[nodiscard]] std::optional<Int128> rescale(Int128 units, int from, int to);

/// units / divisor, rounded half away from zero. Requires divisor > 0.
[[nodiscard]] Int128 divide_rounded(Int128 units, Int128 divisor);

/// The magnitude, also of the smallest number.
[[nodiscard]] constexpr UInt128 magnitude(Int128 units) {
  return units < 0 ? UInt128{0} - static_cast<UInt128>(units) : static_cast<UInt128>(units);
}

/// The double nearest to units / 10^scale.
[[nodiscard]] double decimal_to_double(Int128 units, int scale);

}    // namespace cepheid::nfa
