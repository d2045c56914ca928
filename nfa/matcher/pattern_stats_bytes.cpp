#include "nfa/matcher/pattern_stats_bytes.hpp"

namespace cepheid::nfa {

void write_stats(ByteWriter& out, const PatternStats& stats) {
  // A counter added to PatternStats breaks the build here.
  const auto& [events, matches, timeouts, skip_failures, partial_matches, keys, dropped, blocked, limit_hit, failed] =
      stats;
  for (const std::uint64_t counter : {events, matches, timeouts, skip_failures, dropped, blocked}) out.varint(counter);
  out.boolean(limit_hit);
  out.boolean(failed);
  (void)partial_matches;
  (void)keys;
}

PatternStats read_stats(ByteReader& in) {
  PatternStats stats;
  for (std::uint64_t* counter :
       {&stats.events, &stats.matches, &stats.timeouts, &stats.skip_failures, &stats.dropped, &stats.blocked}) {
    *counter = in.varint();
  }
  stats.limit_hit = in.boolean();
  stats.failed = in.boolean();
  return stats;
}

}    // namespace cepheid::nfa
