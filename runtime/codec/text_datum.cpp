#include "runtime/codec/text_datum.hpp"

#include <cstdint>

#include "nfa/expr/time_functions.hpp"
#include "runtime/codec/text_value.hpp"

namespace cepheid::runtime {

namespace {

template <typename T>
std::optional<nfa::Datum> made(const std::optional<T>& value, nfa::Datum (*make)(T)) {
  return value ? std::optional<nfa::Datum>(make(*value)) : std::nullopt;
}

}    // namespace

std::optional<nfa::Datum> datum_of_text(std::string_view text, const Type& type, nfa::Arena& arena) {
  switch (type.kind) {
    case TypeKind::bool_:
      if (text != "true" && text != "false") return std::nullopt;
      return nfa::Datum::of_bool(text == "true");
    case TypeKind::int_: return made(parse_int(text), nfa::Datum::of_int);
    case TypeKind::double_: return made(parse_double(text), nfa::Datum::of_double);
    case TypeKind::decimal: {
      const std::optional<Decimal> decimal = parse_decimal_text(text, type.scale);
      return decimal ? std::optional<nfa::Datum>(nfa::Datum::of_decimal(decimal->units)) : std::nullopt;
    }
    case TypeKind::string: return nfa::Datum::of_text(arena.copy_text(text));
    case TypeKind::timestamp: {
      const std::optional<std::int64_t> ms = parse_int(text);
      return made<TimeMs>(ms ? ms : nfa::parse_timestamp(text), nfa::Datum::of_int);
    }
    case TypeKind::null_:
    case TypeKind::list:
    case TypeKind::object:
    case TypeKind::map: return std::nullopt;
  }
  return std::nullopt;
}

}    // namespace cepheid::runtime
