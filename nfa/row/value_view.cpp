#include "cepheid/value_view.hpp"

#include "cepheid/row_view.hpp"
#include "nfa/row/datum.hpp"
#include "nfa/row/decimal_math.hpp"

namespace cepheid::inline v0 {

double ValueView::as_double() const {
  if (null_) return 0;
  switch (type_->kind) {
    case TypeKind::decimal: return nfa::decimal_to_double(as_decimal().units, type_->scale);
    case TypeKind::double_: {
      double number = 0;
      std::memcpy(&number, words_, sizeof number);
      return number;
    }
    default: return static_cast<double>(as_int());
  }
}

Value ValueView::to_value() const {
  return nfa::to_value(nfa::datum_of(*this), *type_);
}

ValueView RowView::operator[](std::string_view field) const {
  static const Type kNoType = Type::null();
  if (const auto position = schema_->find(field)) return (*this)[*position];
  return {nullptr, true, kNoType};
}

}    // namespace cepheid::inline v0

namespace cepheid::nfa {

Datum datum_of(const ValueView& value) {
  Datum datum;
  datum.null = value.is_null();
  std::memcpy(&datum.units, value.words(), sizeof datum.units);
  return datum;
}

}    // namespace cepheid::nfa
