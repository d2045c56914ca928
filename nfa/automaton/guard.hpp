#pragma once

#include <cstdint>
#include <vector>

namespace cepheid::nfa {

/// A condition of a pattern by its number: a conjunct of some step's `where` or `until`.
using ConditionId = std::uint32_t;

/// "Condition holds", or "condition does not hold" (null does not hold).
struct Literal {
  ConditionId condition = 0;
  bool negated = false;
  friend bool operator==(const Literal&, const Literal&) = default;
};

/// One literal of it must be true.
using Clause = std::vector<Literal>;

/// When an edge may be used: all clauses must be true; without clauses always. Everything that contiguity, `until`,
/// `greedy` and negation ask for is a conjunction of a few such clauses.
struct Guard {
  std::vector<Clause> clauses;

  [[nodiscard]] static Guard always() { return {}; }
  /// All of `conditions` hold.
  [[nodiscard]] static Guard all_of(const std::vector<ConditionId>& conditions);
  /// Both hold. Equal clauses are kept once.
  [[nodiscard]] Guard and_(const Guard& other) const;
  /// One of the two holds. Requires that each clause of this one has one literal.
  [[nodiscard]] Guard or_(const Guard& other) const;
  /// This one does not hold. Requires that no clause has more than one literal (so a conjunction of conditions).
  [[nodiscard]] Guard negation() const;
  /// Is it plain that it can't hold? True for an empty clause, as the negation of "always" is, and for a condition that
  /// must hold and must not.
  [[nodiscard]] bool never() const;
  friend bool operator==(const Guard&, const Guard&) = default;
};

}    // namespace cepheid::nfa
