#pragma once

#include <memory>
#include <vector>

#include "cepheid/result.hpp"
#include "nfa/automaton/pattern_spec.hpp"
#include "nfa/row/bytes.hpp"

namespace cepheid::nfa {

/// A pattern whose state is saved.
struct SavedPattern {
  const PatternSpec* spec = nullptr;
  bool merged = false;    // are its partial matches?
};

/// Writes which patterns a state is of: how many; for each its name, the checksum of its fingerprint, whether its
/// partial matches are merged.
void write_patterns(ByteWriter& out, const std::vector<SavedPattern>& patterns);

/// Reads what write_patterns wrote: an error, which says what differs, if those were others than `patterns`.
Result<void> check_patterns(ByteReader& in, const std::vector<SavedPattern>& patterns);

}    // namespace cepheid::nfa
