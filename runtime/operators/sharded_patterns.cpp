#include "runtime/operators/sharded_patterns.hpp"

namespace cepheid::runtime {

Result<void> ShardedPatterns::process() {
  Result<void> first_error;
  for (Output& output : outputs_) {
    parts_.clear();
    for (EngineResult& of_shard : done_->results[output.group]) {
      if (!of_shard.empty()) parts_.push_back(&of_shard[output.position]);
    }
    Result<void> taken = output.output.take(parts_, done_->tracks[track_].advances);
    if (first_error && !taken) first_error = std::move(taken);
  }
  return first_error;
}

}    // namespace cepheid::runtime
