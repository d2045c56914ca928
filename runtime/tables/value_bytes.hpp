#pragma once

#include <optional>
#include <string>

#include "cepheid/type.hpp"
#include "nfa/row/datum.hpp"

namespace cepheid::runtime {

/// Appends a value of `type` so that equal values (same_value), and only those, have equal bytes, also when several
/// are appended one after the other. Null is a value like any other.
void append_value(std::string& bytes, const nfa::Datum& datum, const Type& type);

/// Null or NaN: what `==` holds with nothing for.
[[nodiscard]] bool equals_nothing(const nfa::Datum& datum, const Type& type);

/// The value of type `to` that `==` holds for with a value of type `from`; nothing: there is none. Null stays null.
/// Numbers are compared by their exact values.
[[nodiscard]] std::optional<nfa::Datum> equal_value(const nfa::Datum& datum, const Type& from, const Type& to);

}    // namespace cepheid::runtime
