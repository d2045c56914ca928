#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "cepheid/time.hpp"
#include "nfa/expr/predicate_table.hpp"

namespace cepheid::nfa {

/// Some rows in a row, and what is known of a small table's conditions for each. Each condition is asked at most once
/// of a row, a dear one only if somebody needs its outcome.
class EventBlock {
 public:
  static constexpr std::size_t kMost = 64;
  /// A set of rows of the block, by position.
  using Rows = std::uint64_t;

  /// All borrowed.
  EventBlock(const PredicateTable& table, PredicateBits& bits) : table_(table), bits_(bits) {}

  /// Forgets all rows.
  void clear() { size_ = 0; }
  void add(Row row, TimeMs time_ms) {
    rows_[size_] = row;
    times_[size_++] = time_ms;
  }
  /// Call when all are added.
  void find_cheap() {
    bits_.find_cheap(rows(), outcomes_.data());
    if (!table_.all_cheap()) std::fill_n(known_.begin(), size_, table_.cheap());
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] Rows all() const { return size_ == kMost ? ~Rows{0} : (Rows{1} << size_) - 1; }
  [[nodiscard]] std::span<const Row> rows() const { return {rows_.data(), size_}; }
  /// Outcomes of the conditions known so far; those not known have 0.
  [[nodiscard]] std::uint64_t outcomes(std::size_t i) const { return outcomes_[i]; }
  /// The same with the conditions of `wanted`, some of which are dear, known.
  std::uint64_t outcomes_with(std::size_t i, std::uint64_t wanted, EvalScratch& scratch) {
    std::uint64_t missing = wanted & ~known_[i];
    if (missing == 0) return outcomes_[i];
    known_[i] |= missing;
    for (; missing != 0; missing &= missing - 1) {
      const int id = __builtin_ctzll(missing);
      const bool holds =
          table_.program(static_cast<PredicateId>(id)).holds({.row = rows_[i], .time_ms = times_[i]}, scratch);
      outcomes_[i] |= std::uint64_t{holds} << id;
    }
    return outcomes_[i];
  }

 private:
  const PredicateTable& table_;
  PredicateBits& bits_;
  std::size_t size_ = 0;
  std::array<Row, kMost> rows_;
  std::array<TimeMs, kMost> times_;
  std::array<std::uint64_t, kMost> outcomes_;
  std::array<std::uint64_t, kMost> known_;    // kept only if some conditions are dear
};

}    // namespace cepheid::nfa
