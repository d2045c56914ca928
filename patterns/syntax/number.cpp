#include "patterns/syntax/number.hpp"

#include <fmt/format.h>

#include <limits>

namespace cepheid::patterns::syntax {

namespace {

constexpr std::int64_t kMaxInteger = std::numeric_limits<std::int64_t>::max();

bool is_digit(char c) {
  return '0' <= c && c <= '9';
}

/// Takes digits, with single `_` between them, from the front of `text`.
std::string_view take_digits(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size()) {
    const bool separator = text[length] == '_' && length > 0 && text[length - 1] != '_';
    if (!is_digit(text[length]) && !separator) break;
    ++length;
  }
  if (length > 0 && text[length - 1] == '_') --length;
  const std::string_view digits = text.substr(0, length);
  text.remove_prefix(length);
  return digits;
}

/// Nothing if it is greater than kMaxInteger.
std::optional<std::int64_t> value_of_digits(std::string_view digits) {
  std::int64_t value = 0;
  for (const char c : digits) {
    if (c == '_') continue;
    const std::int64_t digit = c - '0';
    if (value > (kMaxInteger - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

/// Milliseconds of the unit that begins `text`, which is taken off; 0 if there is none.
std::int64_t take_unit(std::string_view& text) {
  struct Unit {
    std::string_view text;
    std::int64_t ms;
  };
  constexpr Unit kUnits[] = {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
  for (const Unit& unit : kUnits) {
    if (!text.starts_with(unit.text)) continue;
    text.remove_prefix(unit.text.size());
    return unit.ms;
  }
  return 0;
}

struct DurationLook {
  bool well_formed = false;
  std::optional<std::int64_t> ms;    // nothing if too large
};

DurationLook look_at_duration(std::string_view text) {
  DurationLook look{.well_formed = true, .ms = 0};
  while (!text.empty()) {
    const std::string_view digits = take_digits(text);
    const std::int64_t unit = take_unit(text);
    if (digits.empty() || unit == 0) return {};
    const std::optional<std::int64_t> count = value_of_digits(digits);
    if (!look.ms || !count || *count > (kMaxInteger - *look.ms) / unit) {
      look.ms.reset();
    } else {
      *look.ms += *count * unit;
    }
  }
  return look;
}

NumberLook problem(DiagnosticKind kind, std::string message, std::string hint = {}) {
  return {TokenKind::invalid, NumberProblem{kind, std::move(message), std::move(hint)}};
}

}    // namespace

NumberLook look_at_number(std::string_view text) {
  const std::string shown(text.substr(0, 40));
  std::string_view rest = text;
  const std::string_view whole = take_digits(rest);
  if (rest.empty()) {
    if (value_of_digits(whole)) return {TokenKind::integer, {}};
    return problem(DiagnosticKind::bad_number, fmt::format("`{}` is too large", shown),
                   fmt::format("an int is at most {}", kMaxInteger));
  }
  if (const DurationLook duration = look_at_duration(text); duration.well_formed) {
    if (duration.ms) return {TokenKind::duration, {}};
    return problem(DiagnosticKind::bad_duration, fmt::format("`{}` is too long", shown),
                   fmt::format("a duration is at most {} ms", kMaxInteger));
  }
  bool fraction_or_exponent = false;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    fraction_or_exponent = !take_digits(rest).empty();
  }
  if (std::string_view exponent = rest; exponent.starts_with('e') || exponent.starts_with('E')) {
    exponent.remove_prefix(1);
    if (exponent.starts_with('+') || exponent.starts_with('-')) exponent.remove_prefix(1);
    if (!take_digits(exponent).empty()) {
      rest = exponent;
      fraction_or_exponent = true;
    }
  }
  if (fraction_or_exponent && rest.empty()) return {TokenKind::number, {}};
  if (!rest.empty() && take_unit(rest) != 0) {
    return problem(DiagnosticKind::bad_duration, fmt::format("`{}` is not a duration", shown),
                   "whole numbers with `ms`, `s`, `m`, `h` or `d`, as in `1h30m`");
  }
  return problem(DiagnosticKind::bad_number, fmt::format("`{}` is not a number", shown));
}

std::int64_t integer_value(std::string_view text) {
  return value_of_digits(text).value_or(0);
}

std::int64_t duration_value(std::string_view text) {
  return look_at_duration(text).ms.value_or(0);
}

std::string without_separators(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c != '_') result.push_back(c);
  }
  return result;
}

}    // namespace cepheid::patterns::syntax
