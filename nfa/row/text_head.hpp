#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace cepheid::nfa {

/// Texts of up to so many bytes are told apart by their size and text_head().
inline constexpr std::size_t kTextHeadBytes = 8;

/// A word made of a text's first 8 bytes, or of all it has: two texts of one size, at most 8, are equal if and only if
/// their words are. Reads nothing behind the text. For memory only: it differs between machines.
[[nodiscard]] inline std::uint64_t text_head(std::string_view text) {
  const char* const bytes = text.data();
  const std::size_t size = text.size();
  if (size >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return word;
  }
  if (size >= 4) {
    std::uint32_t first = 0;
    std::uint32_t last = 0;    // the two overlap
    std::memcpy(&first, bytes, sizeof first);
    std::memcpy(&last, bytes + size - sizeof last, sizeof last);
    return std::uint64_t{last} << 32 | first;
  }
  if (size == 0) return 0;
  const auto byte = [&](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(bytes[i])}; };
  return byte(0) | byte(size / 2) << 8 | byte(size - 1) << 16;
}

/// The way back: writes the text of `size` bytes, at most kTextHeadBytes, that has this head.
inline void write_text_of_head(std::uint64_t head, std::size_t size, char* to) {
  if (size >= 8) {
    std::memcpy(to, &head, sizeof head);
  } else if (size >= 4) {
    const auto first = static_cast<std::uint32_t>(head);
    const auto last = static_cast<std::uint32_t>(head >> 32);
    std::memcpy(to, &first, sizeof first);
    std::memcpy(to + size - sizeof last, &last, sizeof last);
  } else if (size != 0) {
    to[0] = static_cast<char>(head);
    to[size / 2] = static_cast<char>(head >> 8);
    to[size - 1] = static_cast<char>(head >> 16);
  }
}

}    // namespace cepheid::nfa
