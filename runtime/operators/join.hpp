#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "nfa/row/batch.hpp"
#include "patterns/plan/plan.hpp"
#include "runtime/operators/batch_merge.hpp"
#include "runtime/operators/derived.hpp"
#include "runtime/operators/join_index.hpp"
#include "runtime/operators/late_marks.hpp"
#include "runtime/operators/operator.hpp"
#include "runtime/operators/row_select.hpp"

namespace cepheid::runtime {

/// `join`: each row of the left side with those of the right side in the time before it that fit.
///
/// A left row waits until no right row can come any more that it could be joined with, nor a left one before it: until
/// the smaller of the two watermarks has passed its time. Then its rows are given, in the order of the left rows'
/// times. Their time is the left row's, the later of the two; so no row has a time before the watermark that has passed
/// already. A right row is freed when no left row, waiting or to come, can reach back to it.
class JoinOperator final : public Operator {
 public:
  /// `inputs`: the left side, the right one. `marks` is told of rows of inputs that are `of_source`. All that is
  /// referred to must outlive it.
  JoinOperator(const patterns::JoinPlan& plan, const std::vector<OperatorInput>& inputs, nfa::Batch& output,
               LateMarks& marks);

  Result<void> process() override;

 private:
  static constexpr std::size_t kLeft = 0;
  static constexpr std::size_t kRight = 1;

  void take_row(std::size_t input, const nfa::Batch& batch, std::size_t i);
  void take_advance(std::size_t input, const nfa::Batch::Advance& advance);
  /// Gives the rows of the left rows with time < `low_ms`.
  void give_before(TimeMs low_ms, std::uint64_t sequence);
  void give(nfa::Row left, nfa::Row right, TimeMs time_ms, std::uint64_t sequence);
  /// Right rows before it are of no use any more.
  [[nodiscard]] TimeMs needed_from_ms() const;

  const patterns::JoinPlan& plan_;
  std::vector<OperatorInput> inputs_;
  std::array<const nfa::RowLayout*, 2> layouts_;
  std::array<std::optional<RowMapping>, 2> mappings_;    // where the side's layout is not its input's
  BatchMerge merge_;
  RowSelect select_;
  JoinIndex index_;
  std::map<std::pair<TimeMs, std::uint64_t>, OwnedRow> waiting_;    // left rows by time, then arrival
  std::uint64_t next_arrival_ = 0;
  std::array<TimeMs, 2> lows_ = {kBeginOfTime, kBeginOfTime};
  TimeMs joint_low_ms_ = kBeginOfTime;
  LateMarks& marks_;
  nfa::EvalScratch scratch_;
  std::vector<const KeptRow*> found_;
  nfa::Batch& output_;
  CopyingOutput rows_;
};

}    // namespace cepheid::runtime
