#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cepheid/decimal.hpp"
#include "cepheid/type.hpp"

/// How a row lies in memory. For RowView, RowBatch and bindings, whose inline parts read and write it; nobody else
/// needs it, and it may change with any version of the library.
namespace cepheid::inline v0 {

/// Text in a row: its size and its bytes, in memory that somebody else owns.
struct Text {
  std::size_t size;
  __extension__ char bytes[];    // the bytes follow

  [[nodiscard]] std::string_view view() const { return {bytes, size}; }
};

/// Where a field of a row lies. A row is a sequence of 8-byte words: first the null bits (bit i of word i / 64: field i
/// is null), then a slot for each field, two words for a decimal. A slot holds the value itself or a pointer to it.
struct FieldSlot {
  std::uint32_t null_word = 0;
  std::uint32_t word = 0;    // of the value, from the start of the row
  std::uint64_t null_mask = 0;
  TypeKind kind = TypeKind::null_;
};

}    // namespace cepheid::inline v0
