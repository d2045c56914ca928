#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "nfa/expr/predicate_table.hpp"
#include "nfa/expr/program.hpp"
#include "nfa/matcher/path_comparison.hpp"
#include "nfa/matcher/program.hpp"
#include "nfa/matcher/shared_buffer.hpp"

namespace cepheid::nfa {

/// A pattern's conditions at work: those on the event alone come from the table that all patterns over the stream
/// share, those that look back are computed on the path of the partial match that asks, once for each path and event.
class Conditions {
 public:
  /// Puts the conditions on the event alone into `table`. `steps`: how many steps of the pattern take events.
  Conditions(const Program& program, const RowLayout& layout, PredicateTable& table, std::size_t steps);

  /// The event at hand. `bits` hold its outcomes.
  void begin(const CurrentEvent& event, PredicateBits& bits, EvalScratch& scratch) {
    event_ = &event;
    bits_ = &bits;
    scratch_ = &scratch;
    ++epoch_;
    event_began_at_ = epoch_;
  }
  /// The path that conditions see from now on (null: nothing taken yet).
  void look_at(const Node* path) {
    path_ = path;
    path_filled_ = false;
    has_path_ = true;
    ++epoch_;
  }
  /// From now on no path is there to be seen: a condition that looks back does not hold, and it is noted that one was
  /// asked.
  void look_at_no_path() {
    has_path_ = false;
    asked_for_path_ = false;
  }
  [[nodiscard]] bool asked_for_path() const { return asked_for_path_; }
  /// On the event at hand and the path, if there is one to be seen.
  [[nodiscard]] bool holds(ConditionId id) {
    const Condition& condition = conditions_[id];
    return condition.history < 0 ? bits_->test(condition.predicate, *scratch_) : holds_on_path(condition.history);
  }
  [[nodiscard]] bool looks_back(ConditionId id) const { return conditions_[id].history >= 0; }
  /// The event at hand's outcome. Requires !looks_back(id).
  [[nodiscard]] bool holds_on_event(ConditionId id) { return bits_->test(conditions_[id].predicate, *scratch_); }
  /// The comparison with the path that a condition is; null if it is none.
  [[nodiscard]] const PathComparison* comparison(ConditionId id) const {
    const std::int32_t history = conditions_[id].history;
    if (history < 0) return nullptr;
    const std::optional<PathComparison>& comparison = history_[static_cast<std::size_t>(history)].comparison;
    return comparison ? &*comparison : nullptr;
  }
  // What a comparison compares. Text lives as long as the event is at hand. Require comparison(id) != nullptr.
  [[nodiscard]] const Datum& event_value(ConditionId id) { return event_value(history_of(id)); }
  [[nodiscard]] Datum path_value(ConditionId id, const Node* path);

 private:
  struct Condition {
    PredicateId predicate = 0;
    std::int32_t history = -1;    // position in history_, if it looks back
  };
  struct History {
    ExprProgram program;
    std::optional<PathComparison> comparison;
    std::uint64_t known_at = 0;    // epoch of `value`
    bool value = false;
    std::uint64_t event_known_at = 0;    // the event's first epoch: of `event_value`, of the comparison
    Datum event_value;
  };
  History& history_of(ConditionId id) { return history_[static_cast<std::size_t>(conditions_[id].history)]; }
  bool holds_on_path(std::int32_t history);
  [[nodiscard]] bool is_true_on_path(History& condition);
  const Datum& event_value(History& condition);
  std::vector<Condition> conditions_;
  std::vector<History> history_;
  TakenEvents taken_;
  std::size_t steps_;

  const CurrentEvent* event_ = nullptr;
  PredicateBits* bits_ = nullptr;
  EvalScratch* scratch_ = nullptr;
  const Node* path_ = nullptr;
  bool path_filled_ = false;
  bool has_path_ = false;
  bool asked_for_path_ = false;
  std::uint64_t epoch_ = 0;
  std::uint64_t event_began_at_ = 0;    // epoch
};

/// Puts the events of a path into `taken`, by step, in the order taken.
void fill_taken(TakenEvents& taken, std::size_t steps, const Node* path);

}    // namespace cepheid::nfa
