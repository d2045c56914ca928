#pragma once

#include <span>

#include "cepheid/type.hpp"
#include "nfa/expr/typed_expr.hpp"
#include "nfa/row/arena.hpp"
#include "nfa/row/layout.hpp"

namespace cepheid::nfa {

/// Sums up a field of the events that a step took. `type` is the field's, `slot` where it lies (neither is looked at
/// for `count`). Memory on the way comes from `arena`; text results belong to the rows.
///
/// `sum` keeps the type and is null where it leaves it; `avg` and `stddev` are doubles. Time linear in the events, for
/// `count_distinct` times their logarithm (of lists and objects: their square).
[[nodiscard]] Datum aggregate_events(StepAggregate aggregate, std::span<const Row> events, const FieldSlot& slot,
                                     const Type& type, Arena& arena);

}    // namespace cepheid::nfa
