#include "nfa/matcher/event_classes.hpp"

#include <algorithm>

namespace cepheid::nfa {

bool EventClasses::fit(const Program& program) {
  constexpr std::size_t kMostConditions = 63;    // and one for `when`
  return program.conditions.size() <= kMostConditions && std::ranges::none_of(program.conditions, looks_back);
}

EventClasses::EventClasses(const Program& program, const std::optional<TypedExpr>& when, PredicateTable& table)
    : program_(program), table_(table), known_() {
  for (const TypedExpr& condition : program.conditions) predicates_.push_back(table.add(condition));
  if (!when) return;
  when_ = static_cast<std::int32_t>(predicates_.size());
  predicates_.push_back(table.add(*when));
}

void EventClasses::seal() {
  bits_.clear();
  for (std::size_t i = 0; i < predicates_.size(); ++i) {
    bits_.push_back(static_cast<std::uint8_t>(table_.is_small() ? predicates_[i] : i));
    mask_ |= std::uint64_t{1} << bits_.back();
  }
  dear_ = table_.is_small() ? mask_ & ~table_.cheap() : 0;
}

bool EventClasses::holds(ClassId id, const Program::Edge& edge) const {
  const std::uint64_t outcomes = outcomes_[id];
  return std::ranges::all_of(program_.clauses_of(edge), [&](const Program::ClauseRange clause) {
    return std::ranges::any_of(program_.literals_of(clause), [&](const Literal& literal) {
      return ((outcomes >> bits_[literal.condition] & 1) != 0) != literal.negated;
    });
  });
}

ClassId EventClasses::find(std::uint64_t outcomes) {
  const auto [place, is_new] = by_outcomes_.try_emplace(outcomes, size());
  if (is_new) outcomes_.push_back(outcomes);
  return place->second;
}

}    // namespace cepheid::nfa
