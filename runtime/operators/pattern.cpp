#include "runtime/operators/pattern.hpp"

namespace cepheid::runtime {

Result<void> PatternOperator::process() {
  builder_.build(track_);
  engine_->work(track_, nullptr, 0, result_);
  Result<void> first_error;
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    PatternResult* part = &result_[i];
    Result<void> taken = outputs_[i].take({&part, 1}, track_.advances);
    if (first_error && !taken) first_error = std::move(taken);
  }
  return first_error;
}

}    // namespace cepheid::runtime
