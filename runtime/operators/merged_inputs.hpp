#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "nfa/row/batch.hpp"
#include "patterns/plan/plan.hpp"
#include "runtime/operators/batch_merge.hpp"
#include "runtime/operators/operator_input.hpp"
#include "runtime/operators/row_select.hpp"
#include "runtime/stream/watermark.hpp"

namespace cepheid::runtime {

/// The inputs of an operator as one: rows in the order of arrival, in the layout common to all, and the smallest of the
/// watermarks.
class MergedInputs {
 public:
  /// `mapped`: how each input's fields lie in `layout`; looked at only of several. `lateness`: in place of the inputs'
  /// own. What the inputs refer to must outlive it.
  MergedInputs(const std::vector<OperatorInput>& inputs, const std::vector<patterns::InputMapping>& mapped,
               const std::shared_ptr<const nfa::RowLayout>& layout, std::optional<DurationMs> lateness = std::nullopt)
      : inputs_(inputs), lateness_(lateness), merge_(batches_of(inputs)), lows_(inputs.size(), kBeginOfTime) {
    if (inputs.size() == 1) return;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      mappings_.emplace_back(inputs[i].batch->shared_layout(), layout, mapped[i].fields);
    }
  }

  /// Of what has come since the last call: `on_row(row, time_ms, sequence)`, the row valid during the call if
  /// are_copied(), else as long as the batches are; `on_low(low_ms, sequence)` where the watermark has risen, low_ms()
  /// being the one before.
  template <typename OnRow, typename OnLow>
  void walk(OnRow&& on_row, OnLow&& on_low) {
    merge_.walk(
        [&](std::size_t input, const nfa::Batch& batch, std::size_t i) {
          nfa::Row row = batch.row(i);
          if (!mappings_.empty()) row = mappings_[input].apply(row);
          input_ = input;
          on_row(row, batch.time_ms(i), batch.sequence(i));
        },
        [&](std::size_t input, const nfa::Batch::Advance& advance) {
          TimeMs low_ms = advance.low_ms;
          if (lateness_) low_ms = with_lateness(low_ms, inputs_[input].lateness_ms, *lateness_);
          if (lows_.size() > 1) {
            lows_[input] = low_ms;
            low_ms = *std::ranges::min_element(lows_);
          }
          if (low_ms <= low_ms_) return;
          on_low(low_ms, advance.sequence);
          low_ms_ = low_ms;
        });
  }

  [[nodiscard]] TimeMs low_ms() const { return low_ms_; }
  /// During on_row: is the row one of a source (OperatorInput::of_source)?
  [[nodiscard]] bool is_of_source() const { return inputs_[input_].of_source; }
  [[nodiscard]] bool are_copied() const { return !mappings_.empty(); }

 private:
  static std::vector<const nfa::Batch*> batches_of(const std::vector<OperatorInput>& inputs) {
    std::vector<const nfa::Batch*> batches;
    for (const OperatorInput& input : inputs) batches.push_back(input.batch);
    return batches;
  }

  std::vector<OperatorInput> inputs_;
  std::optional<DurationMs> lateness_;
  BatchMerge merge_;
  std::vector<RowMapping> mappings_;    // by input; empty if there is only one
  std::vector<TimeMs> lows_;            // by input
  std::size_t input_ = 0;               // of the row at hand
  TimeMs low_ms_ = kBeginOfTime;
};

}    // namespace cepheid::runtime
