#pragma once

#include <optional>
#include <span>
#include <vector>

#include "nfa/row/batch.hpp"
#include "patterns/plan/plan.hpp"
#include "runtime/operators/batch_merge.hpp"
#include "runtime/operators/operator.hpp"
#include "runtime/operators/row_select.hpp"
#include "runtime/tables/table.hpp"
#include "runtime/tables/table_key.hpp"

namespace cepheid::runtime {

/// A batch that an operator reads, and the lateness its watermark grants.
struct OperatorInput {
  const nfa::Batch* batch = nullptr;
  DurationMs lateness_ms = 0;
  bool of_source = false;    // its rows are source rows, filtered or selected: being late concerns `late to`
};

/// `stream … = from …`: union, `where`, `lookup`, `select`, in the order written. Its watermark is the smallest of its
/// inputs'.
class DerivedOperator final : public Operator {
 public:
  /// `tables`: those of the plan, in order. All that is referred to must outlive it.
  DerivedOperator(const patterns::DerivedPlan& plan, const std::vector<OperatorInput>& inputs,
                  std::span<Table* const> tables, nfa::Batch& output);

  Result<void> process() override;

 private:
  struct Lookup {
    Table* table;
    TableKey key;
    std::optional<nfa::ExprProgram> as_of;
    std::size_t side;
  };
  struct Stage {
    std::optional<nfa::ExprProgram> where;
    std::optional<Lookup> lookup;
    std::optional<RowSelect> select;
  };

  void make_stages(std::span<Table* const> tables);

  /// The side row that a look-up finds for the row.
  [[nodiscard]] nfa::Row look_up(Lookup& lookup, nfa::Row row, TimeMs time_ms, std::uint64_t sequence);
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
  std::vector<nfa::Row> sides_;    // of the row at hand
  nfa::Batch& output_;
};

}    // namespace cepheid::runtime
