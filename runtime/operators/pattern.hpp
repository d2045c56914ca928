#pragma once

#include <vector>

#include "runtime/operators/operator.hpp"
#include "runtime/shards/pattern_engine.hpp"
#include "runtime/shards/pattern_output.hpp"
#include "runtime/shards/track.hpp"
#include "runtime/shards/track_builder.hpp"

namespace cepheid::runtime {

/// All patterns over one list of inputs, with their engine, on the thread that calls process(). Each pattern's rows go
/// to the batch of its relation; those of a `shadow` pattern go nowhere.
class PatternOperator final : public Operator {
 public:
  /// `outputs`: by pattern of the engine.
  PatternOperator(TrackBuilder builder, std::unique_ptr<PatternEngine> engine, std::vector<PatternOutput> outputs)
      : builder_(std::move(builder)),
        engine_(std::move(engine)),
        outputs_(std::move(outputs)),
        result_(engine_->make_result()) {}

  /// An error: a `limit … then fail` was reached. The rows made before it are in the batches.
  Result<void> process() override;

 private:
  TrackBuilder builder_;
  std::unique_ptr<PatternEngine> engine_;
  std::vector<PatternOutput> outputs_;
  Track track_;
  EngineResult result_;
};

}    // namespace cepheid::runtime
