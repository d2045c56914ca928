#include "runtime/operators/alert.hpp"

#include <utility>

#include "nfa/expr/to_text.hpp"
#include "runtime/tables/value_bytes.hpp"

namespace cepheid::runtime {

namespace {

std::vector<nfa::ExprProgram> compile_all(const std::optional<patterns::AlertPlan::Keyed>& keyed,
                                          const nfa::RowLayout& layout) {
  std::vector<nfa::ExprProgram> programs;
  if (!keyed) return programs;
  for (const nfa::TypedExpr& part : keyed->by) programs.push_back(nfa::compile_expression(part, {.row = &layout}));
  return programs;
}

}    // namespace

AlertOperator::AlertOperator(const patterns::AlertPlan& plan, std::string name,
                             const std::vector<OperatorInput>& inputs, nfa::Batch& output, AlertCounters& counters,
                             AlertListener* listener)
    : plan_(plan),
      name_(std::move(name)),
      inputs_(inputs, plan.inputs, plan.input_layout),
      raise_(plan.raised, *plan.input_layout, plan.raised_layout),
      dedupe_by_(compile_all(plan.dedupe, *plan.raised_layout)),
      group_by_(compile_all(plan.group, *plan.raised_layout)),
      title_(plan.title, *plan.raised_layout),
      body_(plan.body, *plan.raised_layout),
      json_(output.shared_layout()),
      output_(output),
      rows_(output),
      counters_(counters),
      listener_(has_channels(plan) ? listener : nullptr) {
  if (plan.when) when_ = nfa::compile_expression(*plan.when, {.row = plan.input_layout.get()});
  if (plan.resolve_when) resolve_when_ = nfa::compile_expression(*plan.resolve_when, {.row = plan.input_layout.get()});
  if (plan.select) select_.emplace(*plan.select, *plan.raised_layout, output.shared_layout());
  if (plan.dedupe) dedupe_.emplace(plan.dedupe->duration);
}

Result<void> AlertOperator::process() {
  inputs_.walk([&](nfa::Row row, TimeMs time_ms, std::uint64_t sequence) { take_row(row, time_ms, sequence); },
               [&](TimeMs low_ms, std::uint64_t sequence) {
                 output_.advance(low_ms, sequence);
                 if (listener_ != nullptr) listener_->on_event_time(low_ms);
               });
  return {};
}

void AlertOperator::take_row(nfa::Row row, TimeMs time_ms, std::uint64_t sequence) {
  scratch_.clear();
  const nfa::EvalInput at{.row = row, .time_ms = time_ms};
  if (resolve_when_ && resolve_when_->holds(at, scratch_)) {
    const nfa::Row over = raise_.apply(row, time_ms, scratch_);
    if (listener_ != nullptr) tell(over, select_ ? select_->apply(over, time_ms, scratch_) : over, time_ms, true);
    return;
  }
  if (when_ && !when_->holds(at, scratch_)) return;
  const nfa::Row raised = raise_.apply(row, time_ms, scratch_);
  if (is_held_back(raised, time_ms)) {
    counters_.held_back.add(1);
    return;
  }
  counters_.raised.add(1);
  if (plan_.shadow) return;
  const nfa::Row given = select_ ? select_->apply(raised, time_ms, scratch_) : raised;
  rows_.append(given, time_ms, sequence);
  if (listener_ != nullptr) tell(raised, given, time_ms, false);
}

bool AlertOperator::is_held_back(nfa::Row raised, TimeMs time_ms) {
  if (!dedupe_) return false;
  key_.clear();
  for (const nfa::ExprProgram& part : dedupe_by_) {
    append_value(key_, part.evaluate({.row = raised, .time_ms = time_ms}, scratch_), part.type());
  }
  return dedupe_->held_back(std::span(&key_, 1), time_ms);
}

void AlertOperator::tell(nfa::Row raised, nfa::Row given, TimeMs time_ms, bool resolve) {
  alerts::Alert alert;
  alert.name = name_;
  alert.time = time_ms;
  alert.resolve = resolve;
  const nfa::Datum severity = nfa::read_field(raised, plan_.raised_layout->slot(plan_.severity_field));
  if (!severity.null) alert.severity = severity.text->view();
  title_.append_text(alert.title, raised, time_ms, scratch_);
  body_.append_text(alert.body, raised, time_ms, scratch_);
  alert.dedupe_values = texts_of(dedupe_by_, raised, time_ms);
  alert.group_values = texts_of(group_by_, raised, time_ms);
  alert.row.clear();
  json_.append(alert.row, given);
  const nfa::RowLayout& layout = output_.layout();
  const std::vector<Field>& fields = layout.schema().fields();
  for (std::uint32_t i = 0; i < fields.size(); ++i) {
    if (fields[i].presence) continue;
    const nfa::Datum value = nfa::read_field(given, layout.slot(i));
    std::string text;
    if (!value.null) text = nfa::to_text(value, fields[i].type, scratch_.arena)->view();
    alert.values.emplace_back(fields[i].name, std::move(text));
  }
  listener_->on_alert(std::move(alert));
}

std::vector<std::string> AlertOperator::texts_of(const std::vector<nfa::ExprProgram>& programs, nfa::Row row,
                                                 TimeMs time_ms) {
  std::vector<std::string> texts;
  for (const nfa::ExprProgram& program : programs) {
    const nfa::Datum value = program.evaluate({.row = row, .time_ms = time_ms}, scratch_);
    texts.emplace_back();
    if (!value.null) texts.back() = nfa::to_text(value, program.type(), scratch_.arena)->view();
  }
  return texts;
}

}    // namespace cepheid::runtime
