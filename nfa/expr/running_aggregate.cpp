#include "nfa/expr/running_aggregate.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "nfa/expr/compare.hpp"
#include "nfa/expr/number_functions.hpp"
#include "nfa/row/decimal_math.hpp"

namespace cepheid::nfa {
namespace {

// The last word of what is more than a sum or a count: the number of values, and a flag.
constexpr std::size_t kLast = 2;
constexpr std::uint64_t kFlag = std::uint64_t{1} << 63;

template <typename Value>
Value value_at(const std::uint64_t* words) {
  Value value;
  std::memcpy(&value, words, sizeof value);
  return value;
}
template <typename Value>
void put(std::uint64_t* words, Value value) {
  std::memcpy(words, &value, sizeof value);
}

double to_double(const Datum& datum, const Type& type) {
  switch (type.kind) {
    case TypeKind::double_: return datum.number;
    case TypeKind::decimal: return decimal_to_double(datum.units, type.scale);
    default: return static_cast<double>(datum.integer);
  }
}

}    // namespace

bool RunningAggregate::fits(StepAggregate aggregate, const Type& type) {
  if (aggregate == StepAggregate::count) return true;
  if (aggregate == StepAggregate::count_distinct) return false;
  return type.kind == TypeKind::int_ || type.kind == TypeKind::timestamp || type.kind == TypeKind::double_ ||
         type.kind == TypeKind::decimal;
}

RunningAggregate::RunningAggregate(StepAggregate aggregate, const FieldSlot& slot, Type type)
    : aggregate_(aggregate), slot_(slot), type_(std::move(type)), words_(kMostWords) {
  if (aggregate == StepAggregate::count || (aggregate == StepAggregate::sum && is_double())) words_ = 1;
}

void RunningAggregate::add(std::uint64_t* words, Row row) const {
  if (aggregate_ == StepAggregate::count) {
    ++words[0];
    return;
  }
  add_value(words, read_field(row, slot_));
}

void RunningAggregate::add_value(std::uint64_t* words, const Datum& datum) const {
  const bool by_place = aggregate_ == StepAggregate::first || aggregate_ == StepAggregate::last;
  if (datum.null && !by_place) return;
  switch (aggregate_) {
    case StepAggregate::avg:
      if (is_double()) ++words[kLast];
      [[fallthrough]];
    case StepAggregate::sum:
      if (!is_double()) return add_exactly(words, datum);
      return put(words, value_at<double>(words) + datum.number);
    case StepAggregate::stddev: return add_to_deviation(words, datum);
    default: return choose(words, datum);
  }
}

/// The exact sum of ints or decimals in units; the flag if it left 128 bits on the way.
void RunningAggregate::add_exactly(std::uint64_t* words, const Datum& datum) const {
  auto sum = value_at<Int128>(words);
  if (__builtin_add_overflow(sum, is_decimal() ? datum.units : Int128{datum.integer}, &sum)) words[kLast] |= kFlag;
  put(words, sum);
  ++words[kLast];
}

/// By Welford's way, which keeps its digits where the values are large and near to each other: their mean, the sum of
/// squares of what they differ from it, and how many there are.
void RunningAggregate::add_to_deviation(std::uint64_t* words, const Datum& datum) const {
  const double value = to_double(datum, type_);
  const auto mean = value_at<double>(words);
  const double from_mean = value - mean;
  const double count = value_at<double>(words + kLast) + 1;
  const double new_mean = mean + from_mean / count;
  put(words, new_mean);
  put(words + 1, value_at<double>(words + 1) + from_mean * (value - new_mean));
  put(words + kLast, count);
}

/// The value that is chosen so far, once there is one; the flag if that is null.
void RunningAggregate::choose(std::uint64_t* words, const Datum& datum) const {
  if (words[kLast] != 0) {
    if (aggregate_ == StepAggregate::first) return;
    if (aggregate_ != StepAggregate::last) {
      const Outcome wanted = aggregate_ == StepAggregate::min ? kLess : kGreater;
      if (compare_values(datum, type_, chosen(words), type_) != wanted) return;
    }
  }
  put(words, datum.units);
  words[kLast] = 1 | (datum.null ? kFlag : 0);
}

Datum RunningAggregate::chosen(const std::uint64_t* words) const {
  Datum datum;
  datum.units = value_at<Int128>(words);
  datum.null = words[kLast] != 1;
  return datum;
}

Datum RunningAggregate::result(const std::uint64_t* words) const {
  switch (aggregate_) {
    case StepAggregate::count: return Datum::of_int(static_cast<std::int64_t>(words[0]));
    case StepAggregate::sum:
      if (is_double()) return finite(value_at<double>(words));
      return exact_result(words);
    case StepAggregate::avg:
      if (!is_double()) return exact_result(words);
      if (words[kLast] == 0) return {};
      return finite(value_at<double>(words) / static_cast<double>(words[kLast]));
    case StepAggregate::stddev: {
      // Of a sample.
      const auto count = value_at<double>(words + kLast);
      if (count < 2) return {};
      return finite(std::sqrt(value_at<double>(words + 1) / (count - 1)));
    }
    default: return chosen(words);
  }
}

Datum RunningAggregate::exact_result(const std::uint64_t* words) const {
  const auto sum = value_at<Int128>(words);
  const std::uint64_t count = words[kLast] & ~kFlag;
  const bool overflow = (words[kLast] & kFlag) != 0;
  if (aggregate_ == StepAggregate::avg) {
    if (count == 0 || overflow) return {};
    return finite(decimal_to_double(sum, type_.scale) / static_cast<double>(count));
  }
  if (is_decimal()) return decimal_unless(overflow, sum);
  const bool too_long =
      sum > std::numeric_limits<std::int64_t>::max() || sum < std::numeric_limits<std::int64_t>::min();
  return int_unless(overflow || too_long, static_cast<std::int64_t>(sum));
}

}    // namespace cepheid::nfa
