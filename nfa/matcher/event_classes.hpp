#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "nfa/expr/predicate_table.hpp"
#include "nfa/matcher/program.hpp"

namespace cepheid::nfa {

/// Events that a pattern cannot tell apart, by number: all its conditions have the same outcome for them.
using ClassId = std::uint32_t;

/// Sorts events into classes by the outcomes of a pattern's conditions, so that what an event does to a state need be
/// found only once for each class. For patterns of at most 64 conditions, all of them on the event at hand alone.
class EventClasses {
 public:
  [[nodiscard]] static bool fit(const Program& program);

  EventClasses(const Program& program, PredicateTable& table);

  /// The class of the event that `bits` is about; a new one if none of it has been met.
  [[nodiscard]] ClassId of(PredicateBits& bits, EvalScratch& scratch) {
    std::uint64_t outcomes = 0;
    for (std::size_t i = 0; i < predicates_.size(); ++i) {
      outcomes |= std::uint64_t{bits.test(predicates_[i], scratch)} << i;
    }
    Known& known = known_[(outcomes * 0x9E3779B97F4A7C15u) >> (64 - kKnownBits)];
    if (known.outcomes != outcomes || known.id == kNone) known = {outcomes, find(outcomes)};
    return known.id;
  }
  /// Number of classes met so far.
  [[nodiscard]] ClassId size() const { return static_cast<ClassId>(outcomes_.size()); }
  /// Is the edge open to events of the class?
  [[nodiscard]] bool holds(ClassId id, const Program::Edge& edge) const;

 private:
  static constexpr ClassId kNone = ~ClassId{0};
  static constexpr int kKnownBits = 5;
  struct Known {
    std::uint64_t outcomes = 0;
    ClassId id = kNone;
  };

  ClassId find(std::uint64_t outcomes);

  const Program& program_;
  std::vector<PredicateId> predicates_;    // by ConditionId
  std::vector<std::uint64_t> outcomes_;    // by class
  boost::unordered_flat_map<std::uint64_t, ClassId> by_outcomes_;
  std::array<Known, 1 << kKnownBits> known_;    // the latest of each hash
};

}    // namespace cepheid::nfa
