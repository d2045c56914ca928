#pragma once

#include <cstdint>
#include <span>

#include "cepheid/pattern_stats.hpp"
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
  std::uint64_t rank;                    // sequence of the row that is its last event (`absent`: that set `since`)
  bool timed_out;
};

class MatchConsumer {
 public:
  virtual ~MatchConsumer() = default;
  virtual void on_match(const MatchView& match) = 0;
};

}    // namespace cepheid::nfa
