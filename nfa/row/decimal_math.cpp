#include "nfa/row/decimal_math.hpp"

#include <array>
#include <charconv>

namespace cepheid::nfa {
namespace {

constexpr std::array<Int128, kMaxDecimalScale + 1> kPowersOfTen = [] {
  std::array<Int128, kMaxDecimalScale + 1> powers{};
  Int128 power = 1;
  for (std::size_t i = 0; i < powers.size(); ++i) {
    powers[i] = power;
    if (i + 1 < powers.size()) power *= 10;
  }
  return powers;
}();

// Whole numbers up to 2^53 and powers of ten up to 10^22 are doubles without loss, so that one division rounds once.
constexpr Int128 kExactInteger = Int128{1} << 53;
constexpr int kExactPower = 22;
constexpr std::array<double, kExactPower + 1> kDoublePowers = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                               1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                               1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

}    // namespace

Int128 power_of_ten(int exponent) {
  return kPowersOfTen[static_cast<std::size_t>(exponent)];
}

Int128 divide_rounded(Int128 units, Int128 divisor) {
  const Int128 quotient = units / divisor;
  const UInt128 rest = magnitude(units % divisor);
  // 2 * rest >= divisor, without leaving 128 bits
  if (rest < static_cast<UInt128>(divisor) - rest) return quotient;
  return units < 0 ? quotient - 1 : quotient + 1;
}

std::optional<Int128> rescale(Int128 units, int from, int to) {
  if (to <= from) return divide_rounded(units, power_of_ten(from - to));
  Int128 result = 0;
  if (__builtin_mul_overflow(units, power_of_ten(to - from), &result)) return std::nullopt;
  return result;
}

double decimal_to_double(Int128 units, int scale) {
  if (units >= -kExactInteger && units <= kExactInteger && scale <= kExactPower) {
    return static_cast<double>(static_cast<std::int64_t>(units)) / kDoublePowers[static_cast<std::size_t>(scale)];
  }
  // 39 digits, a sign and an exponent: the library's parser rounds correctly.
  char buffer[48];
  char* const end = buffer + sizeof(buffer);
  char* begin = end;
  for (int left = scale; left != 0; left /= 10) *--begin = static_cast<char>('0' + left % 10);
  if (scale != 0) {
    *--begin = '-';
    *--begin = 'e';
  }
  UInt128 rest = magnitude(units);
  do {
    *--begin = static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  } while (rest != 0);
  if (units < 0) *--begin = '-';
  double value = 0;
  std::from_chars(begin, end, value);
  return value;
}

}    // namespace cepheid::nfa
