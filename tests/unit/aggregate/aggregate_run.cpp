#include "tests/unit/aggregate/aggregate_run.hpp"

#include <algorithm>
#include <stdexcept>

#include <gtest/gtest.h>

#include "runtime/codec/json_writer.hpp"

namespace cepheid::runtime::aggregate_tests {

AggregateRun::AggregateRun(const std::string& statement) {
  const patterns::SourceFile source("test.cep", kStreams + statement);
  patterns::Diagnostics diagnostics(source);
  loaded_ = patterns::load_rules(source, {}, diagnostics);
  if (!loaded_) throw std::logic_error(diagnostics.render());
  const patterns::Relation& relation = loaded_->relations.back();
  plan_ = &std::get<patterns::AggregatePlan>(relation.body);
  inputs_.reserve(plan_->inputs.size());    // operators keep pointers
  std::vector<OperatorInput> inputs;
  for (const patterns::InputMapping& input : plan_->inputs) {
    inputs_.emplace_back(loaded_->relations[input.relation].layout);
    inputs.push_back({.batch = &inputs_.back(), .of_source = true});
  }
  lows_.resize(inputs.size(), kBeginOfTime);
  output_.emplace(relation.layout);
  operator_ = make_aggregate(*plan_, relation.name, inputs, *output_, &marks_);
}

void AggregateRun::append(std::size_t input, const Event& event) {
  nfa::Batch& batch = inputs_[input];
  const nfa::RowLayout& layout = batch.layout();
  std::uint64_t* words = batch.append(event.time_ms, sequence_);
  const auto set = [&](std::string_view name, const nfa::Datum& value) {
    if (const auto field = layout.schema().find(name)) layout.set(words, *field, value);
  };
  if (event.who) set("who", nfa::Datum::of_text(batch.arena().copy_text(*event.who)));
  if (event.part) set("part", nfa::Datum::of_int(*event.part));
  if (event.n) set("n", nfa::Datum::of_int(*event.n));
  if (event.x) set("x", nfa::Datum::of_double(*event.x));
  if (event.d) set("d", nfa::Datum::of_decimal(*event.d));
  if (event.s) set("s", nfa::Datum::of_text(batch.arena().copy_text(*event.s)));
  if (event.b) set("b", nfa::Datum::of_bool(*event.b));
  set("ts", nfa::Datum::of_int(event.time_ms));
}

void AggregateRun::push(const std::vector<Step>& steps, std::size_t pass_steps) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    marks_.extend(sequence_);
    if (step.event) append(step.input, *step.event);
    if (step.low_ms) {
      inputs_[step.input].advance(*step.low_ms, sequence_);
      lows_[step.input] = std::max(lows_[step.input], *step.low_ms);
    }
    ++sequence_;
    if ((i + 1) % pass_steps == 0) pass();
  }
  pass();
}

void AggregateRun::end() {
  std::vector<Step> steps;
  for (std::size_t input = 0; input < inputs_.size(); ++input) {
    steps.push_back({.input = input, .event = std::nullopt, .low_ms = kEndOfTime});
  }
  push(steps);
}

std::vector<std::string> AggregateRun::cells_of(nfa::Row row) const {
  const nfa::RowLayout& layout = output_->layout();
  std::vector<std::string> cells;
  for (std::uint32_t field = 0; field < layout.schema().fields().size(); ++field) {
    append_json(cells.emplace_back(), nfa::read_field(row, layout.slot(field)), layout.schema().fields()[field].type);
  }
  return cells;
}

void AggregateRun::pass() {
  ASSERT_TRUE(operator_->process());
  const nfa::Batch& output = *output_;
  const bool in_windows = plan_->window.kind != patterns::WindowPlan::Kind::none;
  std::size_t advance = 0;
  const auto advance_to = [&](std::size_t rows) {
    for (; advance < output.advances().size() && output.advances()[advance].rows_before <= rows; ++advance) {
      ASSERT_GT(output.advances()[advance].low_ms, output_low_ms_) << "a watermark that did not move";
      output_low_ms_ = output.advances()[advance].low_ms;
    }
  };
  for (std::size_t i = 0; i < output.size(); ++i) {
    advance_to(i);
    if (in_windows) {
      ASSERT_GE(output.time_ms(i), output_low_ms_) << "a row that is late";
    }
    given_.push_back({.cause = output.sequence(i), .time_ms = output.time_ms(i), .cells = cells_of(output.row(i))});
  }
  advance_to(output.size());
  const TimeMs low_ms = *std::ranges::min_element(lows_);
  EXPECT_EQ(output_low_ms_, low_ms == kEndOfTime ? low_ms : subtract_saturated(low_ms, plan_->allowed_lateness));
  for (; pass_first_ < sequence_; ++pass_first_) late_.push_back(marks_.is_late(pass_first_));
  output_->clear();
  for (nfa::Batch& input : inputs_) input.clear();
  marks_.begin(sequence_);
}

std::vector<std::vector<std::string>> AggregateRun::open() const {
  std::vector<std::vector<std::string>> rows;
  operator_->read(0, [&](nfa::Row /*key*/, nfa::Row value) { rows.push_back(cells_of(value)); });
  return rows;
}

Step in_time(Event event) {
  const TimeMs time_ms = event.time_ms;
  return {.input = 0, .event = std::move(event), .low_ms = time_ms};
}

Step row(Event event) {
  return {.input = 0, .event = std::move(event), .low_ms = std::nullopt};
}

Step watermark(TimeMs low_ms) {
  return {.input = 0, .event = std::nullopt, .low_ms = low_ms};
}

std::string text_of(const std::string& statement, const std::vector<Step>& steps) {
  AggregateRun run(statement);
  run.push(steps);
  run.end();
  std::string text;
  for (const Given& given : run.given()) {
    for (std::size_t i = 0; i < given.cells.size(); ++i) text += (i == 0 ? "" : " ") + given.cells[i];
    text += "\n";
  }
  return text;
}

}    // namespace cepheid::runtime::aggregate_tests
