#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cepheid/time.hpp"
#include "nfa/expr/program.hpp"
#include "nfa/expr/typed_expr.hpp"

namespace cepheid::nfa {

/// Many conditions on the rows of one layout that are asked together: which of them hold?
///
/// Conditions that compare one field by one operator with a constant each, and have all else in common, are a ladder,
/// in the order of these constants: those that hold stand side by side, and two binary searches find them. The others
/// are asked one by one. So conditions have places, in which those of a ladder are neighbours. Immutable.
class ConditionLadders {
 public:
  /// `conditions`: each as parts that must all hold, in the same order for all of them.
  ConditionLadders(const std::vector<std::vector<TypedExpr>>& conditions, const RowLayout& layout);

  /// By place: which of the conditions.
  [[nodiscard]] std::span<const std::uint32_t> order() const { return order_; }
  /// The places `first` to `end` - 1.
  struct Range {
    std::uint32_t first;
    std::uint32_t end;
  };
  /// Puts the places of those that hold into `found`, in their order; ranges do not touch.
  /// O(ladders * log(conditions) + conditions asked one by one).
  void find(Row row, TimeMs time_ms, EvalScratch& scratch, std::vector<Range>& found) const;
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  /// Conditions side by side, the first one at place `first`. All of `also` must hold for any of them.
  struct Ladder {
    std::vector<ExprProgram> also;
    std::uint32_t first = 0;
    /// In order, so that what `begins` says is true up to the first place that may hold, what `ends` says up to the
    /// last one. Empty: one condition, which is all in `also`.
    std::vector<FieldTest> begins;
    std::vector<FieldTest> ends;
  };

  std::vector<Ladder> ladders_;
  std::vector<ExprProgram> rungs_;    // keep the texts of tests
  std::vector<std::uint32_t> order_;
};

}    // namespace cepheid::nfa
