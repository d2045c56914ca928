#pragma once

#include <cstdint>
#include <optional>

#include "nfa/expr/compare.hpp"
#include "nfa/expr/program.hpp"
#include "nfa/expr/typed_expr.hpp"
#include "nfa/matcher/shared_buffer.hpp"

namespace cepheid::nfa {

/// How a path's value stands to the event's, as one bit: an Outcome, or one of these two.
using PathOutcome = std::uint8_t;
/// Several of them.
using PathOutcomes = std::uint8_t;
inline constexpr PathOutcome kUnordered = 8;    // a NaN is one of the two
inline constexpr PathOutcome kNullAmong = 16;
inline constexpr PathOutcomes kAllOutcomes = kLess | kEqual | kGreater | kUnordered | kNullAmong;

/// A field of one event of a path: of event `index` of a step, from 0, or from the last if negative.
struct TakenField {
  StepId step = 0;
  std::int32_t index = -1;
  FieldSlot slot;

  /// Null if there is no such event. Linear in the path.
  [[nodiscard]] Datum read(const Node* path) const;
};

/// A condition that compares a value of the event at hand with a value of the path: as long as a partial match stays
/// where it is, the latter does not change, so that partial matches can be found by it.
///
/// What looks at the path alone is one, too: it is compared with `true`.
struct PathComparison {
  ExprProgram of_event;
  ExprProgram of_path;
  std::optional<FieldSlot> event_field;    // what of_event computes, if it is nothing but this
  std::optional<TakenField> field;         // what of_path computes, if it is nothing but this
  Type event_type;
  Type path_type;
  PathOutcomes holds = 0;    // the outcomes with which the condition holds

  /// Of the path's value against the event's, by the rules of expressions.
  [[nodiscard]] PathOutcome outcome(const Datum& of_the_path, const Datum& of_the_event) const {
    if (of_the_path.null || of_the_event.null) return kNullAmong;
    // The commonest types without a call.
    const Outcome outcome = both(TypeKind::double_) ? compare_plain(of_the_path.number, of_the_event.number)
                            : both(TypeKind::int_)  ? compare_plain(of_the_path.integer, of_the_event.integer)
                                                    : compare_values(of_the_path, path_type, of_the_event, event_type);
    return outcome == 0 ? kUnordered : outcome;
  }

 private:
  [[nodiscard]] bool both(TypeKind kind) const { return path_type.kind == kind && event_type.kind == kind; }
};

/// The comparison that a condition is, if it is one. Requires looks_back(condition).
[[nodiscard]] std::optional<PathComparison> path_comparison_of(const TypedExpr& condition, const RowLayout& layout);

}    // namespace cepheid::nfa
