#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "nfa/row/arena.hpp"
#include "nfa/row/datum.hpp"

// Functions on text. Text is UTF-8 and counted in code points; bytes that are no UTF-8 count as one each where a sign
// should begin, and are kept as they are.

namespace cepheid::nfa {

/// Position behind the code point that begins at `at`. Requires at < text.size().
[[nodiscard]] inline std::size_t next_code_point(std::string_view text, std::size_t at) {
  ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) ++at;
  return at;
}

/// Code points of `text`.
[[nodiscard]] std::int64_t text_length(std::string_view text);

/// Unicode's simple mappings, one code point to one. Results live in `arena`.
[[nodiscard]] const Text* to_lower(std::string_view text, Arena& arena);
[[nodiscard]] const Text* to_upper(std::string_view text, Arena& arena);

/// SQL's: `count` signs from position `from`, the first being 1; positions outside count but are empty.
/// Requires count >= 0. A view of `text`.
[[nodiscard]] std::string_view substring(std::string_view text, std::int64_t from, std::int64_t count);

/// The parts between the separators, at least one; an empty separator separates nothing. The list lives in `arena`.
[[nodiscard]] const Composite* split_text(std::string_view text, std::string_view separator, Arena& arena);

}    // namespace cepheid::nfa
