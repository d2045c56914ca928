#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "nfa/expr/program.hpp"

namespace cepheid::nfa {

/// A condition on the event at hand alone, by its number in a PredicateTable.
using PredicateId = std::uint32_t;

/// Conditions `field == "constant"` on one field of text: which of them holds is found at once, by the text.
class TextFamily {
 public:
  static constexpr PredicateId kNone = ~PredicateId{0};

  explicit TextFamily(const FieldSlot& slot) : slot_(slot) {}
  [[nodiscard]] const FieldSlot& slot() const { return slot_; }
  /// `constant` must stay. False: there is one with this constant already, and this one stays outside.
  bool add(const Text& constant, PredicateId id);
  /// The one that holds for the row, or kNone.
  [[nodiscard]] PredicateId find(Row row) const;

 private:
  static constexpr std::size_t kFew = 8;    // so many are compared one by one
  FieldSlot slot_;
  std::vector<std::pair<const Text*, PredicateId>> constants_;
  boost::unordered_flat_map<std::string_view, PredicateId> by_text_;
};

/// All distinct conditions on the rows of one layout that look at the row alone, whatever number of patterns and steps
/// use each. Made while rules are loaded, then immutable.
class PredicateTable {
 public:
  explicit PredicateTable(const RowLayout& layout) : layout_(layout) {}

  /// The number of an equal condition already there, or a new one. Requires type bool and !looks_back(condition).
  PredicateId add(const TypedExpr& condition);
  [[nodiscard]] std::size_t size() const { return programs_.size(); }
  [[nodiscard]] const ExprProgram& program(PredicateId id) const { return programs_[id]; }
  [[nodiscard]] const std::vector<TextFamily>& families() const { return families_; }
  /// The family that a condition is of, by position; negative: none.
  [[nodiscard]] std::int32_t family_of(PredicateId id) const { return family_of_[id]; }

 private:
  const RowLayout& layout_;
  std::vector<ExprProgram> programs_;
  std::vector<TextFamily> families_;
  std::vector<std::int32_t> family_of_;    // by condition
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
  struct FamilyOutcome {
    std::uint64_t row = 0;    // the number of the row that it is about
    PredicateId holds = TextFamily::kNone;
  };
  std::vector<FamilyOutcome> families_;
  std::uint64_t row_number_ = 0;
};

}    // namespace cepheid::nfa
