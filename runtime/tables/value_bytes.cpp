#include "runtime/tables/value_bytes.hpp"

#include <cmath>
#include <cstdint>
#include <limits>

#include "nfa/expr/compare.hpp"
#include "nfa/row/decimal_math.hpp"
#include "nfa/row/deep_copy.hpp"

namespace cepheid::runtime {

namespace {

using nfa::Datum;

template <typename Word>
void append_word(std::string& bytes, const Word& word) {
  bytes.append(reinterpret_cast<const char*>(&word), sizeof(word));
}

/// A candidate where the types differ; whoever calls compares it with the value it was made from.
std::optional<Datum> to_int(const Datum& datum, const Type& from) {
  constexpr double kEnd = 9223372036854775808.0;    // 2^63
  if (from.kind == TypeKind::double_) {
    if (!(datum.number >= -kEnd && datum.number < kEnd)) return std::nullopt;
    return Datum::of_int(static_cast<std::int64_t>(datum.number));
  }
  const std::optional<Int128> whole = nfa::rescale(datum.units, from.scale, 0);
  if (!whole || *whole < std::numeric_limits<std::int64_t>::min() ||
      *whole > std::numeric_limits<std::int64_t>::max()) {
    return std::nullopt;
  }
  return Datum::of_int(static_cast<std::int64_t>(*whole));
}

/// The decimal that is exactly the double.
std::optional<Datum> double_to_decimal(double number, int scale) {
  int exponent = 0;
  const double fraction = std::frexp(number, &exponent);
  auto mantissa = static_cast<std::int64_t>(std::ldexp(fraction, std::numeric_limits<double>::digits));
  if (mantissa == 0) return Datum::of_decimal(0);
  exponent -= std::numeric_limits<double>::digits;
  for (; mantissa % 2 == 0; mantissa /= 2) ++exponent;
  Int128 power = nfa::power_of_ten(scale);
  // Beyond the point a binary digit needs a decimal one.
  if (-exponent > scale) return std::nullopt;
  for (; exponent < 0; ++exponent) power /= 2;
  Int128 units = 0;
  if (__builtin_mul_overflow(Int128{mantissa}, power, &units)) return std::nullopt;
  for (; exponent > 0; --exponent) {
    if (__builtin_mul_overflow(units, Int128{2}, &units)) return std::nullopt;
  }
  return Datum::of_decimal(units);
}

std::optional<Datum> to_decimal(const Datum& datum, const Type& from, int scale) {
  if (from.kind == TypeKind::double_) {
    return std::isfinite(datum.number) ? double_to_decimal(datum.number, scale) : std::nullopt;
  }
  const bool is_decimal = from.kind == TypeKind::decimal;
  const std::optional<Int128> units =
      nfa::rescale(is_decimal ? datum.units : Int128{datum.integer}, is_decimal ? from.scale : 0, scale);
  return units ? std::optional<Datum>(Datum::of_decimal(*units)) : std::nullopt;
}

std::optional<Datum> candidate(const Datum& datum, const Type& from, const Type& to) {
  const bool from_int = from.kind == TypeKind::int_ || from.kind == TypeKind::timestamp;
  const bool from_number = from.kind == TypeKind::double_ || from.kind == TypeKind::decimal;
  switch (to.kind) {
    case TypeKind::int_: return from_int ? datum : from_number ? to_int(datum, from) : std::nullopt;
    case TypeKind::timestamp: return from_int ? std::optional<Datum>(datum) : std::nullopt;
    case TypeKind::double_:
      if (from.kind == TypeKind::int_) return Datum::of_double(static_cast<double>(datum.integer));
      if (from.kind == TypeKind::decimal) return Datum::of_double(nfa::decimal_to_double(datum.units, from.scale));
      return std::nullopt;
    case TypeKind::decimal:
      if (from.kind == TypeKind::int_ || from_number) return to_decimal(datum, from, to.scale);
      return std::nullopt;
    default: return std::nullopt;
  }
}

}    // namespace

void append_value(std::string& bytes, const Datum& datum, const Type& type) {
  bytes.push_back(datum.null ? '\0' : '\1');
  if (datum.null) return;
  switch (type.kind) {
    case TypeKind::null_: break;
    case TypeKind::bool_: bytes.push_back(datum.boolean ? '\1' : '\0'); break;
    case TypeKind::int_:
    case TypeKind::timestamp: append_word(bytes, datum.integer); break;
    case TypeKind::double_:
      if (std::isnan(datum.number)) {
        append_word(bytes, std::numeric_limits<double>::quiet_NaN());
      } else {
        append_word(bytes, datum.number == 0 ? 0.0 : datum.number);    // -0.0 equals 0.0
      }
      break;
    case TypeKind::decimal: append_word(bytes, datum.units); break;
    case TypeKind::string:
      append_word(bytes, std::uint64_t{datum.text->size});
      bytes.append(datum.text->view());
      break;
    default:
      append_word(bytes, std::uint64_t{datum.composite->size});
      for (std::size_t i = 0; i < datum.composite->size; ++i) {
        append_value(bytes, datum.composite->items[i], nfa::item_type(type, i));
      }
      break;
  }
}

bool equals_nothing(const Datum& datum, const Type& type) {
  return datum.null || (type.kind == TypeKind::double_ && std::isnan(datum.number));
}

std::optional<Datum> equal_value(const Datum& datum, const Type& from, const Type& to) {
  if (datum.null || (from.kind == to.kind && (from.kind != TypeKind::decimal || from.scale == to.scale))) return datum;
  const std::optional<Datum> found = candidate(datum, from, to);
  if (!found || nfa::compare_values(*found, to, datum, from) != nfa::kEqual) return std::nullopt;
  return found;
}

}    // namespace cepheid::runtime
