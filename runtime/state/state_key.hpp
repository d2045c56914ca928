#pragma once

#include <string>

#include "cepheid/type.hpp"
#include "nfa/row/datum.hpp"

namespace cepheid::runtime {

/// Appends a value of `type` to the bytes of a state's key so that
/// - keys with equal values (same_value), and only those, have equal bytes;
/// - bytes are in the order of the values, part by part: null first, numbers by size (NaN last), texts by code point;
/// - the bytes of a key begin with the bytes of its first parts, and no other key's bytes do.
void append_state_key(std::string& bytes, const nfa::Datum& datum, const Type& type);

}    // namespace cepheid::runtime
