#pragma once

#include <cstddef>
#include <cstdint>

#include "cepheid/decimal.hpp"
#include "cepheid/type.hpp"
#include "cepheid/value.hpp"
#include "cepheid/value_view.hpp"
#include "nfa/row/arena.hpp"

namespace cepheid::nfa {

struct Datum;

/// Elements of a list, or the values of an object in the order of its type's fields, or of a map each name (text, never
/// null) and its value, one after the other, so that `size` is even. Lives as long as what owns it.
struct Composite {
  std::size_t size;
  const Datum* items;
};

/// One value while it is computed: its type is known from elsewhere (the program, the schema), only null is told here.
/// Text and composites are borrowed from an arena, a batch or a stored event.
struct Datum {
  union {
    bool boolean;
    std::int64_t integer;    // int, and timestamp in ms
    double number;
    Int128 units;    // decimal
    const Text* text;
    const Composite* composite;
  };
  bool null = true;

  Datum() : units(0) {}
  static Datum of_bool(bool v) {
    Datum d;
    d.boolean = v;
    d.null = false;
    return d;
  }
  static Datum of_int(std::int64_t v) {
    Datum d;
    d.integer = v;
    d.null = false;
    return d;
  }
  static Datum of_double(double v) {
    Datum d;
    d.number = v;
    d.null = false;
    return d;
  }
  static Datum of_decimal(Int128 v) {
    Datum d;
    d.units = v;
    d.null = false;
    return d;
  }
  static Datum of_text(const Text* v) {
    Datum d;
    d.text = v;
    d.null = false;
    return d;
  }
  static Datum of_composite(const Composite* v) {
    Datum d;
    d.composite = v;
    d.null = false;
    return d;
  }
};

/// SQL's grouping equality, not `==`: null equals null, doubles by value with NaN equal to NaN, maps with their names
/// in one order. Both are of `type`.
[[nodiscard]] bool same_value(const Datum& a, const Datum& b, const Type& type);
/// An owned copy, and the way back (text and composites are put into `arena`).
[[nodiscard]] Value to_value(const Datum& datum, const Type& type);
[[nodiscard]] Datum from_value(const Value& value, const Type& type, Arena& arena);
/// The same value as users see it, and the way back.
[[nodiscard]] inline ValueView view_of(const Datum& datum, const Type& type) {
  std::uint64_t words[2];
  __builtin_memcpy(words, &datum.units, sizeof words);
  return {words, datum.null, type};
}
[[nodiscard]] Datum datum_of(const ValueView& value);
/// A copy whose text and composites live in `arena`.
[[nodiscard]] Datum copy_datum(const Datum& datum, const Type& type, Arena& arena);

}    // namespace cepheid::nfa
