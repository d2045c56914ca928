#pragma once

#include <optional>
#include <span>
#include <vector>

#include "nfa/row/batch.hpp"
#include "patterns/plan/plan.hpp"
#include "runtime/operators/merged_inputs.hpp"
#include "runtime/operators/operator.hpp"
#include "runtime/operators/operator_input.hpp"
#include "runtime/operators/row_select.hpp"
#include "runtime/tables/table.hpp"
#include "runtime/tables/table_key.hpp"

namespace cepheid::runtime {

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
  void take_row(nfa::Row row, TimeMs time_ms, std::uint64_t sequence);

  const patterns::DerivedPlan& plan_;
  MergedInputs inputs_;
  std::vector<Stage> stages_;
  nfa::EvalScratch scratch_;
  std::vector<nfa::Row> sides_;    // of the row at hand
  nfa::Batch& output_;
};

}    // namespace cepheid::runtime
