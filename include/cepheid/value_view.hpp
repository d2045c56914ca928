#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "cepheid/export.hpp"
#include "cepheid/row_words.hpp"
#include "cepheid/value.hpp"

namespace cepheid::inline v0 {

/// A value or null in a row, a match's key or its `emit`, where it lies: nothing is copied. Valid as long as what it
/// was got from, inside a callback until that returns. Cheap to copy.
///
/// The `as_` functions require the type they name; of a null they give 0, false or "".
class ValueView {
 public:
  /// `words`: the value as a row's slot has it (two words for a decimal). `type` must outlive the view.
  ValueView(const std::uint64_t* words, bool null, const Type& type) : type_(&type), null_(null) {
    if (null) return;
    std::memcpy(words_, words, type.kind == TypeKind::decimal ? sizeof words_ : sizeof words_[0]);
  }

  [[nodiscard]] bool is_null() const { return null_; }
  [[nodiscard]] const Type& type() const { return *type_; }

  [[nodiscard]] bool as_bool() const { return (words_[0] & 0xff) != 0; }
  [[nodiscard]] std::int64_t as_int() const { return static_cast<std::int64_t>(words_[0]); }
  /// Of an int or a decimal too: the nearest double.
  [[nodiscard]] CEPHEID_API double as_double() const;
  [[nodiscard]] Decimal as_decimal() const {
    Decimal decimal;
    std::memcpy(&decimal.units, words_, sizeof words_);
    return decimal;
  }
  [[nodiscard]] std::string_view as_text() const {
    if (null_) return {};
    const Text* text = nullptr;
    std::memcpy(&text, words_, sizeof text);
    return text->view();
  }
  [[nodiscard]] Timestamp as_timestamp() const { return {as_int()}; }

  /// The value as a row's slot has it.
  [[nodiscard]] const std::uint64_t* words() const { return words_; }
  /// An owned copy, lists and objects too.
  [[nodiscard]] CEPHEID_API Value to_value() const;

 private:
  alignas(16) std::uint64_t words_[2] = {0, 0};
  const Type* type_;
  bool null_;
};

/// As `string(x)` of the rule language writes it; a null is "null".
[[nodiscard]] CEPHEID_API std::string to_string(const ValueView& value);

}    // namespace cepheid::inline v0
