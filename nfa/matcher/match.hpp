#pragma once

#include <cstdint>
#include <span>

#include "cepheid/time.hpp"
#include "nfa/expr/program.hpp"
#include "nfa/row/datum.hpp"
#include "nfa/row/layout.hpp"

namespace cepheid::nfa {

/// One event of a match.
struct TakenEvent {
  StepId step;
  std::uint32_t input;    // position of its stream in the pattern's `on`
  TimeMs time_ms;
  Row row;    // of the pattern's layout
};

/// A match, or a partial match that ran out of time. All views are valid during the call only.
struct MatchView {
  std::uint32_t pattern;                 // position in the engine
  std::span<const Datum> key;            // of the types of PatternSpec::key
  std::span<const TakenEvent> events;    // in the order taken
  const TakenEvents* taken;              // the same, by step
  TimeMs start_ms;                       // time of the first event
  TimeMs end_ms;                         // time of the last; of a timed-out match, when it ran out
  TimeMs time_ms;                        // event time at which it is given out
  std::uint64_t sequence;                // of the row or the advance that caused it
  bool timed_out;
};

class MatchConsumer {
 public:
  virtual ~MatchConsumer() = default;
  virtual void on_match(const MatchView& match) = 0;
};

/// Counters of one pattern since the engine was made.
struct PatternStats {
  std::uint64_t events = 0;    // that reached the pattern (`when` held)
  std::uint64_t matches = 0;
  std::uint64_t timeouts = 0;           // timed-out partial matches reported
  std::uint64_t skip_failures = 0;      // `or_fail` that did
  std::uint64_t partial_matches = 0;    // alive now
  std::uint64_t keys = 0;               // with state now
  std::uint64_t dropped = 0;            // partial matches that `limit` took away
  std::uint64_t blocked = 0;            // events that could have begun one but for `limit … block_start`
  bool limit_hit = false;               // did `limit` ever have to act?
  bool failed = false;                  // `limit … fail` did: the pattern works on no further event
};

}    // namespace cepheid::nfa
