#include "nfa/expr/value_hash.hpp"

#include <bit>

#include "nfa/row/deep_copy.hpp"

namespace cepheid::nfa {

void ValueHasher::add_word(std::uint64_t word) {
  for (int shift = 0; shift < 64; shift += 8) add_byte(static_cast<unsigned char>(word >> shift));
}

void ValueHasher::add(const Datum& datum, const Type& type) {
  if (datum.null) {
    add_byte(0);
    return;
  }
  switch (type.kind) {
    case TypeKind::null_: add_byte(0); break;
    case TypeKind::bool_:
      add_byte(1);
      add_byte(datum.boolean ? 1 : 0);
      break;
    case TypeKind::int_:
    case TypeKind::timestamp:
      add_byte(2);
      add_word(static_cast<std::uint64_t>(datum.integer));
      break;
    case TypeKind::double_:
      add_byte(3);
      add_word(std::bit_cast<std::uint64_t>(datum.number == 0 ? 0.0 : datum.number));
      break;
    case TypeKind::decimal: {
      Int128 units = datum.units;
      unsigned scale = type.scale;
      for (; scale > 0 && units % 10 == 0; --scale) units /= 10;
      add_byte(4);
      add_word(static_cast<std::uint64_t>(units));
      add_word(static_cast<std::uint64_t>(units >> 64));
      add_byte(static_cast<unsigned char>(scale));
      break;
    }
    case TypeKind::string:
      add_byte(5);
      add_word(datum.text->size);
      for (const char c : datum.text->view()) add_byte(static_cast<unsigned char>(c));
      break;
    case TypeKind::list:
    case TypeKind::object:
    case TypeKind::map:
      add_byte(6);
      add_word(datum.composite->size);
      for (std::size_t i = 0; i < datum.composite->size; ++i) add(datum.composite->items[i], item_type(type, i));
      break;
  }
}

std::int64_t ValueHasher::result() const {
  std::uint64_t hash = state_;
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
  return static_cast<std::int64_t>(hash ^ (hash >> 33));
}

}    // namespace cepheid::nfa
