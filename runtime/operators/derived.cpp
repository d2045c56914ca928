#include "runtime/operators/derived.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "runtime/stream/watermark.hpp"

namespace cepheid::runtime {

namespace {

std::vector<const nfa::Batch*> batches_of(const std::vector<OperatorInput>& inputs) {
  std::vector<const nfa::Batch*> batches;
  for (const OperatorInput& input : inputs) batches.push_back(input.batch);
  return batches;
}

}    // namespace

DerivedOperator::DerivedOperator(const patterns::DerivedPlan& plan, const std::vector<OperatorInput>& inputs,
                                 nfa::Batch& output)
    : plan_(plan), inputs_(inputs), lows_(inputs.size(), kBeginOfTime), merge_(batches_of(inputs)), output_(output) {
  if (inputs.size() > 1) {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      mappings_.emplace_back(inputs[i].batch->shared_layout(), plan.input_layout, plan.inputs[i].fields);
    }
  }
  const nfa::RowLayout* layout = plan.input_layout.get();
  for (const patterns::DerivedPlan::Stage& stage : plan.stages) {
    Stage& made = stages_.emplace_back();
    if (stage.where) {
      made.where = nfa::compile_expression(*stage.where, {.row = layout});
    } else {
      made.select.emplace(stage.items, *layout, stage.layout);
      layout = stage.layout.get();
    }
  }
}

Result<void> DerivedOperator::process() {
  scratch_.clear();
  merge_.walk([&](std::size_t input, const nfa::Batch& batch,
                  std::size_t i) { take_row(input, batch.row(i), batch.time_ms(i), batch.sequence(i)); },
              [&](std::size_t input, const nfa::Batch::Advance& advance) { take_advance(input, advance); });
  // Computed text goes with the rows, which may be read longer than until the next call.
  std::swap(output_.arena(), scratch_.arena);
  return {};
}

void DerivedOperator::take_row(std::size_t input, nfa::Row row, TimeMs time_ms, std::uint64_t sequence) {
  if (!mappings_.empty()) row = mappings_[input].apply(row);
  for (Stage& stage : stages_) {
    if (stage.where) {
      if (!stage.where->holds({.row = row, .time_ms = time_ms}, scratch_)) return;
    } else {
      row = stage.select->apply(row, time_ms, scratch_);
    }
  }
  std::memcpy(output_.append(time_ms, sequence), row, output_.layout().words() * sizeof(std::uint64_t));
}

void DerivedOperator::take_advance(std::size_t input, const nfa::Batch::Advance& advance) {
  lows_[input] =
      plan_.lateness ? with_lateness(advance.low_ms, inputs_[input].lateness_ms, *plan_.lateness) : advance.low_ms;
  const TimeMs low_ms = *std::ranges::min_element(lows_);
  if (low_ms <= low_ms_) return;
  low_ms_ = low_ms;
  output_.advance(low_ms, advance.sequence);
}

}    // namespace cepheid::runtime
