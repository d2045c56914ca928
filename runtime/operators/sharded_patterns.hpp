#pragma once

#include <cstddef>
#include <vector>

#include "runtime/operators/operator.hpp"
#include "runtime/shards/pattern_output.hpp"
#include "runtime/shards/shards.hpp"
#include "runtime/shards/track_builder.hpp"

namespace cepheid::runtime {

/// All patterns over one list of inputs, whose engines live on shards: puts what they read together and, as an operator
/// of a later pass over the same rows, takes what they found.
class ShardedPatterns final : public Operator {
 public:
  struct Output {
    PatternOutput output;
    std::size_t group;       // of Shards
    std::size_t position;    // among the group's patterns
  };

  /// `outputs`: in the plan's order. `track`: its place in ShardWork.
  ShardedPatterns(TrackBuilder builder, std::size_t track, std::vector<Output> outputs)
      : builder_(std::move(builder)), track_(track), outputs_(std::move(outputs)) {}

  /// Fills its track of `work` from the batches of its inputs.
  void put_into(ShardWork& work) { builder_.build(work.tracks[track_]); }

  /// The work that the next process() takes the results of; it is done.
  void set_done(ShardWork& work) { done_ = &work; }
  Result<void> process() override;

 private:
  TrackBuilder builder_;
  std::size_t track_;
  std::vector<Output> outputs_;
  ShardWork* done_ = nullptr;
  std::vector<PatternResult*> parts_;
};

}    // namespace cepheid::runtime
