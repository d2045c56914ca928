#pragma once

#include <cstddef>

#include "cepheid/type.hpp"
#include "nfa/row/datum.hpp"

namespace cepheid::nfa {

/// Bytes of the text or composites that hang on a datum, all pieces rounded up to 16; 0 for what holds itself.
[[nodiscard]] std::size_t deep_size(const Datum& datum, const Type& type);

/// Copies what hangs on `datum` to `to`, moves `to` behind it, and gives the datum that points there. `to` is aligned
/// to 16 and has deep_size bytes.
[[nodiscard]] Datum deep_copy(const Datum& datum, const Type& type, char*& to);

/// The type of item `i` of a composite of `type`: an element, a field, a map's name or value.
[[nodiscard]] inline const Type& item_type(const Type& type, std::size_t i) {
  static const Type kName = Type::string();
  if (type.kind == TypeKind::object) return (*type.fields)[i].type;
  return type.kind == TypeKind::map && i % 2 == 0 ? kName : *type.element;
}

/// Is the value of such a type a pointer to memory beside it?
[[nodiscard]] inline bool is_deep(TypeKind kind) {
  return kind == TypeKind::string || kind == TypeKind::list || kind == TypeKind::object || kind == TypeKind::map;
}

}    // namespace cepheid::nfa
