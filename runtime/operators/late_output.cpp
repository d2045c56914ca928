#include "runtime/operators/late_output.hpp"

#include <cstring>

namespace cepheid::runtime {

LateOutputOperator::LateOutputOperator(const nfa::Batch& source, DurationMs lateness_ms, const LateMarks& marks,
                                       nfa::Batch& output)
    : source_(source), marks_(marks), watermark_(lateness_ms), output_(output) {}

Result<void> LateOutputOperator::process() {
  if (marks_.any_refused()) {
    for (std::size_t i = 0; i < source_.size(); ++i) {
      if (!marks_.is_late(source_.sequence(i))) continue;
      std::memcpy(output_.append(source_.time_ms(i), source_.sequence(i)), source_.row(i),
                  output_.layout().words() * sizeof(std::uint64_t));
      if (watermark_.note(source_.time_ms(i))) output_.advance(watermark_.low_ms(), source_.sequence(i));
    }
  }
  if (!source_.advances().empty() && source_.advances().back().low_ms == kEndOfTime) {
    output_.advance(kEndOfTime, source_.advances().back().sequence);
  }
  return {};
}

}    // namespace cepheid::runtime
