#include "nfa/automaton/guard.hpp"

#include <algorithm>

namespace cepheid::nfa {

Guard Guard::all_of(const std::vector<ConditionId>& conditions) {
  Guard guard;
  for (const ConditionId condition : conditions) guard.clauses.push_back({{condition, false}});
  return guard;
}

Guard Guard::and_(const Guard& other) const {
  Guard both = *this;
  for (const Clause& clause : other.clauses) {
    if (std::find(both.clauses.begin(), both.clauses.end(), clause) == both.clauses.end()) {
      both.clauses.push_back(clause);
    }
  }
  return both;
}

Guard Guard::or_(const Guard& other) const {
  Guard either;
  for (const Clause& own : clauses) {
    for (Clause clause : other.clauses) {
      clause.push_back(own.front());
      either.clauses.push_back(std::move(clause));
    }
  }
  return either;
}

Guard Guard::negation() const {
  Clause any;
  for (const Clause& clause : clauses) any.push_back({clause.front().condition, !clause.front().negated});
  return Guard{{std::move(any)}};
}

bool Guard::never() const {
  const auto contradicted = [this](const Literal& literal) {
    const Clause opposite{{literal.condition, !literal.negated}};
    return std::find(clauses.begin(), clauses.end(), opposite) != clauses.end();
  };
  return std::any_of(clauses.begin(), clauses.end(),
                     [&](const Clause& clause) { return std::all_of(clause.begin(), clause.end(), contradicted); });
}

}    // namespace cepheid::nfa
