#pragma once

#include <cstdint>
#include <span>

#include "cepheid/time.hpp"
#include "runtime/aggregate/accumulators.hpp"
#include "runtime/aggregate/group_keys.hpp"
#include "runtime/aggregate/state_blocks.hpp"
#include "runtime/operators/late_marks.hpp"

namespace cepheid::runtime {

/// Windows of several keys over one piece of time, with what was summed up in each. Borrowed for the time of a call.
struct WindowResults {
  TimeMs start_ms = 0;
  TimeMs end_ms = 0;             // exclusive
  TimeMs time_ms = 0;            // of the rows they become
  std::uint64_t sequence = 0;    // of the source row that caused it
  std::span<const GroupId> keys;
  std::span<const std::uint64_t* const> states;    // by key
};

/// Is told what windows give.
class WindowReader {
 public:
  virtual ~WindowReader() = default;
  virtual void on_windows(const WindowResults& results) = 0;
  /// Called between the windows of many that end together: all state is whole, and others may read it meanwhile.
  virtual void between_windows() {}
};

/// What all kinds of windows work on. Borrowed.
struct WindowParts {
  const Accumulators& accumulators;
  GroupKeys& keys;
  StateBlocks& blocks;
  nfa::EvalScratch& scratch;
  WindowReader& reader;
  LateMarks* marks = nullptr;    // is told which rows of sources were taken; null: nobody asks
};

/// When windows give rows beside the end of each.
struct WindowWish {
  DurationMs allowed_lateness = 0;
  bool on_each_row = false;    // and not at the end
};

}    // namespace cepheid::runtime
