#pragma once

#include <cstdint>

#include "cepheid/time.hpp"
#include "nfa/matcher/shared_buffer.hpp"

namespace cepheid::nfa {

/// Matches that are complete but not yet let out by `after_match`: one, or, where partial matches are merged, one for
/// each start from `start` to `last_start` in `path`. Holds a reference to the path.
struct Completed {
  Node* path = nullptr;
  std::uint64_t start = 0;    // place of the first event: the smallest of these starts, exactly
  std::uint64_t last_start = 0;
};

/// A partial match whose time ran out at `deadline_ms`, to be reported. Holds a reference to the path.
struct TimedOut {
  Node* path = nullptr;
  TimeMs deadline_ms = 0;
};

}    // namespace cepheid::nfa
