#pragma once

#include <cstdint>

#include "nfa/row/bytes.hpp"
#include "nfa/row/layout.hpp"

namespace cepheid::nfa {

/// A row with its text and composites: first the null bits, 8 fields a byte, the first field lowest; then each value
/// that is not null, in the order of the fields:
///   bool: a byte; int and timestamp: signed varint; double: fixed64; decimal: two fixed64, the lower half first;
///   string: text; list: the number of its items; of a list or object then each item: a byte 1 and the value, or 0.
/// Whoever reads it must have the layout.
void write_row(ByteWriter& out, const RowLayout& layout, Row row);

/// Reads a row into `row`, which has the layout's words; text and composites are put into `arena`. Fails as `in` does,
/// and then leaves a row that may be looked at.
void read_row(ByteReader& in, const RowLayout& layout, std::uint64_t* row, Arena& arena);

}    // namespace cepheid::nfa
