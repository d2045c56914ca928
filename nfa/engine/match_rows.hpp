#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "nfa/automaton/pattern_spec.hpp"
#include "nfa/expr/program.hpp"
#include "nfa/matcher/match.hpp"

namespace cepheid::nfa {

/// The values of a pattern's `emit` and `on_timeout emit`, compiled. Immutable; shared by threads.
class MatchRows {
 public:
  explicit MatchRows(const PatternSpec& spec);

  /// The programs of `emit`, or of `on_timeout emit`, in the order of the items.
  [[nodiscard]] std::span<const ExprProgram> programs(bool timed_out) const {
    return timed_out ? timeout_emit_ : emit_;
  }
  /// Works out the items of a match into `items`; gives those that were written, without the `since` that stands before
  /// those of `absent`. They live as long as the match's events, `items` and the pieces of `scratch`.
  [[nodiscard]] std::span<const Datum> compute(const MatchView& match, EvalScratch& scratch,
                                               std::vector<Datum>& items) const;

 private:
  /// What an item is that is nothing but a field of an event of a step: read without running its program.
  struct StepField {
    StepId step;
    std::int32_t index;
    FieldSlot slot;
  };
  using StepFields = std::vector<std::optional<StepField>>;
  [[nodiscard]] static StepFields step_fields(const std::vector<NamedExpr>& items, const RowLayout& layout);
  /// The event of the match that `field` is of; null if there is none.
  [[nodiscard]] static Row event_of(const MatchView& match, const StepField& field);

  bool absent_;
  std::vector<ExprProgram> emit_;
  std::vector<ExprProgram> timeout_emit_;
  // Of these, by position.
  StepFields emit_fields_;
  StepFields timeout_emit_fields_;
};

}    // namespace cepheid::nfa
