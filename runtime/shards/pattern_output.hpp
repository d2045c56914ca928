#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "cepheid/result.hpp"
#include "nfa/row/batch.hpp"
#include "patterns/plan/plan.hpp"
#include "runtime/shards/pattern_engine.hpp"
#include "runtime/shards/track.hpp"
#include "runtime/stream/counters.hpp"

namespace cepheid::runtime {

/// Where a pattern's results go, from however many engines they are: the batch of its relation and its counters.
class PatternOutput {
 public:
  /// Takes a line for the log; may be empty.
  using Log = std::function<void(std::string_view)>;

  /// All that is referred to must outlive it.
  PatternOutput(const patterns::PatternPlan& plan, nfa::Batch& batch, PatternCounters& counters, Log log)
      : plan_(plan), batch_(batch), counters_(counters), log_(std::move(log)) {}

  /// Takes what the pattern's engines found in one pass. An error: a `limit … then fail` was reached; the rows made
  /// before it are in the batch.
  Result<void> take(std::span<PatternResult* const> parts, std::span<const Track::Advance> advances);

 private:
  Result<void> take_stats(const PatternStats& sum);

  const patterns::PatternPlan& plan_;
  nfa::Batch& batch_;
  PatternCounters& counters_;
  Log log_;
  std::vector<MatchBatch*> parts_;
  bool warned_ = false;    // that the limit of a pattern that names none was reached
};

}    // namespace cepheid::runtime
