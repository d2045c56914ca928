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

/// The type of element or field `i` of a composite of `type`.
[[nodiscard]] inline const Type& item_type(const Type& type, std::size_t i) {
  return type.kind == TypeKind::list ? *type.element : (*type.fields)[i].type;
}

/// Is the value of such a type a pointer to memory beside it?
[[nodiscard]] inline bool is_deep(TypeKind kind) {
  return kind == TypeKind::string || kind == TypeKind::list || kind == TypeKind::object;
}

}    // namespace cepheid::nfa
