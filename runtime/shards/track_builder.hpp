#pragma once

#include <vector>

#include "nfa/row/batch.hpp"
#include "runtime/operators/batch_merge.hpp"
#include "runtime/operators/late_marks.hpp"
#include "runtime/shards/key_route.hpp"
#include "runtime/shards/track.hpp"

namespace cepheid::runtime {

/// Puts the rows and watermark moves of a list of inputs in one order, says which rows are late, and finds the shard of
/// each row. Not thread-safe.
class TrackBuilder {
 public:
  struct Input {
    const nfa::Batch* batch = nullptr;
    bool of_source = false;    // its rows are source rows, filtered or selected: being late concerns `late to`
  };

  /// `routes`: a key of the patterns each; none: rows are routed nowhere. What is referred to must outlive it.
  TrackBuilder(const std::vector<Input>& inputs, std::vector<KeyRoute> routes, LateMarks& marks);

  /// Makes the track of what is in the batches now, in place of what `track` held. It points to their rows.
  void build(Track& track);

 private:
  void take_row(Track& track, std::size_t input, const nfa::Batch& batch, std::size_t i);
  void take_advance(Track& track, std::size_t input, const nfa::Batch::Advance& advance);
  /// The watermark of `input` is at `low_ms`, further than before.
  void move_low(Track& track, std::size_t input, TimeMs low_ms, std::uint64_t sequence);

  std::vector<Input> inputs_;
  std::vector<KeyRoute> routes_;
  LateMarks& marks_;
  BatchMerge merge_;
  std::vector<TimeMs> lows_;              // by input
  TimeMs joint_low_ms_ = kBeginOfTime;    // the smallest of them
};

}    // namespace cepheid::runtime
