#include "cepheid/decimal.hpp"

#include "nfa/row/decimal_math.hpp"
#include "nfa/row/number_text.hpp"

namespace cepheid::inline v0 {

void append_decimal(std::string& out, Decimal value, int scale) {
  // 39 digits at most, or the digits of the scale with a zero before the point; a point and a sign.
  char buffer[48];
  char* const end = buffer + sizeof(buffer);
  char* begin = end;
  nfa::UInt128 rest = nfa::magnitude(value.units);
  int digits = 0;
  do {
    if (digits == scale && digits > 0) *--begin = '.';
    *--begin = static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
    ++digits;
  } while (rest != 0 || digits <= scale);
  if (value.units < 0) *--begin = '-';
  out.append(begin, end);
}

std::string to_string(Decimal value, int scale) {
  std::string out;
  append_decimal(out, value, scale);
  return out;
}

std::optional<Decimal> parse_decimal(std::string_view text, int scale, bool round) {
  const auto number = nfa::scan_number(text);
  if (!number || text[0] == '+' || number->whole.empty()) return std::nullopt;
  if (number->fraction.empty() && text.find('.') != std::string_view::npos) return std::nullopt;
  return nfa::decimal_of(*number, scale, round);
}

}    // namespace cepheid::inline v0
