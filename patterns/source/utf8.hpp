#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cepheid::patterns {

/// Whether the byte goes on with a code point that an earlier byte began.
[[nodiscard]] inline bool continues_code_point(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

/// Number of code points of well-formed text.
[[nodiscard]] std::size_t count_code_points(std::string_view text);

/// Offset of the first byte that is not well-formed UTF-8 (Unicode, table 3-7: no surrogates, no overlong forms).
[[nodiscard]] std::optional<std::size_t> find_invalid_utf8(std::string_view text);

/// Appends a code point (a scalar value) to `text`.
void append_utf8(std::string& text, char32_t code_point);

}    // namespace cepheid::patterns
