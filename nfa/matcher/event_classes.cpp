#include "nfa/matcher/event_classes.hpp"

#include <algorithm>

namespace cepheid::nfa {

bool EventClasses::fit(const Program& program) {
  constexpr std::size_t kMostConditions = 63;    // and one for `when`
  return program.conditions.size() <= kMostConditions;
}

EventClasses::EventClasses(const Program& program, const std::optional<TypedExpr>& when,
                           std::span<const ConditionId> apart, PredicateTable& table)
    : program_(program), table_(table), known_() {
  for (ConditionId id = 0; id < program.conditions.size(); ++id) {
    const bool is_apart = std::ranges::find(apart, id) != apart.end();
    predicates_.push_back(is_apart ? kApart : table.add(program.conditions[id]));
  }
  // Of a family's own conditions it only matters whether they hold together.
  apart_ = std::min(apart.size(), kMostApart);
  if (!when) return;
  when_ = static_cast<std::int32_t>(predicates_.size());
  predicates_.push_back(table.add(*when));
}

void EventClasses::seal() {
  bits_.clear();
  std::size_t met_apart = 0;
  for (std::size_t i = 0; i < predicates_.size(); ++i) {
    if (predicates_[i] == kApart) {
      bits_.push_back(static_cast<std::uint8_t>(std::min(met_apart++, apart_ - 1)));
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
      const std::uint64_t of = is_apart ? apart_holding_[id] : outcomes;
      const bool holds = (of >> bits_[literal.condition] & 1) != 0;
      return holds != literal.negated;
    });
  });
}

ClassId EventClasses::find(std::uint64_t outcomes) {
  const auto [place, is_new] = by_outcomes_.try_emplace(outcomes, size());
  if (is_new) add(outcomes, 0);
  return place->second;
}

ClassId EventClasses::add(std::uint64_t outcomes, std::uint64_t apart_holding) {
  outcomes_.push_back(outcomes);
  apart_holding_.push_back(apart_holding);
  variants_.emplace_back();
  return size() - 1;
}

ClassId EventClasses::variant(ClassId id, std::uint64_t holding) {
  if (holding == 0) return id;
  std::vector<ClassId>& known = variants_[id];
  if (known.empty()) known.resize(all_apart() + 1, kNone);
  if (known[holding] != kNone) return known[holding];
  const ClassId made = add(outcomes_[id], holding);
  variants_[id][holding] = made;    // `known` has moved
  return made;
}

}    // namespace cepheid::nfa
