#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "cepheid/row_view.hpp"
#include "cepheid/schema.hpp"
#include "nfa/row/arena.hpp"
#include "nfa/row/datum.hpp"

namespace cepheid::nfa {

/// One event's fields: a view of 8-byte words (FieldSlot says how they lie; text and composites are pointers).
/// Does not own; lives as long as its batch, its arena or the stored event.
using Row = const std::uint64_t*;

using cepheid::FieldSlot;

/// Copies the words of a row: too few to be worth a call, and not one by one.
inline void copy_words(std::uint64_t* to, Row from, std::size_t words) {
  std::size_t i = 0;
  for (; i + 2 <= words; i += 2) __builtin_memcpy(to + i, from + i, 2 * sizeof(std::uint64_t));
  if (i != words) to[i] = from[i];
}

/// How the rows of a schema lie in memory. Immutable; shared by all that read such rows.
class RowLayout {
 public:
  explicit RowLayout(Schema schema);

  [[nodiscard]] const Schema& schema() const { return schema_; }
  [[nodiscard]] const FieldSlot& slot(std::uint32_t field) const { return slots_[field]; }
  [[nodiscard]] RowView view(Row row) const { return {row, schema_, slots_.data()}; }
  /// One for each field.
  [[nodiscard]] const FieldSlot* slots() const { return slots_.data(); }
  /// Size of a row in 8-byte words.
  [[nodiscard]] std::uint32_t words() const { return words_; }

  /// Makes all fields null.
  void clear(std::uint64_t* row) const { copy_words(row, null_row_.data(), words_); }
  /// A row whose fields are all null.
  [[nodiscard]] const std::vector<std::uint64_t>& null_row() const { return null_row_; }
  /// Sets a field; text and composites are kept as pointers, not copied.
  void set(std::uint64_t* row, std::uint32_t field, const Datum& datum) const {
    const FieldSlot& slot = slots_[field];
    std::uint64_t* const words = row + slot.word;
    if (datum.null) {
      row[slot.null_word] |= slot.null_mask;
      words[0] = 0;
      if (slot.kind == TypeKind::decimal) words[1] = 0;
      return;
    }
    row[slot.null_word] &= ~slot.null_mask;
    if (slot.kind == TypeKind::decimal) {
      __builtin_memcpy(words, &datum.units, 16);
    } else if (slot.kind == TypeKind::bool_) {
      words[0] = datum.boolean ? 1 : 0;
    } else {
      __builtin_memcpy(words, &datum.integer, 8);
    }
  }

  /// Bytes for a deep copy of `row` in one block: the words, then its text and composites.
  [[nodiscard]] std::size_t copy_size(Row row) const;
  /// Writes that copy to `to`, which has copy_size(row) bytes and is aligned to 16.
  void copy_to(Row row, void* to) const;

 private:
  Schema schema_;
  std::vector<FieldSlot> slots_;
  std::vector<std::uint32_t> deep_;    // fields whose slot is a pointer
  std::vector<std::uint64_t> null_row_;
  std::uint32_t words_ = 0;
};

/// Reads a field. Inline: this is on the path of every condition.
[[nodiscard]] inline Datum read_field(Row row, const FieldSlot& slot) {
  Datum datum;
  datum.null = (row[slot.null_word] & slot.null_mask) != 0;
  if (slot.kind == TypeKind::decimal) {
    __builtin_memcpy(&datum.units, row + slot.word, 16);
  } else {
    __builtin_memcpy(&datum.integer, row + slot.word, 8);
  }
  return datum;
}

}    // namespace cepheid::nfa
