#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cepheid::alerts {

/// Puts U+FFFD in the place of each byte that is not part of valid UTF-8.
void repair_utf8(std::string& text);

/// The longest beginning of valid UTF-8 `text` that has at most `bytes` bytes and cuts no character.
[[nodiscard]] std::string_view cut_utf8(std::string_view text, std::size_t bytes);

/// `text` if it has at most `bytes` bytes, else its beginning and `…`, together at most that.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t bytes);

}    // namespace cepheid::alerts
