#include "nfa/expr/text_functions.hpp"

#include <algorithm>
#include <limits>
#include <new>

#include <utf8proc.h>

namespace cepheid::nfa {
namespace {

// Upper case of the sharp s is in Unicode's simple mappings the sign itself; utf8proc gives the capital one.
constexpr utf8proc_int32_t kSharpS = 0xdf;

utf8proc_int32_t upper_of(utf8proc_int32_t sign) {
  return sign == kSharpS ? sign : utf8proc_toupper(sign);
}

const Text* map_signs(std::string_view text, Arena& arena, utf8proc_int32_t (*map)(utf8proc_int32_t)) {
  // A mapped sign may take more bytes than its origin, never more than twice as many: ASCII stays ASCII, and of two
  // bytes (U+0250) at most three become (U+2C6F).
  const std::size_t room = text.size() * 2;
  Text* result = arena.make_text(room);
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  std::size_t to = 0;
  for (std::size_t at = 0; at < text.size();) {
    const unsigned char byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      result->bytes[to++] = static_cast<char>(map(byte));
      ++at;
      continue;
    }
    utf8proc_int32_t sign = 0;
    const auto size = utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &sign);
    if (size <= 0) {
      result->bytes[to++] = text[at++];
      continue;
    }
    to += static_cast<std::size_t>(
        utf8proc_encode_char(map(sign), reinterpret_cast<utf8proc_uint8_t*>(result->bytes + to)));
    at += static_cast<std::size_t>(size);
  }
  result->size = to;
  return result;
}

/// Position of code point `count` counted from `at`, or the end.
std::size_t skip_signs(std::string_view text, std::size_t at, std::int64_t count) {
  while (count-- > 0 && at < text.size()) at = next_code_point(text, at);
  return at;
}

}    // namespace

std::int64_t text_length(std::string_view text) {
  std::int64_t count = 0;
  for (std::size_t at = 0; at < text.size(); at = next_code_point(text, at)) ++count;
  return count;
}

const Text* to_lower(std::string_view text, Arena& arena) {
  return map_signs(text, arena, utf8proc_tolower);
}
const Text* to_upper(std::string_view text, Arena& arena) {
  return map_signs(text, arena, upper_of);
}

std::string_view substring(std::string_view text, std::int64_t from, std::int64_t count) {
  std::int64_t end = 0;    // exclusive
  if (__builtin_add_overflow(from, count, &end)) end = std::numeric_limits<std::int64_t>::max();
  from = std::max<std::int64_t>(from, 1);
  if (end <= from) return {};
  const std::size_t begin_at = skip_signs(text, 0, from - 1);
  return text.substr(begin_at, skip_signs(text, begin_at, end - from) - begin_at);
}

const Composite* split_text(std::string_view text, std::string_view separator, Arena& arena) {
  std::size_t count = 1;
  if (!separator.empty()) {
    for (auto at = text.find(separator); at != std::string_view::npos;
         at = text.find(separator, at + separator.size())) {
      ++count;
    }
  }
  auto* items = static_cast<Datum*>(arena.allocate(count * sizeof(Datum)));
  std::size_t begin = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t end = i + 1 < count ? text.find(separator, begin) : text.size();
    new (items + i) Datum(Datum::of_text(arena.copy_text(text.substr(begin, end - begin))));
    begin = end + separator.size();
  }
  return new (arena.allocate(sizeof(Composite))) Composite{count, items};
}

}    // namespace cepheid::nfa
