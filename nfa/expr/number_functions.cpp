#include "nfa/expr/number_functions.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "nfa/row/decimal_math.hpp"
#include "nfa/row/number_text.hpp"

namespace cepheid::nfa {
namespace {

constexpr Int128 kMinInt = std::numeric_limits<std::int64_t>::min();
constexpr Int128 kMaxInt = std::numeric_limits<std::int64_t>::max();

Datum int_if_it_fits(Int128 value) {
  if (value < kMinInt || value > kMaxInt) return {};
  return Datum::of_int(static_cast<std::int64_t>(value));
}

}    // namespace

Datum double_to_int(double value) {
  constexpr double kTwoTo63 = 9223372036854775808.0;
  const double whole = std::trunc(value);
  if (!(whole >= -kTwoTo63 && whole < kTwoTo63)) return {};
  return Datum::of_int(static_cast<std::int64_t>(whole));
}

Datum decimal_to_int(Int128 units, int scale) {
  return int_if_it_fits(units / power_of_ten(scale));
}

Datum floor_decimal(Int128 units, int scale) {
  const Int128 power = power_of_ten(scale);
  return Datum::of_decimal(units / power - (units % power < 0 ? 1 : 0));
}

Datum ceil_decimal(Int128 units, int scale) {
  const Int128 power = power_of_ten(scale);
  return Datum::of_decimal(units / power + (units % power > 0 ? 1 : 0));
}

Datum round_double(double value, std::int64_t digits) {
  // A double has no digit behind the 1074th place nor before the 309th.
  constexpr std::int64_t kFarthest = 1'100;
  const int places = static_cast<int>(std::clamp(digits, -kFarthest, kFarthest));
  char shortest[kMaxDoubleText];
  const auto number = scan_number({shortest, write_double(value, shortest)});
  const auto units = decimal_of(*number, places, true);
  if (!units) return Datum::of_double(value);    // more digits asked for than 38: it has none to lose
  std::string rounded = to_string(*units, 0);
  rounded += 'e';
  rounded += std::to_string(-places);
  const auto result = double_of_text(rounded);
  return result ? Datum::of_double(*result) : Datum();
}

Datum round_decimal(Int128 units, int scale, std::int64_t digits) {
  if (digits >= scale) return Datum::of_decimal(units);
  if (digits < scale - kMaxDecimalScale) return Datum::of_decimal(0);
  const std::int64_t dropped = scale - digits;
  const Int128 power = power_of_ten(static_cast<int>(dropped));
  Int128 result = 0;
  return decimal_unless(__builtin_mul_overflow(divide_rounded(units, power), power, &result), result);
}

Datum round_int(std::int64_t value, std::int64_t digits) {
  const Datum rounded = round_decimal(value, 0, digits);
  return rounded.null ? rounded : int_if_it_fits(rounded.units);
}

}    // namespace cepheid::nfa
