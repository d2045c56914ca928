#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "nfa/expr/program.hpp"

namespace cepheid::nfa {

/// A condition on the event at hand alone, by its number in a PredicateTable.
using PredicateId = std::uint32_t;

/// All distinct conditions on the rows of one layout that look at the row alone, whatever number of patterns and steps
/// use each. Made while rules are loaded, then immutable.
class PredicateTable {
 public:
  explicit PredicateTable(const RowLayout& layout) : layout_(layout) {}

  /// The number of an equal condition already there, or a new one. Requires type bool and !looks_back(condition).
  PredicateId add(const TypedExpr& condition);
  [[nodiscard]] std::size_t size() const { return programs_.size(); }
  [[nodiscard]] const ExprProgram& program(PredicateId id) const { return programs_[id]; }

 private:
  const RowLayout& layout_;
  std::vector<ExprProgram> programs_;
  boost::unordered_flat_map<std::string, PredicateId> by_fingerprint_;
};

/// The outcomes of a table's conditions for one row, each worked out when it is first asked for and at most once.
class PredicateBits {
 public:
  explicit PredicateBits(const PredicateTable& table);

  /// The next row; forgets all outcomes. O(size / 64).
  void begin(Row row, TimeMs time_ms);
  /// Does condition `id` hold for the row?
  [[nodiscard]] bool test(PredicateId id, EvalScratch& scratch) {
    const std::uint64_t mask = std::uint64_t{1} << (id & 63);
    if ((known_[id >> 6] & mask) == 0) evaluate(id, scratch);
    return (holds_[id >> 6] & mask) != 0;
  }

 private:
  void evaluate(PredicateId id, EvalScratch& scratch);

  const PredicateTable& table_;
  Row row_ = nullptr;
  TimeMs time_ms_ = 0;
  std::vector<std::uint64_t> known_;
  std::vector<std::uint64_t> holds_;
};

}    // namespace cepheid::nfa
