#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "nfa/expr/predicate_table.hpp"
#include "nfa/matcher/program.hpp"

namespace cepheid::nfa {

/// Events that a pattern cannot tell apart, by number: all its conditions have the same outcome for them.
using ClassId = std::uint32_t;

/// Sorts events into classes by the outcomes of a pattern's conditions, so that what an event does to a state need be
/// found only once for each class. For patterns of at most 64 conditions, all of them on the event at hand alone.
///
/// Conditions may be left apart: no table has them and nobody asks them here. The classes found are those in which none
/// of them holds; variant() gives those in which some do.
class EventClasses {
 public:
  /// Are there few enough conditions? Those that look back must be left apart.
  [[nodiscard]] static bool fit(const Program& program);
  static constexpr std::size_t kMostApart = 4;

  /// Puts the conditions into `table`, but for those left `apart`. `when`: only events for which it holds concern the
  /// pattern.
  EventClasses(const Program& program, const std::optional<TypedExpr>& when, std::span<const ConditionId> apart,
               PredicateTable& table);
  /// To be called when the table is complete, before any of the following.
  void seal();

  /// The class of the event that `bits` is about; a new one if none of it has been met.
  [[nodiscard]] ClassId of(PredicateBits& bits, EvalScratch& scratch) {
    std::uint64_t outcomes = 0;
    for (std::size_t i = 0; i < predicates_.size(); ++i) {
      if (predicates_[i] == kApart) continue;
      outcomes |= std::uint64_t{bits.test(predicates_[i], scratch)} << bits_[i];
    }
    return of_outcomes(outcomes);
  }
  /// The same where the table is small, by its outcomes.
  [[nodiscard]] ClassId of(std::uint64_t outcomes) { return of_outcomes(outcomes & mask_); }
  /// The class of the same outcomes in which those of the conditions left apart hold whose bits are in `holding`, by
  /// their order. `id`: one in which none does.
  [[nodiscard]] ClassId variant(ClassId id, std::uint64_t holding);
  /// The one in which all of them hold.
  [[nodiscard]] ClassId twin(ClassId id) { return variant(id, all_apart()); }
  [[nodiscard]] std::uint64_t all_apart() const { return (std::uint64_t{1} << apart_) - 1; }
  /// Of a small table: the pattern's own conditions.
  [[nodiscard]] std::uint64_t mask() const { return mask_; }
  /// Of a small table: those of them that are dear.
  [[nodiscard]] std::uint64_t dear() const { return dear_; }
  /// Is `when` one of them?
  [[nodiscard]] bool asks_dear_when() const {
    return when_ >= 0 && (dear_ >> bits_[static_cast<std::size_t>(when_)] & 1) != 0;
  }
  /// The outcomes that events of the class have in common, for of().
  [[nodiscard]] std::uint64_t outcomes(ClassId id) const { return outcomes_[id]; }
  /// Does `when` hold for events of the class? Not all that is asked of them then needs to.
  [[nodiscard]] bool concern(ClassId id) const {
    return when_ < 0 || (outcomes_[id] >> bits_[static_cast<std::size_t>(when_)] & 1) != 0;
  }
  /// Number of classes met so far.
  [[nodiscard]] ClassId size() const { return static_cast<ClassId>(outcomes_.size()); }
  /// Is the edge open to events of the class?
  [[nodiscard]] bool holds(ClassId id, const Program::Edge& edge) const;

 private:
  static constexpr ClassId kNone = ~ClassId{0};
  static constexpr PredicateId kApart = ~PredicateId{0};
  static constexpr int kKnownBits = 5;
  struct Known {
    std::uint64_t outcomes = 0;
    ClassId id = kNone;
  };

  [[nodiscard]] ClassId of_outcomes(std::uint64_t outcomes) {
    Known& known = known_[(outcomes * 0x9E3779B97F4A7C15u) >> (64 - kKnownBits)];
    if (known.outcomes != outcomes || known.id == kNone) known = {outcomes, find(outcomes)};
    return known.id;
  }
  ClassId find(std::uint64_t outcomes);
  ClassId add(std::uint64_t outcomes, std::uint64_t apart_holding);

  const Program& program_;
  const PredicateTable& table_;
  std::vector<PredicateId> predicates_;    // by ConditionId (kApart: left apart); then `when`
  std::vector<std::uint8_t> bits_;    // where the outcome of each stands in a class's word, or in that of those apart
  std::size_t apart_ = 0;             // how many are left apart
  std::int32_t when_ = -1;            // position of `when`; -1: there is none
  std::uint64_t mask_ = 0;            // of all bits
  std::uint64_t dear_ = 0;
  std::vector<std::uint64_t> outcomes_;           // by class
  std::vector<std::uint64_t> apart_holding_;      // by class
  std::vector<std::vector<ClassId>> variants_;    // by class in which none apart holds; kNone: not met
  boost::unordered_flat_map<std::uint64_t, ClassId> by_outcomes_;
  std::array<Known, 1 << kKnownBits> known_;    // the latest of each hash
};

}    // namespace cepheid::nfa
