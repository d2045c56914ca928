#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "cepheid/type.hpp"
#include "nfa/expr/typed_expr.hpp"
#include "nfa/row/layout.hpp"

namespace cepheid::nfa {

/// An aggregate over a field of events that come one after the other, as a few words: an event is added in O(1), and
/// what is reached may be kept for each of them, so that nobody goes through the events again. Immutable; shared by
/// threads.
class RunningAggregate {
 public:
  static constexpr std::size_t kMostWords = 3;
  /// What it has come to; all 0 before the first event.
  using Words = std::array<std::uint64_t, kMostWords>;

  /// Can it be told from so few words? Not where all values must be known, or where they are no numbers.
  [[nodiscard]] static bool fits(StepAggregate aggregate, const Type& type);

  /// `type` is the field's, `slot` where it lies (neither is looked at for `count`). Requires fits().
  RunningAggregate(StepAggregate aggregate, const FieldSlot& slot, Type type);

  /// So many of the words count.
  [[nodiscard]] std::size_t words() const { return words_; }
  void add(std::uint64_t* words, Row row) const;
  /// As aggregate_events() says it.
  [[nodiscard]] Datum result(const std::uint64_t* words) const;

 private:
  void add_value(std::uint64_t* words, const Datum& datum) const;
  void add_exactly(std::uint64_t* words, const Datum& datum) const;
  void add_to_deviation(std::uint64_t* words, const Datum& datum) const;
  void choose(std::uint64_t* words, const Datum& datum) const;
  [[nodiscard]] Datum exact_result(const std::uint64_t* words) const;
  [[nodiscard]] Datum chosen(const std::uint64_t* words) const;
  [[nodiscard]] bool is_double() const { return type_.kind == TypeKind::double_; }
  [[nodiscard]] bool is_decimal() const { return type_.kind == TypeKind::decimal; }

  StepAggregate aggregate_;
  FieldSlot slot_;
  Type type_;
  std::size_t words_;
};

}    // namespace cepheid::nfa
