#pragma once

#include "nfa/row/batch.hpp"
#include "runtime/operators/late_marks.hpp"
#include "runtime/operators/operator.hpp"
#include "runtime/stream/watermark.hpp"

namespace cepheid::runtime {

/// `late to`: the rows of a source that no operator took for being late. Runs after those that judge. The rows have a
/// watermark of their own: beside the source's all of them would be late again.
class LateOutputOperator final : public Operator {
 public:
  LateOutputOperator(const nfa::Batch& source, DurationMs lateness_ms, const LateMarks& marks, nfa::Batch& output);

  Result<void> process() override;

 private:
  const nfa::Batch& source_;
  const LateMarks& marks_;
  Watermark watermark_;
  nfa::Batch& output_;
};

}    // namespace cepheid::runtime
