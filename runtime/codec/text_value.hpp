#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "cepheid/decimal.hpp"

namespace cepheid::runtime {

/// Text to values as "Reading" in the language says. Each gives nothing where the text does not convert.

/// `-?[0-9]+` within 64 bits.
[[nodiscard]] std::optional<std::int64_t> parse_int(std::string_view text);
/// A JSON number that is whole and within 64 bits, however written: `12`, `12.0`, `1.2e1`.
[[nodiscard]] std::optional<std::int64_t> parse_whole_number(std::string_view json_number);
/// A JSON number; one beyond the range of double does not convert.
[[nodiscard]] std::optional<double> parse_double(std::string_view text);
/// `-?[0-9]+` with at most `scale` digits after a point, no exponent.
[[nodiscard]] std::optional<Decimal> parse_decimal_text(std::string_view text, int scale);
/// Is it a number as JSON writes them: no leading zero, no bare point?
[[nodiscard]] bool is_json_number(std::string_view text);

}    // namespace cepheid::runtime
