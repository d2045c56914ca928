#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nfa/row/batch.hpp"
#include "patterns/plan/plan.hpp"
#include "runtime/codec/json_writer.hpp"
#include "runtime/codec/row_format.hpp"
#include "runtime/io/sink.hpp"
#include "runtime/operators/batch_merge.hpp"
#include "runtime/operators/operator.hpp"
#include "runtime/operators/row_select.hpp"
#include "runtime/state/pass_gate.hpp"
#include "runtime/stream/counters.hpp"

namespace cepheid::runtime {

/// `sink … from … to …`: writes the rows of its inputs, in the order of arrival, in the sink's format.
class SinkOperator final : public Operator {
 public:
  /// `batches` are the plan's inputs in order. Between two rows, those who wait at `gate` are let in. All that is
  /// referred to must outlive it.
  SinkOperator(const patterns::SinkPlan& plan, const std::vector<const nfa::Batch*>& batches,
               std::unique_ptr<Sink> sink, Counter& rows, PassGate& gate);

  /// After an error it takes and writes nothing more.
  Result<void> process() override;
  /// Hands everything written so far to the operating system.
  Result<void> flush();

 private:
  struct Input {
    std::optional<nfa::ExprProgram> where;
    std::optional<RowSelect> select;
    std::optional<JsonRowWriter> json;
    std::optional<CsvRowWriter> csv;
    std::optional<TextRowWriter> text;
  };

  void take_row(Input& input, nfa::Row row, TimeMs time_ms);
  Result<void> write_out();

  std::vector<Input> inputs_;
  BatchMerge merge_;
  std::unique_ptr<Sink> sink_;
  Counter& rows_;
  PassGate& gate_;
  std::uint64_t written_ = 0;    // in this pass
  nfa::EvalScratch scratch_;
  std::string out_;
  bool broken_ = false;
};

}    // namespace cepheid::runtime
