#pragma once

#include <cmath>
#include <cstdint>
#include <type_traits>

#include "nfa/row/datum.hpp"

// Functions on numbers that say null where the result has no place in its type. The arguments are not null.

namespace cepheid::nfa {

/// A value or null on its way into a Datum. Small enough to stay in processor registers, where a Datum, whose value has
/// several sizes, would go through memory.
template <typename Held>
struct Maybe {
  Held value{};
  bool null = true;

  operator Datum() const {    // NOLINT(google-explicit-constructor)
    if (null) return {};
    if constexpr (std::is_same_v<Held, double>) {
      return Datum::of_double(value);
    } else if constexpr (std::is_same_v<Held, std::int64_t>) {
      return Datum::of_int(value);
    } else {
      return Datum::of_decimal(value);
    }
  }
};

/// A double, null if it is infinite or no number.
[[nodiscard]] inline Maybe<double> finite(double value) {
  return {value, !std::isfinite(value)};
}

/// What a builtin with overflow check gives: `overflow` true is null. By reference, so that the value may be what the
/// call that stands beside it writes.
[[nodiscard]] inline Maybe<std::int64_t> int_unless(bool overflow, const std::int64_t& value) {
  return {value, overflow};
}
[[nodiscard]] inline Maybe<Int128> decimal_unless(bool overflow, const Int128& value) {
  return {value, overflow};
}

/// The remainder, with the sign of `a`; null of zero. The smallest number by -1 leaves 0, which processors get wrong.
[[nodiscard]] inline Maybe<std::int64_t> remainder_int(std::int64_t a, std::int64_t b) {
  if (b == 0) return {};
  return {b == -1 ? 0 : a % b, false};
}
[[nodiscard]] inline Maybe<Int128> remainder_decimal(Int128 a, Int128 b) {
  if (b == 0) return {};
  return {b == -1 ? Int128{0} : a % b, false};
}

/// Cut towards zero; null outside of 64 bits.
[[nodiscard]] Datum double_to_int(double value);
[[nodiscard]] Datum decimal_to_int(Int128 units, int scale);

/// The whole number below or above, as decimal(0).
[[nodiscard]] Datum floor_decimal(Int128 units, int scale);
[[nodiscard]] Datum ceil_decimal(Int128 units, int scale);

// `digits` after the point are kept, or, if negative, that many before it are made zero. Half away from zero.
/// By the digits of its shortest text, so that 2.675 to two digits is 2.68.
[[nodiscard]] Datum round_double(double value, std::int64_t digits);
/// Keeps the scale.
[[nodiscard]] Datum round_decimal(Int128 units, int scale, std::int64_t digits);
[[nodiscard]] Datum round_int(std::int64_t value, std::int64_t digits);

}    // namespace cepheid::nfa
