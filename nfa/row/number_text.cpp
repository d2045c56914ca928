#include "nfa/row/number_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "nfa/row/decimal_math.hpp"

namespace cepheid::nfa {
namespace {

constexpr std::int64_t kMaxExponent = 1'000'000'000;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Takes the digits that `text` begins with off it.
std::string_view take_digits(std::string_view& text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  const std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

bool take_sign(std::string_view& text) {
  if (text.empty() || (text[0] != '-' && text[0] != '+')) return false;
  const bool negative = text[0] == '-';
  text.remove_prefix(1);
  return negative;
}

/// Does the number lie so near to zero that no double is left of it, rather than so far away?
bool is_tiny(const NumberText& number) {
  std::int64_t digits_before_point = 0;
  if (const auto at = number.whole.find_first_not_of('0'); at != std::string_view::npos) {
    digits_before_point = static_cast<std::int64_t>(number.whole.size() - at);
  } else {
    const auto zeros = std::min(number.fraction.find_first_not_of('0'), number.fraction.size());
    digits_before_point = -static_cast<std::int64_t>(zeros);
  }
  return digits_before_point + number.exponent <= 0;
}

}    // namespace

std::optional<NumberText> scan_number(std::string_view text) {
  NumberText number;
  number.negative = take_sign(text);
  number.whole = take_digits(text);
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    number.fraction = take_digits(text);
  }
  if (number.whole.empty() && number.fraction.empty()) return std::nullopt;
  if (!text.empty() && (text[0] == 'e' || text[0] == 'E')) {
    text.remove_prefix(1);
    const bool negative = take_sign(text);
    const std::string_view digits = take_digits(text);
    if (digits.empty()) return std::nullopt;
    for (const char digit : digits) {
      number.exponent = std::min(number.exponent * 10 + (digit - '0'), kMaxExponent);
    }
    if (negative) number.exponent = -number.exponent;
  }
  if (!text.empty()) return std::nullopt;
  return number;
}

std::optional<Decimal> decimal_of(const NumberText& number, int scale, bool round) {
  const auto whole_size = static_cast<std::int64_t>(number.whole.size());
  const auto count = whole_size + static_cast<std::int64_t>(number.fraction.size());
  const auto digit = [&](std::int64_t i) {
    return i < whole_size ? number.whole[static_cast<std::size_t>(i)] - '0'
                          : number.fraction[static_cast<std::size_t>(i - whole_size)] - '0';
  };
  // The digits as one whole number are to be multiplied by 10^shift.
  const std::int64_t shift = number.exponent - static_cast<std::int64_t>(number.fraction.size()) + scale;
  if (shift < 0 && !round) return std::nullopt;
  const std::int64_t kept = std::min(count, count + shift);

  // Built up with its sign, as the smallest number has no positive counterpart.
  const int sign = number.negative ? -1 : 1;
  Int128 units = 0;
  const auto append = [&](int value) {
    return !__builtin_mul_overflow(units, Int128{10}, &units) &&
           !__builtin_add_overflow(units, Int128{sign * value}, &units);
  };
  for (std::int64_t i = 0; i < kept; ++i) {
    if (!append(digit(i))) return std::nullopt;
  }
  for (std::int64_t i = 0; i < shift && units != 0; ++i) {
    if (!append(0)) return std::nullopt;
  }
  if (kept >= 0 && kept < count && digit(kept) >= 5) {
    if (__builtin_add_overflow(units, Int128{sign}, &units)) return std::nullopt;
  }
  return Decimal{units};
}

std::optional<std::int64_t> int_of_text(std::string_view text) {
  if (!text.empty() && text[0] == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text[0] == '-') return std::nullopt;
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> double_of_text(std::string_view text) {
  const auto number = scan_number(text);
  if (!number) return std::nullopt;
  if (text[0] == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    if (!is_tiny(*number)) return std::nullopt;
    return number->negative ? -0.0 : 0.0;
  }
  if (error != std::errc{} || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<Decimal> decimal_of_text(std::string_view text, int scale) {
  const auto number = scan_number(text);
  if (!number) return std::nullopt;
  return decimal_of(*number, scale, true);
}

std::optional<Decimal> decimal_of_double(double value, int scale) {
  if (!std::isfinite(value)) return std::nullopt;
  char buffer[kMaxDoubleText];
  const char* end = write_double(value, buffer);
  return decimal_of_text({buffer, end}, scale);
}

char* write_double(double value, char* to) {
  const double size = std::fabs(value);
  const bool plain = size == 0 || (size >= 1e-4 && size < 1e15);
  const auto format = plain ? std::chars_format::fixed : std::chars_format::scientific;
  return std::to_chars(to, to + kMaxDoubleText, value, format).ptr;
}

}    // namespace cepheid::nfa
