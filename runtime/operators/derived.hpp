#pragma once

#include <optional>
#include <vector>

#include "nfa/row/batch.hpp"
#include "patterns/plan/plan.hpp"
#include "runtime/operators/batch_merge.hpp"
#include "runtime/operators/operator.hpp"
#include "runtime/operators/row_select.hpp"

namespace cepheid::runtime {

/// A batch that an operator reads, and the lateness its watermark grants.
struct OperatorInput {
  const nfa::Batch* batch = nullptr;
  DurationMs lateness_ms = 0;
};

/// `stream … = from …`: union, `where`, `select`, in the order written. Its watermark is the smallest of its inputs'.
class DerivedOperator final : public Operator {
 public:
  /// `plan` and the batches must outlive it.
  DerivedOperator(const patterns::DerivedPlan& plan, const std::vector<OperatorInput>& inputs, nfa::Batch& output);

  Result<void> process() override;

 private:
  struct Stage {
    std::optional<nfa::ExprProgram> where;
    std::optional<RowSelect> select;
  };

  void take_row(std::size_t input, nfa::Row row, TimeMs time_ms, std::uint64_t sequence);
  void take_advance(std::size_t input, const nfa::Batch::Advance& advance);

  const patterns::DerivedPlan& plan_;
  std::vector<OperatorInput> inputs_;
  std::vector<RowMapping> mappings_;    // by input; empty if there is only one
  std::vector<Stage> stages_;
  std::vector<TimeMs> lows_;    // by input
  TimeMs low_ms_ = kBeginOfTime;
  BatchMerge merge_;
  nfa::EvalScratch scratch_;
  nfa::Batch& output_;
};

}    // namespace cepheid::runtime
