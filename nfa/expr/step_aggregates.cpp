#include "nfa/expr/step_aggregates.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>

#include "nfa/expr/compare.hpp"
#include "nfa/expr/number_functions.hpp"
#include "nfa/row/decimal_math.hpp"

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

double to_double(const Datum& datum, const Type& type) {
  switch (type.kind) {
    case TypeKind::double_: return datum.number;
    case TypeKind::decimal: return decimal_to_double(datum.units, type.scale);
    default: return static_cast<double>(datum.integer);
  }
}

/// The exact sum of ints or decimals in units; `overflow` if it left 128 bits on the way.
struct ExactSum {
  Int128 units = 0;
  std::size_t count = 0;
  bool overflow = false;
};

ExactSum add_exactly(const Column& column) {
  ExactSum sum;
  const bool decimal = column.type.kind == TypeKind::decimal;
  column.each([&](const Datum& datum) {
    const Int128 units = decimal ? datum.units : Int128{datum.integer};
    sum.overflow |= __builtin_add_overflow(sum.units, units, &sum.units);
    ++sum.count;
  });
  return sum;
}

Datum sum_of(const Column& column) {
  if (column.type.kind == TypeKind::double_) {
    double sum = 0;
    column.each([&](const Datum& datum) { sum += datum.number; });
    return finite(sum);
  }
  const ExactSum sum = add_exactly(column);
  if (column.type.kind == TypeKind::decimal) return decimal_unless(sum.overflow, sum.units);
  const bool overflow =
      sum.units > std::numeric_limits<std::int64_t>::max() || sum.units < std::numeric_limits<std::int64_t>::min();
  return int_unless(overflow, static_cast<std::int64_t>(sum.units));
}

Datum average_of(const Column& column) {
  if (column.type.kind == TypeKind::double_) {
    double sum = 0;
    std::size_t count = 0;
    column.each([&](const Datum& datum) {
      sum += datum.number;
      ++count;
    });
    if (count == 0) return {};
    return finite(sum / static_cast<double>(count));
  }
  const ExactSum sum = add_exactly(column);
  if (sum.count == 0 || sum.overflow) return {};
  return finite(decimal_to_double(sum.units, column.type.scale) / static_cast<double>(sum.count));
}

/// Of a sample, by Welford's way, which keeps its digits where the values are large and near to each other.
Datum deviation_of(const Column& column) {
  double mean = 0;
  double squares = 0;
  double count = 0;
  column.each([&](const Datum& datum) {
    const double value = to_double(datum, column.type);
    const double from_mean = value - mean;
    count += 1;
    mean += from_mean / count;
    squares += from_mean * (value - mean);
  });
  if (count < 2) return {};
  return finite(std::sqrt(squares / (count - 1)));
}

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
  const Column column{events, slot, type};
  switch (aggregate) {
    case StepAggregate::count: return Datum::of_int(static_cast<std::int64_t>(events.size()));
    case StepAggregate::sum: return sum_of(column);
    case StepAggregate::avg: return average_of(column);
    case StepAggregate::min: return extreme_of(column, kLess);
    case StepAggregate::max: return extreme_of(column, kGreater);
    case StepAggregate::stddev: return deviation_of(column);
    case StepAggregate::first: return events.empty() ? Datum() : read_field(events.front(), slot);
    case StepAggregate::last: return events.empty() ? Datum() : read_field(events.back(), slot);
    case StepAggregate::count_distinct: return distinct_of(column, arena);
  }
  return {};
}

}    // namespace cepheid::nfa
