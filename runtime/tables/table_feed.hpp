#pragma once

#include <vector>

#include "nfa/row/batch.hpp"
#include "runtime/operators/batch_merge.hpp"
#include "runtime/operators/operator.hpp"
#include "runtime/operators/row_select.hpp"
#include "runtime/tables/table.hpp"

namespace cepheid::runtime {

/// `table … latest from …`: puts the rows of its inputs into the table, in the order of arrival. Runs before those that
/// look things up in it.
class TableFeed final : public Operator {
 public:
  /// `batches`: those of the plan's `latest_from`, in order. All that is referred to must outlive it.
  TableFeed(Table& table, const std::vector<const nfa::Batch*>& batches);

  Result<void> process() override;

 private:
  Table& table_;
  BatchMerge merge_;
  std::vector<RowMapping> mappings_;    // by input
};

}    // namespace cepheid::runtime
