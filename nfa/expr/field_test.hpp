#pragma once

#include <cstdint>
#include <cstring>

#include "nfa/expr/compare.hpp"
#include "nfa/row/layout.hpp"

namespace cepheid::nfa {

/// A field compared with a constant of its type, the commonest condition there is: a few loads and one comparison,
/// without a program being run. A null field does not hold.
struct FieldTest {
  enum class Kind : std::uint8_t { int_, double_, decimal, equal_text, compare_text };

  FieldSlot slot;
  Kind kind = Kind::int_;
  Outcome mask = 0;    // the outcomes for which it holds
  Datum constant;      // its text lives as long as the program

  [[nodiscard]] bool holds(Row row) const {
    if ((row[slot.null_word] & slot.null_mask) != 0) return false;
    const std::uint64_t word = row[slot.word];
    switch (kind) {
      case Kind::int_: return (compare_plain(static_cast<std::int64_t>(word), constant.integer) & mask) != 0;
      case Kind::double_: {
        double number = 0;
        std::memcpy(&number, &word, sizeof(number));
        return (compare_plain(number, constant.number) & mask) != 0;
      }
      case Kind::decimal: {
        Int128 units = 0;
        std::memcpy(&units, row + slot.word, sizeof(units));
        return (compare_plain(units, constant.units) & mask) != 0;
      }
      case Kind::equal_text: return (text_at(word) == constant.text->view()) == (mask == kEqual);
      case Kind::compare_text: return (compare_text(text_at(word), constant.text->view()) & mask) != 0;
    }
    return false;
  }

 private:
  static std::string_view text_at(std::uint64_t word) {
    const Text* text = nullptr;
    __builtin_memcpy(&text, &word, sizeof(word));
    return text->view();
  }
};

}    // namespace cepheid::nfa
