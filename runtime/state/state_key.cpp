#include "runtime/state/state_key.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "nfa/row/deep_copy.hpp"

namespace cepheid::runtime {

namespace {

// What stands before a value, and behind the last item of a composite.
constexpr char kNull = '\0';
constexpr char kValue = '\1';
constexpr char kItem = '\1';
constexpr char kNoItem = '\0';

/// The highest byte first, so that bytes have the order of the numbers.
template <typename Word>
void append_word(std::string& bytes, Word word) {
  for (int shift = static_cast<int>(sizeof(Word)) * 8 - 8; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(static_cast<unsigned char>(word >> shift)));
  }
}

void append_int(std::string& bytes, std::int64_t number) {
  append_word(bytes, static_cast<std::uint64_t>(number) ^ (std::uint64_t{1} << 63));
}

void append_decimal(std::string& bytes, Int128 units) {
  __extension__ using Unsigned = unsigned __int128;
  append_word(bytes, static_cast<Unsigned>(units) ^ (Unsigned{1} << 127));
}

void append_double(std::string& bytes, double number) {
  if (std::isnan(number)) {
    append_word(bytes, std::numeric_limits<std::uint64_t>::max());
    return;
  }
  const auto bits = std::bit_cast<std::uint64_t>(number == 0 ? 0.0 : number);    // -0.0 equals 0.0
  append_word(bytes, (bits >> 63) != 0 ? ~bits : bits | (std::uint64_t{1} << 63));
}

/// Ends by two zero bytes; a zero byte of the text itself is followed by 255, so that none of them is an end.
void append_text(std::string& bytes, std::string_view text) {
  for (const char c : text) {
    bytes.push_back(c);
    if (c == '\0') bytes.push_back('\xff');
  }
  bytes.append(2, '\0');
}

}    // namespace

void append_state_key(std::string& bytes, const nfa::Datum& datum, const Type& type) {
  bytes.push_back(datum.null ? kNull : kValue);
  if (datum.null) return;
  switch (type.kind) {
    case TypeKind::null_: break;
    case TypeKind::bool_: bytes.push_back(datum.boolean ? '\1' : '\0'); break;
    case TypeKind::int_:
    case TypeKind::timestamp: append_int(bytes, datum.integer); break;
    case TypeKind::double_: append_double(bytes, datum.number); break;
    case TypeKind::decimal: append_decimal(bytes, datum.units); break;
    case TypeKind::string: append_text(bytes, datum.text->view()); break;
    case TypeKind::list:
    case TypeKind::object:
    case TypeKind::map:
      for (std::size_t i = 0; i < datum.composite->size; ++i) {
        bytes.push_back(kItem);
        append_state_key(bytes, datum.composite->items[i], nfa::item_type(type, i));
      }
      bytes.push_back(kNoItem);
      break;
  }
}

}    // namespace cepheid::runtime
