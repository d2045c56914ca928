#pragma once

#include <cstdint>

#include "cepheid/time.hpp"
#include "nfa/row/layout.hpp"

namespace cepheid::runtime {

/// Number of a key among those that hold state.
using GroupId = std::uint32_t;

/// A row on its way into an aggregate. `row` is borrowed.
struct InputRow {
  nfa::Row row = nullptr;
  TimeMs time_ms = 0;
  std::uint64_t sequence = 0;
  std::uint64_t arrival = 0;       // counts the rows of the statement from 1 on
  TimeMs low_ms = kBeginOfTime;    // the watermark when it came
  GroupId key = 0;
  bool of_source = false;            // its being late concerns `late to`
  std::uint64_t* state = nullptr;    // the words it is added to
};

}    // namespace cepheid::runtime
