#include "runtime/codec/text_value.hpp"

#include <charconv>
#include <limits>

#include "nfa/row/number_text.hpp"

namespace cepheid::runtime {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::size_t digits_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - at;
}

}    // namespace

std::optional<std::int64_t> parse_int(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> parse_whole_number(std::string_view json_number) {
  if (!is_json_number(json_number)) return std::nullopt;
  std::optional<nfa::NumberText> number = nfa::scan_number(json_number);
  if (!number) return std::nullopt;
  while (number->fraction.ends_with('0')) number->fraction.remove_suffix(1);
  // Digits all the way, no double: 9007199254740993.0 stays itself.
  const std::optional<Decimal> whole = nfa::decimal_of(*number, 0, false);
  if (!whole || whole->units < std::numeric_limits<std::int64_t>::min() ||
      whole->units > std::numeric_limits<std::int64_t>::max()) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(whole->units);
}

std::optional<double> parse_double(std::string_view text) {
  return is_json_number(text) ? nfa::double_of_text(text) : std::nullopt;
}

std::optional<Decimal> parse_decimal_text(std::string_view text, int scale) {
  if (text.find_first_of("eE") != std::string_view::npos) return std::nullopt;
  return parse_decimal(text, scale, false);
}

bool is_json_number(std::string_view text) {
  std::size_t at = !text.empty() && text.front() == '-' ? 1 : 0;
  const std::size_t whole = digits_at(text, at);
  if (whole == 0 || (whole > 1 && text[at] == '0')) return false;
  at += whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = digits_at(text, at + 1);
    if (fraction == 0) return false;
    at += 1 + fraction;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = digits_at(text, at);
    if (exponent == 0) return false;
    at += exponent;
  }
  return at == text.size();
}

}    // namespace cepheid::runtime
