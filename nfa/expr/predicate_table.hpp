#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "nfa/expr/program.hpp"

namespace cepheid::nfa {

/// A condition on the event at hand alone, by its number in a PredicateTable.
using PredicateId = std::uint32_t;

/// Conditions `field == "constant"` on one field of text, and those that say one of several: which of them hold is
/// found at once, by the text.
class TextFamily {
 public:
  static constexpr PredicateId kNone = ~PredicateId{0};
  /// What holds for a text.
  struct Found {
    PredicateId equal = kNone;    // that it is the constant
    std::uint64_t among = 0;      // those that say one of several, the bit of each being its number
  };

  explicit TextFamily(const FieldSlot& slot) : slot_(slot) {}
  [[nodiscard]] const FieldSlot& slot() const { return slot_; }
  /// `constant` must stay. False: there is one with this constant already, and this one stays outside.
  bool add(const Text& constant, PredicateId id);
  /// One that holds for this constant as well as for others. Requires `id` < 64.
  void add_among(const Text& constant, PredicateId id) { constant_of(constant).found.among |= std::uint64_t{1} << id; }
  [[nodiscard]] Found find(Row row) const;
  [[nodiscard]] Found find(const Text& text) const;

 private:
  static constexpr std::size_t kFew = 8;    // so many are compared one by one
  FieldSlot slot_;
  struct Constant {
    std::size_t size;
    std::uint64_t head;    // text_head(): mostly all that is compared
    const Text* text;
    Found found;
  };
  [[nodiscard]] Constant& constant_of(const Text& constant);

  std::vector<Constant> constants_;
  boost::unordered_flat_map<std::string_view, std::size_t> by_text_;    // by position
};

/// All distinct conditions on the rows of one layout that look at the row alone, whatever number of patterns and steps
/// use each. Made while rules are loaded, then immutable.
class PredicateTable {
 public:
  /// `texts_stay`: equal texts of all rows are one pointer that stays valid.
  explicit PredicateTable(const RowLayout& layout, bool texts_stay = false)
      : layout_(layout), texts_stay_(texts_stay) {}

  /// The number of an equal condition already there, or a new one. Requires type bool and !looks_back(condition).
  PredicateId add(const TypedExpr& condition);
  [[nodiscard]] std::size_t size() const { return programs_.size(); }
  [[nodiscard]] const ExprProgram& program(PredicateId id) const { return programs_[id]; }
  [[nodiscard]] const std::vector<TextFamily>& families() const { return families_; }
  /// The family that a condition is of, by position; negative: none.
  [[nodiscard]] std::int32_t family_of(PredicateId id) const { return family_of_[id]; }
  [[nodiscard]] bool texts_stay() const { return texts_stay_; }

  /// Do the outcomes of all conditions fit into a word, the bit of each being its number?
  [[nodiscard]] bool is_small() const { return size() <= 64; }
  /// Of a small table: conditions that cost no more than a few comparisons. The others are dear: asked only where their
  /// outcome counts.
  [[nodiscard]] std::uint64_t cheap() const { return cheap_; }
  [[nodiscard]] bool all_cheap() const { return static_cast<std::size_t>(__builtin_popcountll(cheap_)) == size(); }

 private:
  void put_into_family(const TypedExpr& condition, PredicateId id);
  [[nodiscard]] std::size_t family_for(const FieldSlot& slot);

  const RowLayout& layout_;
  const bool texts_stay_;
  std::vector<ExprProgram> programs_;
  std::vector<TextFamily> families_;
  std::vector<std::int32_t> family_of_;    // by condition
  std::uint64_t cheap_ = 0;
  boost::unordered_flat_map<std::string, PredicateId> by_fingerprint_;
  Arena texts_;    // of the families, that no program has
};

/// The outcomes of a table's conditions for one row, each worked out when it is first asked for and at most once; and
/// of a small table's cheap conditions for many rows at once.
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

  /// Of a small table: puts the outcomes of the cheap conditions into `outcomes`, a word for each row; the bits of the
  /// others are 0.
  void find_cheap(std::span<const Row> rows, std::uint64_t* outcomes);

 private:
  void evaluate(PredicateId id, EvalScratch& scratch);
  [[nodiscard]] TextFamily::Found find_in_family(std::size_t family, Row row) {
    const TextFamily& of = table_.families()[family];
    if (known_texts_.empty()) return of.find(row);
    const FieldSlot& slot = of.slot();
    if ((row[slot.null_word] & slot.null_mask) != 0) return {};
    const Text* text = nullptr;
    __builtin_memcpy(&text, row + slot.word, sizeof text);
    KnownText& known = known_texts_[family][known_place(text)];
    if (known.text != text) learn(known, family, text);
    return known.found;
  }

  const PredicateTable& table_;
  Row row_ = nullptr;
  TimeMs time_ms_ = 0;
  std::vector<std::uint64_t> known_;
  std::vector<std::uint64_t> holds_;
  struct FamilyOutcome {
    std::uint64_t row = 0;    // the number of the row that it is about
    TextFamily::Found found;
  };
  std::vector<FamilyOutcome> families_;
  std::uint64_t row_number_ = 0;
  /// Of texts that stay, the latest of each hash, by family: which conditions hold for it.
  struct KnownText {
    const Text* text = nullptr;
    TextFamily::Found found;
    std::uint64_t outcome = 0;    // of a small table: their bits
  };
  /// Of a small table.
  [[nodiscard]] static std::uint64_t outcome_of(const TextFamily::Found& found) {
    return found.among | (found.equal == TextFamily::kNone ? 0 : std::uint64_t{1} << found.equal);
  }
  static constexpr std::size_t kKnownTexts = 64;
  using KnownTexts = std::array<KnownText, kKnownTexts>;
  [[nodiscard]] static std::size_t known_place(const Text* text) {
    return (reinterpret_cast<std::uintptr_t>(text) >> 4) % kKnownTexts;    // kept texts lie at multiples of 16
  }
  void learn(KnownText& known, std::size_t family, const Text* text) const;
  void find_known_texts(std::size_t family, std::span<const Row> rows, std::uint64_t* outcomes);
  std::vector<KnownTexts> known_texts_;
  std::vector<PredicateId> alone_;    // cheap ones of no family
};

}    // namespace cepheid::nfa
