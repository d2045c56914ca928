#include "nfa/expr/compare.hpp"

#include <cmath>

#include "nfa/row/decimal_math.hpp"

namespace cepheid::nfa {
namespace {

constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr double kTwoTo127 = 170141183460469231731687303715884105728.0;

bool is_integral(TypeKind kind) {
  return kind == TypeKind::int_ || kind == TypeKind::timestamp;
}

/// A value as a decimal, for int and decimal.
struct Scaled {
  Int128 units;
  int scale;
};

Scaled scaled(const Datum& datum, const Type& type) {
  if (type.kind == TypeKind::decimal) return {datum.units, type.scale};
  return {datum.integer, 0};
}

/// numerator / denominator against `fraction`, all in [0, 1). Both are written out in binary, digit by digit, until
/// they differ or the double has no more digits; at most 1074 turns, and about 128 where the numerator is not zero.
Outcome compare_fractions(UInt128 numerator, UInt128 denominator, double fraction) {
  while (fraction != 0) {
    numerator *= 2;    // < 2 * 10^38 < 2^128
    fraction *= 2;     // exact
    const bool a_bit = numerator >= denominator;
    const bool b_bit = fraction >= 1;
    if (a_bit != b_bit) return a_bit ? kGreater : kLess;
    if (a_bit) numerator -= denominator;
    if (b_bit) fraction -= 1;
  }
  return numerator != 0 ? kGreater : kEqual;
}

}    // namespace

Outcome compare_int_double(std::int64_t a, double b) {
  if (std::isnan(b)) return 0;
  if (b >= kTwoTo63) return kLess;
  if (b < -kTwoTo63) return kGreater;
  const double whole = std::trunc(b);
  const auto integer = static_cast<std::int64_t>(whole);
  if (a != integer) return compare_plain(a, integer);
  return compare_plain(0.0, b - whole);
}

Outcome compare_decimals(Int128 a, int a_scale, Int128 b, int b_scale) {
  if (a_scale == b_scale) return compare_plain(a, b);
  if (a_scale > b_scale) return swapped(compare_decimals(b, b_scale, a, a_scale));
  const Int128 power = power_of_ten(b_scale - a_scale);
  const Int128 quotient = b / power;
  if (a != quotient) return compare_plain(a, quotient);
  return compare_plain(Int128{0}, b % power);
}

Outcome compare_decimal_double(Int128 a, int a_scale, double b) {
  if (std::isnan(b)) return 0;
  if (b >= kTwoTo127) return kLess;
  if (b < -kTwoTo127) return kGreater;
  const Int128 power = power_of_ten(a_scale);
  const double b_whole = std::trunc(b);
  const auto b_integer = static_cast<Int128>(b_whole);
  if (const Int128 a_integer = a / power; a_integer != b_integer) return compare_plain(a_integer, b_integer);

  const Int128 a_rest = a % power;
  const double b_rest = b - b_whole;
  if ((a_rest < 0) != (b_rest < 0)) return compare_plain(a_rest < 0 ? -1 : 1, b_rest < 0 ? -1 : 1);
  const Outcome outcome = compare_fractions(magnitude(a_rest), static_cast<UInt128>(power), std::fabs(b_rest));
  return a_rest < 0 ? swapped(outcome) : outcome;
}

Outcome compare_values(const Datum& a, const Type& a_type, const Datum& b, const Type& b_type) {
  switch (a_type.kind) {
    case TypeKind::null_: return 0;
    case TypeKind::bool_: return compare_plain(a.boolean, b.boolean);
    case TypeKind::string: return compare_text(a.text->view(), b.text->view());
    case TypeKind::list:
    case TypeKind::object:
    case TypeKind::map: return same_value(a, b, a_type) ? kEqual : kGreater;
    case TypeKind::int_:
    case TypeKind::timestamp:
      if (is_integral(b_type.kind)) return compare_plain(a.integer, b.integer);
      if (b_type.kind == TypeKind::double_) return compare_int_double(a.integer, b.number);
      break;
    case TypeKind::double_:
      if (b_type.kind == TypeKind::double_) return compare_plain(a.number, b.number);
      return swapped(compare_values(b, b_type, a, a_type));
    case TypeKind::decimal:
      if (b_type.kind == TypeKind::double_) return compare_decimal_double(a.units, a_type.scale, b.number);
      break;
  }
  const Scaled x = scaled(a, a_type);
  const Scaled y = scaled(b, b_type);
  return compare_decimals(x.units, x.scale, y.units, y.scale);
}

}    // namespace cepheid::nfa
