#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "nfa/row/batch.hpp"
#include "patterns/plan/plan.hpp"
#include "runtime/aggregate/accumulators.hpp"
#include "runtime/aggregate/group_keys.hpp"
#include "runtime/aggregate/state_blocks.hpp"
#include "runtime/aggregate/windows.hpp"
#include "runtime/operators/late_marks.hpp"
#include "runtime/operators/merged_inputs.hpp"
#include "runtime/operators/operator.hpp"
#include "runtime/operators/plain_rows.hpp"
#include "runtime/operators/row_select.hpp"
#include "runtime/state/state_view.hpp"

namespace cepheid::runtime {

/// `aggregate`: rows are summed up by key and window (runtime/aggregate), windows become rows. Rows are taken in
/// blocks, so that the waits for memory of many keys overlap; the watermark stops a block only where a window ends.
class AggregateOperator : public Operator, public StateView, private WindowReader, private KeyListener {
 public:
  /// Keys that have state at this moment.
  [[nodiscard]] std::size_t keys_held() const { return keys_.live(); }
  /// Pieces of state (of a key in a slice of time, or a session) at this moment.
  [[nodiscard]] std::size_t blocks_held() const { return blocks_.live(); }
  void keep_keys() override;

 protected:
  AggregateOperator(const patterns::AggregatePlan& plan, std::string name, const std::vector<OperatorInput>& inputs,
                    nfa::Batch& output);

  [[nodiscard]] WindowParts parts(LateMarks* marks) {
    return {.accumulators = accumulators_,
            .keys = keys_,
            .blocks = blocks_,
            .scratch = add_scratch_,
            .reader = *this,
            .marks = marks};
  }
  /// Makes the row of one window in row_ (the relation's layout), or gives false where `having` leaves it out.
  /// Without `with_key` those of the key's and the window's fields that no item names are those of a row before.
  bool make_row(const WindowResults& result, bool with_key);
  [[nodiscard]] nfa::Row key_row() const { return state_row_.data(); }
  [[nodiscard]] nfa::Row value_row() const { return row_; }
  /// A row of the inputs, kept until the block is done.
  [[nodiscard]] nfa::Row kept_row(nfa::Row row);

  const patterns::AggregatePlan& plan_;
  MergedInputs inputs_;
  GroupKeys keys_;
  nfa::EvalScratch add_scratch_;
  std::array<InputRow, GroupKeys::kBlock> block_;    // the first block_rows_: not yet added
  std::size_t block_rows_ = 0;
  nfa::Batch& output_;
  CopyingOutput rows_;

 private:
  void set_key(GroupId key);
  void on_windows(const WindowResults& results) override;
  void between_windows() override { let_others_look(); }
  void on_key(GroupId id) override;
  void on_key_gone(GroupId id) override;

  Accumulators accumulators_;
  StateBlocks blocks_;
  std::vector<std::uint64_t> copies_;    // mapped rows of the block
  RowSelect select_;
  std::optional<PlainRows> plain_rows_;    // none: some item is more
  std::optional<nfa::ExprProgram> having_;
  bool names_key_ = false;       // does some item?
  bool names_window_ = false;    // or window_start, window_end?
  nfa::EvalScratch row_scratch_;
  std::vector<std::uint64_t> state_row_;
  nfa::Row row_ = nullptr;
};

/// `name`: of the statement. `marks` is told which rows of inputs that are `of_source` were late; null: nobody asks.
/// All that is referred to must outlive it.
[[nodiscard]] std::unique_ptr<AggregateOperator> make_aggregate(const patterns::AggregatePlan& plan, std::string name,
                                                                const std::vector<OperatorInput>& inputs,
                                                                nfa::Batch& output, LateMarks* marks);

}    // namespace cepheid::runtime
