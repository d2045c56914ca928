#include "nfa/matcher/conditions.hpp"

namespace cepheid::nfa {

Conditions::Conditions(const Program& program, const RowLayout& layout, PredicateTable& table, std::size_t steps)
    : steps_(steps) {
  for (const TypedExpr& expression : program.conditions) {
    Condition condition;
    if (looks_back(expression)) {
      condition.history = static_cast<std::int32_t>(history_.size());
      history_.push_back({compile_expression(expression, {.row = &layout, .taken = &layout, .sides = {}})});
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
    if (!path_filled_) {
      fill_taken(taken_, steps_, path_);
      path_filled_ = true;
    }
    condition.value = condition.program.holds(
        {.row = event_->row, .time_ms = event_->time_ms, .taken = &taken_, .sides = {}, .items = {}}, *scratch_);
    condition.known_at = epoch_;
  }
  return condition.value;
}

void fill_taken(TakenEvents& taken, std::size_t steps, const Node* path) {
  taken.reset(steps);
  for (const Node* node = path; node != nullptr; node = node->previous) taken.add(node->step, node->event->row());
  taken.reverse();
}

}    // namespace cepheid::nfa
