#pragma once

#include "cepheid/pattern_stats.hpp"
#include "nfa/row/bytes.hpp"

namespace cepheid::nfa {

/// The counters but `partial_matches` and `keys`, which are counted anew when a state is loaded.
void write_stats(ByteWriter& out, const PatternStats& stats);
[[nodiscard]] PatternStats read_stats(ByteReader& in);

}    // namespace cepheid::nfa
