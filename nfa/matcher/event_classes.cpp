#include "nfa/matcher/event_classes.hpp"

#include <algorithm>

namespace cepheid::nfa {

bool EventClasses::fit(const Program& program) {
  constexpr std::size_t kMostConditions = 64;
  return program.conditions.size() <= kMostConditions && std::ranges::none_of(program.conditions, looks_back);
}

EventClasses::EventClasses(const Program& program, PredicateTable& table) : program_(program), known_() {
  for (const TypedExpr& condition : program.conditions) predicates_.push_back(table.add(condition));
}

bool EventClasses::holds(ClassId id, const Program::Edge& edge) const {
  const std::uint64_t outcomes = outcomes_[id];
  return std::ranges::all_of(program_.clauses_of(edge), [&](const Program::ClauseRange clause) {
    return std::ranges::any_of(program_.literals_of(clause), [&](const Literal& literal) {
      return ((outcomes >> literal.condition & 1) != 0) != literal.negated;
    });
  });
}

ClassId EventClasses::find(std::uint64_t outcomes) {
  const auto [place, is_new] = by_outcomes_.try_emplace(outcomes, size());
  if (is_new) outcomes_.push_back(outcomes);
  return place->second;
}

}    // namespace cepheid::nfa
