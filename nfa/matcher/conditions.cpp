#include "nfa/matcher/conditions.hpp"

namespace cepheid::nfa {

Conditions::Conditions(const Program& program, const RowLayout& layout, PredicateTable& table, std::size_t steps)
    : steps_(steps) {
  for (const TypedExpr& expression : program.conditions) {
    Condition condition;
    if (nfa::looks_back(expression)) {
      condition.history = static_cast<std::int32_t>(history_.size());
      History& history = history_.emplace_back();
      history.program = compile_expression(expression, {.row = &layout, .taken = &layout, .sides = {}});
      history.comparison = path_comparison_of(expression, layout);
    } else {
      condition.predicate = table.add(expression);
    }
    conditions_.push_back(condition);
  }
}

bool Conditions::holds_on_path(std::int32_t history) {
  if (!has_path_) {
    asked_for_path_ = true;
    return false;
  }
  History& condition = history_[static_cast<std::size_t>(history)];
  if (condition.known_at != epoch_) {
    condition.value = is_true_on_path(condition);
    condition.known_at = epoch_;
  }
  return condition.value;
}

bool Conditions::is_true_on_path(History& condition) {
  if (condition.comparison && condition.comparison->field) {
    // Without a program being run, and without the whole path being laid out.
    const PathComparison& comparison = *condition.comparison;
    return (comparison.outcome(comparison.field->read(path_), event_value(condition)) & comparison.holds) != 0;
  }
  if (!path_filled_) {
    fill_taken(taken_, steps_, path_);
    path_filled_ = true;
  }
  return condition.program.holds(
      {.row = event_->row, .time_ms = event_->time_ms, .taken = &taken_, .sides = {}, .items = {}}, *scratch_);
}

const Datum& Conditions::event_value(History& condition) {
  if (condition.event_known_at != event_began_at_) {
    const PathComparison& comparison = *condition.comparison;
    condition.event_value =
        comparison.event_field
            ? read_field(event_->row, *comparison.event_field)
            : comparison.of_event.evaluate(
                  {.row = event_->row, .time_ms = event_->time_ms, .taken = nullptr, .sides = {}, .items = {}},
                  *scratch_);
    condition.event_known_at = event_began_at_;
  }
  return condition.event_value;
}

Datum Conditions::path_value(ConditionId id, const Node* path) {
  const PathComparison& comparison = *history_of(id).comparison;
  if (comparison.field) return comparison.field->read(path);
  look_at(path);
  fill_taken(taken_, steps_, path);
  path_filled_ = true;
  return comparison.of_path.evaluate({.row = nullptr, .time_ms = 0, .taken = &taken_, .sides = {}, .items = {}},
                                     *scratch_);
}

void fill_taken(TakenEvents& taken, std::size_t steps, const Node* path) {
  taken.reset(steps);
  for (const Node* node = path; node != nullptr; node = node->previous) taken.add(node->step, node->event->row());
  taken.reverse();
}

}    // namespace cepheid::nfa
