#pragma once

#include <cstdint>

namespace cepheid::inline v0 {

/// Counters of one pattern since its engine was made; a loaded state brings its own.
struct PatternStats {
  std::uint64_t events = 0;    // that reached the pattern (`when` held)
  std::uint64_t matches = 0;
  std::uint64_t timeouts = 0;           // timed-out partial matches reported
  std::uint64_t skip_failures = 0;      // `or_fail` that did
  std::uint64_t partial_matches = 0;    // alive now; those that several patterns share count for each of them
  std::uint64_t keys = 0;               // with state now; shared ones likewise
  std::uint64_t dropped = 0;            // partial matches that `limit` took away
  std::uint64_t blocked = 0;            // events that could have begun one but for `limit … block_start`
  bool limit_hit = false;               // did `limit` ever have to act?
  bool failed = false;                  // `limit … fail` did: the pattern works on no further event
};

}    // namespace cepheid::inline v0
