#pragma once

#include "cepheid/time.hpp"
#include "nfa/row/batch.hpp"

namespace cepheid::runtime {

/// A batch that an operator reads, and the lateness its watermark grants.
struct OperatorInput {
  const nfa::Batch* batch = nullptr;
  DurationMs lateness_ms = 0;
  bool of_source = false;    // its rows are source rows, filtered or selected: being late concerns `late to`
};

}    // namespace cepheid::runtime
