#pragma once

#include <cstdint>

#include "cepheid/time.hpp"
#include "runtime/aggregate/accumulators.hpp"
#include "runtime/aggregate/group_keys.hpp"
#include "runtime/aggregate/state_blocks.hpp"
#include "runtime/operators/late_marks.hpp"

namespace cepheid::runtime {

/// A window of a key with what was summed up in it. Borrowed for the time of a call.
struct WindowResult {
  GroupId key = 0;
  TimeMs start_ms = 0;
  TimeMs end_ms = 0;    // exclusive
  const std::uint64_t* state = nullptr;
  TimeMs time_ms = 0;            // of the row it becomes
  std::uint64_t sequence = 0;    // of the source row that caused it
};

/// Is told what windows give.
class WindowReader {
 public:
  virtual ~WindowReader() = default;
  virtual void on_window(const WindowResult& result) = 0;
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
