#pragma once

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
  bool absent_;
  std::vector<ExprProgram> emit_;
  std::vector<ExprProgram> timeout_emit_;
};

}    // namespace cepheid::nfa
