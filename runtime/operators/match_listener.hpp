#pragma once

#include <span>

#include "cepheid/result.hpp"
#include "nfa/automaton/pattern_spec.hpp"
#include "nfa/matcher/match.hpp"
#include "nfa/row/datum.hpp"

namespace cepheid::runtime {

/// Who wants whole matches, not only the rows that `emit` makes of them.
class MatchListener {
 public:
  virtual ~MatchListener() = default;
  /// `emitted`: the values of the spec's `emit` or, of a timed-out match, `timeout_emit`. Views are valid during the
  /// call.
  virtual void on_match(const nfa::PatternSpec& spec, const nfa::MatchView& match,
                        std::span<const nfa::Datum> emitted) = 0;
  /// All matches of a run of rows were given; some of later `sequence` may have come before others of an earlier one.
  virtual Result<void> end_pass() = 0;
};

}    // namespace cepheid::runtime
