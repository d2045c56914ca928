#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "cepheid/export.hpp"
#include "cepheid/row_words.hpp"
#include "cepheid/schema.hpp"
#include "cepheid/value_view.hpp"

namespace cepheid::inline v0 {

/// A row, read where it lies. Valid as long as what it was got from, inside a callback until that returns. Cheap to
/// copy.
class RowView {
 public:
  /// `slots`: one for each field of `schema`. All must outlive the view.
  RowView(const std::uint64_t* words, const Schema& schema, const FieldSlot* slots)
      : words_(words), schema_(&schema), slots_(slots) {}

  [[nodiscard]] const Schema& schema() const { return *schema_; }
  /// The row's memory; row_words.hpp says how it lies.
  [[nodiscard]] const std::uint64_t* words() const { return words_; }
  /// The value of the field at that position of the schema.
  [[nodiscard]] ValueView operator[](std::uint32_t field) const {
    const FieldSlot& slot = slots_[field];
    return {words_ + slot.word, (words_[slot.null_word] & slot.null_mask) != 0, schema_->fields()[field].type};
  }
  /// The value of the field of that name; null, of type null, if the schema has none. Linear in the fields: where it
  /// matters, look the position up once by schema().find().
  [[nodiscard]] CEPHEID_API ValueView operator[](std::string_view field) const;

 private:
  const std::uint64_t* words_;
  const Schema* schema_;
  const FieldSlot* slots_;
};

}    // namespace cepheid::inline v0
