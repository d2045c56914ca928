#include "runtime/operators/join.hpp"

#include <algorithm>

namespace cepheid::runtime {

JoinOperator::JoinOperator(const patterns::JoinPlan& plan, const std::vector<OperatorInput>& inputs, nfa::Batch& output,
                           LateMarks& marks)
    : plan_(plan),
      inputs_(inputs),
      layouts_{plan.left.layout.get(), plan.right.layout.get()},
      merge_({inputs[kLeft].batch, inputs[kRight].batch}),
      select_(plan.items, nfa::ExprProgram::Layouts{.sides = layouts_}, output.shared_layout()),
      index_(plan),
      marks_(marks),
      output_(output),
      rows_(output) {
  for (const std::size_t side : {kLeft, kRight}) {
    const patterns::JoinPlan::Side& of_plan = side == kLeft ? plan.left : plan.right;
    const std::shared_ptr<const nfa::RowLayout>& from = inputs[side].batch->shared_layout();
    if (from != of_plan.layout) mappings_[side].emplace(from, of_plan.layout, of_plan.input.fields);
  }
}

Result<void> JoinOperator::process() {
  merge_.walk([&](std::size_t input, const nfa::Batch& batch, std::size_t i) { take_row(input, batch, i); },
              [&](std::size_t input, const nfa::Batch::Advance& advance) { take_advance(input, advance); });
  return {};
}

void JoinOperator::take_row(std::size_t input, const nfa::Batch& batch, std::size_t i) {
  const TimeMs time_ms = batch.time_ms(i);
  const bool late = time_ms < lows_[input];
  if (inputs_[input].of_source) marks_.note(batch.sequence(i), !late);
  if (late) return;
  nfa::Row row = batch.row(i);
  if (mappings_[input]) row = mappings_[input]->apply(row);
  if (input == kLeft) {
    waiting_.emplace(std::pair(time_ms, next_arrival_++), OwnedRow(*layouts_[kLeft], row));
  } else if (time_ms >= needed_from_ms()) {
    index_.add(row, time_ms);
  }
}

void JoinOperator::take_advance(std::size_t input, const nfa::Batch::Advance& advance) {
  if (advance.low_ms <= lows_[input]) return;
  lows_[input] = advance.low_ms;
  const TimeMs low_ms = *std::ranges::min_element(lows_);
  if (low_ms > joint_low_ms_) {
    joint_low_ms_ = low_ms;
    give_before(low_ms, advance.sequence);
    output_.advance(low_ms, advance.sequence);
  }
  index_.free_before(needed_from_ms());
}

void JoinOperator::give_before(TimeMs low_ms, std::uint64_t sequence) {
  while (!waiting_.empty() && waiting_.begin()->first.first < low_ms) {
    const TimeMs time_ms = waiting_.begin()->first.first;
    const nfa::Row left = waiting_.begin()->second.get();
    index_.find(left, time_ms, found_);
    for (const KeptRow* right : found_) give(left, right->row.get(), time_ms, sequence);
    if (found_.empty() && plan_.keep_left) give(left, nullptr, time_ms, sequence);
    waiting_.erase(waiting_.begin());
  }
}

void JoinOperator::give(nfa::Row left, nfa::Row right, TimeMs time_ms, std::uint64_t sequence) {
  scratch_.clear();
  const std::array<nfa::Row, 2> sides = {left, right};
  rows_.append(select_.apply(nullptr, time_ms, scratch_, sides), time_ms, sequence);
}

TimeMs JoinOperator::needed_from_ms() const {
  TimeMs first_left = lows_[kLeft];
  if (!waiting_.empty()) first_left = std::min(first_left, waiting_.begin()->first.first);
  return subtract_saturated(first_left, plan_.before_ms);
}

}    // namespace cepheid::runtime
