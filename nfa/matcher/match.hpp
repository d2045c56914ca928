#pragma once

#include <cstddef>
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

/// The events of a match by step, put in order when somebody looks at them first. Not thread-safe.
class TakenByStep {
 public:
  /// All borrowed: the memory that is filled, the match's events in the order taken.
  TakenByStep(TakenEvents& table, std::size_t steps, std::span<const TakenEvent> events)
      : table_(&table), steps_(steps), events_(events) {}

  [[nodiscard]] const TakenEvents* get() const {
    if (!filled_) fill();
    return table_;
  }
  const TakenEvents* operator->() const { return get(); }

 private:
  void fill() const {
    filled_ = true;
    table_->reset(steps_);
    for (const TakenEvent& event : events_) table_->add(event.step, event.row);
  }

  TakenEvents* table_;
  std::size_t steps_;
  std::span<const TakenEvent> events_;
  mutable bool filled_ = false;
};

/// A match, or a partial match that ran out of time. All views are valid during the call only.
struct MatchView {
  std::uint32_t pattern;                 // position in the engine
  std::span<const Datum> key;            // of the types of PatternSpec::key
  std::span<const TakenEvent> events;    // in the order taken
  TakenByStep taken;                     // the same, by step
  TimeMs start_ms;                       // time of the first event
  TimeMs end_ms;                         // time of the last; of a timed-out match, when it ran out
  TimeMs time_ms;                        // event time at which it is given out
  std::uint64_t sequence;                // of the row or the advance that caused it
  std::uint64_t rank;                    // sequence of the row that is its last event (`absent`: that set `since`)
  bool timed_out;
};

/// How many of a pattern's matches, and of its timed-out partial matches, are given to the consumer. What the pattern
/// does with its partial matches is always the same, and so is the state that is saved.
struct MatchWish {
  enum class Kind : std::uint8_t {
    each,
    /// At most `most` for each event that lets matches out, in the order in which all would be given, and for each key
    /// whose matches time lets out. PatternStats::matches counts those given. All that timed out.
    first,
    count,    // none; PatternStats::matches counts all, modulo 2^64
    none,     // none; PatternStats::matches stays as it is
  };
  Kind kind = Kind::each;
  std::uint64_t most = 1;    // for `first`
};

class MatchConsumer {
 public:
  virtual ~MatchConsumer() = default;
  virtual void on_match(const MatchView& match) = 0;
};

}    // namespace cepheid::nfa
