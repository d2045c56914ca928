#pragma once

#include <cstdint>
#include <string_view>

#include "cepheid/type.hpp"
#include "nfa/row/datum.hpp"

namespace cepheid::nfa {

/// How a value stands to another, as one bit, so that a comparison is a test against a mask: `<=` is kLess | kEqual.
/// No bit at all where there is no order (a NaN).
using Outcome = std::uint8_t;
inline constexpr Outcome kLess = 1;
inline constexpr Outcome kEqual = 2;
inline constexpr Outcome kGreater = 4;

/// Of two numbers of one C++ type.
template <typename Number>
[[nodiscard]] constexpr Outcome compare_plain(Number a, Number b) {
  return static_cast<Outcome>((a < b ? kLess : 0) | (a == b ? kEqual : 0) | (a > b ? kGreater : 0));
}

/// By bytes, which for UTF-8 is by code point.
[[nodiscard]] inline Outcome compare_text(std::string_view a, std::string_view b) {
  return compare_plain(a.compare(b), 0);
}

// By their exact values: nothing is rounded on the way.
[[nodiscard]] Outcome compare_int_double(std::int64_t a, double b);
[[nodiscard]] Outcome compare_decimals(Int128 a, int a_scale, Int128 b, int b_scale);
[[nodiscard]] Outcome compare_decimal_double(Int128 a, int a_scale, double b);

/// Of two values that are not null: of one type, or numbers of any kinds, or a timestamp beside an int. Lists and
/// objects are only equal or not (kGreater), elements by same_value.
[[nodiscard]] Outcome compare_values(const Datum& a, const Type& a_type, const Datum& b, const Type& b_type);

/// The outcome for the operands the other way round.
[[nodiscard]] constexpr Outcome swapped(Outcome outcome) {
  return static_cast<Outcome>((outcome & kEqual) | ((outcome & kLess) != 0 ? kGreater : 0) |
                              ((outcome & kGreater) != 0 ? kLess : 0));
}

}    // namespace cepheid::nfa
