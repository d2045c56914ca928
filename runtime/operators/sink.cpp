#include "runtime/operators/sink.hpp"

#include <algorithm>

namespace cepheid::runtime {

namespace {

/// The columns of a CSV sink: those of all its inputs, each once.
std::vector<std::string> columns_of(const patterns::SinkPlan& plan) {
  std::vector<std::string> columns;
  for (const patterns::SinkPlan::Input& input : plan.inputs) {
    for (std::string& column : csv_columns(input.layout->schema())) {
      if (std::ranges::find(columns, column) == columns.end()) columns.push_back(std::move(column));
    }
  }
  return columns;
}

}    // namespace

SinkOperator::SinkOperator(const patterns::SinkPlan& plan, const std::vector<const nfa::Batch*>& batches,
                           std::unique_ptr<Sink> sink, Counter& rows, PassGate& gate)
    : merge_(batches), sink_(std::move(sink)), rows_(rows), gate_(gate) {
  const std::vector<std::string> columns = columns_of(plan);
  for (std::size_t i = 0; i < plan.inputs.size(); ++i) {
    const patterns::SinkPlan::Input& from = plan.inputs[i];
    const nfa::RowLayout& layout = batches[i]->layout();
    Input& input = inputs_.emplace_back();
    if (from.where) input.where = nfa::compile_expression(*from.where, {.row = &layout});
    if (from.select) input.select.emplace(*from.select, layout, from.layout);
    switch (plan.format) {
      case patterns::SinkPlan::Format::json: input.json.emplace(from.layout); break;
      case patterns::SinkPlan::Format::csv: input.csv.emplace(from.layout, columns); break;
      case patterns::SinkPlan::Format::text: input.text.emplace(from.text, *from.layout); break;
    }
  }
  if (plan.format == patterns::SinkPlan::Format::csv) append_csv_header(out_, columns);
}

Result<void> SinkOperator::process() {
  if (broken_) return {};
  scratch_.clear();
  written_ = 0;
  merge_.walk_rows([&](std::size_t input, const nfa::Batch& batch, std::size_t i) {
    take_row(inputs_[input], batch.row(i), batch.time_ms(i));
    gate_.let_in();    // the end of many windows gives many rows at once
  });
  rows_.add(written_);
  return write_out();
}

Result<void> SinkOperator::write_out() {
  if (out_.empty()) return {};
  Result<void> done = sink_->write(out_);
  broken_ = !done;
  out_.clear();
  return done;
}

void SinkOperator::take_row(Input& input, nfa::Row row, TimeMs time_ms) {
  if (input.where && !input.where->holds({.row = row, .time_ms = time_ms}, scratch_)) return;
  if (input.select) row = input.select->apply(row, time_ms, scratch_);
  if (input.json) {
    input.json->append(out_, row);
    out_.push_back('\n');
  } else if (input.csv) {
    input.csv->append(out_, row);
  } else {
    input.text->append(out_, row, time_ms, scratch_);
  }
  ++written_;
}

Result<void> SinkOperator::flush() {
  CEPHEID_TRY(write_out());    // a header line that no row followed
  if (broken_) return {};
  Result<void> done = sink_->flush();
  broken_ = !done;
  return done;
}

}    // namespace cepheid::runtime
