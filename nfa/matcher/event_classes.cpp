#include "nfa/matcher/event_classes.hpp"

#include <algorithm>

namespace cepheid::nfa {

bool EventClasses::fit(const Program& program) {
  constexpr std::size_t kMostConditions = 63;    // and one for `when`
  return program.conditions.size() <= kMostConditions && std::ranges::none_of(program.conditions, looks_back);
}

EventClasses::EventClasses(const Program& program, const std::optional<TypedExpr>& when,
                           std::span<const ConditionId> apart, PredicateTable& table)
    : program_(program), table_(table), known_() {
  for (ConditionId id = 0; id < program.conditions.size(); ++id) {
    const bool is_apart = std::ranges::find(apart, id) != apart.end();
    predicates_.push_back(is_apart ? kApart : table.add(program.conditions[id]));
  }
  if (!when) return;
  when_ = static_cast<std::int32_t>(predicates_.size());
  predicates_.push_back(table.add(*when));
}

void EventClasses::seal() {
  bits_.clear();
  for (std::size_t i = 0; i < predicates_.size(); ++i) {
    if (predicates_[i] == kApart) {
      bits_.push_back(0);
      continue;
    }
    bits_.push_back(static_cast<std::uint8_t>(table_.is_small() ? predicates_[i] : i));
    mask_ |= std::uint64_t{1} << bits_.back();
  }
  dear_ = table_.is_small() ? mask_ & ~table_.cheap() : 0;
}

bool EventClasses::holds(ClassId id, const Program::Edge& edge) const {
  const std::uint64_t outcomes = outcomes_[id];
  return std::ranges::all_of(program_.clauses_of(edge), [&](const Program::ClauseRange clause) {
    return std::ranges::any_of(program_.literals_of(clause), [&](const Literal& literal) {
      const bool is_apart = predicates_[literal.condition] == kApart;
      const bool holds = is_apart ? apart_hold_[id] : (outcomes >> bits_[literal.condition] & 1) != 0;
      return holds != literal.negated;
    });
  });
}

ClassId EventClasses::find(std::uint64_t outcomes) {
  const auto [place, is_new] = by_outcomes_.try_emplace(outcomes, size());
  if (is_new) add(outcomes, false);
  return place->second;
}

ClassId EventClasses::add(std::uint64_t outcomes, bool apart_hold) {
  outcomes_.push_back(outcomes);
  apart_hold_.push_back(apart_hold);
  twins_.push_back(kNone);
  return size() - 1;
}

ClassId EventClasses::twin(ClassId id) {
  if (twins_[id] == kNone) {
    const ClassId made = add(outcomes_[id], true);
    twins_[id] = made;
  }
  return twins_[id];
}

}    // namespace cepheid::nfa
