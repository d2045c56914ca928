#include "nfa/expr/step_aggregates.hpp"

#include <algorithm>
#include <new>

#include "nfa/expr/compare.hpp"
#include "nfa/expr/running_aggregate.hpp"

namespace cepheid::nfa {
namespace {

/// One field of some events.
struct Column {
  std::span<const Row> events;
  const FieldSlot& slot;
  const Type& type;

  /// Calls `use` with each value that is not null.
  template <typename Use>
  void each(Use use) const {
    for (const Row row : events) {
      const Datum datum = read_field(row, slot);
      if (!datum.null) use(datum);
    }
  }
};

Datum extreme_of(const Column& column, Outcome wanted) {
  Datum best;
  column.each([&](const Datum& datum) {
    if (best.null || compare_values(datum, column.type, best, column.type) == wanted) best = datum;
  });
  return best;
}

Datum distinct_of(const Column& column, Arena& arena) {
  auto* values = static_cast<Datum*>(arena.allocate(column.events.size() * sizeof(Datum)));
  std::size_t count = 0;
  const Type& type = column.type;
  if (type.kind == TypeKind::list || type.kind == TypeKind::object || type.kind == TypeKind::map) {
    column.each([&](const Datum& datum) {
      const bool seen = std::any_of(values, values + count, [&](const Datum& v) { return same_value(v, datum, type); });
      if (!seen) new (values + count++) Datum(datum);
    });
    return Datum::of_int(static_cast<std::int64_t>(count));
  }
  column.each([&](const Datum& datum) { new (values + count++) Datum(datum); });
  std::sort(values, values + count,
            [&](const Datum& a, const Datum& b) { return compare_values(a, type, b, type) == kLess; });
  const Datum* end =
      std::unique(values, values + count, [&](const Datum& a, const Datum& b) { return same_value(a, b, type); });
  return Datum::of_int(end - values);
}

}    // namespace

Datum aggregate_events(StepAggregate aggregate, std::span<const Row> events, const FieldSlot& slot, const Type& type,
                       Arena& arena) {
  if (aggregate == StepAggregate::count) return Datum::of_int(static_cast<std::int64_t>(events.size()));
  if (RunningAggregate::fits(aggregate, type)) {
    const RunningAggregate running(aggregate, slot, type);
    RunningAggregate::Words words{};
    for (const Row row : events) running.add(words.data(), row);
    return running.result(words.data());
  }
  const Column column{events, slot, type};
  switch (aggregate) {
    case StepAggregate::min: return extreme_of(column, kLess);
    case StepAggregate::max: return extreme_of(column, kGreater);
    case StepAggregate::first: return events.empty() ? Datum() : read_field(events.front(), slot);
    case StepAggregate::last: return events.empty() ? Datum() : read_field(events.back(), slot);
    case StepAggregate::count_distinct: return distinct_of(column, arena);
    default: break;    // of numbers only
  }
  return {};
}

}    // namespace cepheid::nfa
