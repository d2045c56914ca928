#include "nfa/matcher/visit_plans.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace cepheid::nfa {
namespace {

bool may_throw(const TypedExpr& expression) {
  return expression.kind == TypedExpr::Kind::native ||
         std::any_of(expression.args.begin(), expression.args.end(), may_throw);
}

template <typename Item>
void add_once(std::vector<Item>& items, const Item& item) {
  if (std::find(items.begin(), items.end(), item) == items.end()) items.push_back(item);
}

/// The fewer partial matches such a visit is likely to find, the less.
std::uint32_t cost_of(PathOutcomes wanted) {
  constexpr std::uint32_t kSide = 100;
  std::uint32_t cost = 1;
  if ((wanted & kLess) != 0) cost += kSide;
  if ((wanted & kGreater) != 0) cost += kSide;
  return cost;
}

}    // namespace

const VisitPlan* VisitPlans::find(StateId id, Conditions& conditions) {
  State& state = states_[id];
  if (!state.known) look_into(id, conditions, state);
  if (!state.fit) return nullptr;
  std::uint64_t outcomes = 0;
  for (std::size_t i = 0; i < state.on_event.size(); ++i) {
    outcomes |= std::uint64_t{conditions.holds_on_event(state.on_event[i])} << i;
  }
  auto found = state.plans.find(outcomes);
  if (found == state.plans.end()) {
    constexpr std::size_t kKept = 1024;
    if (state.plans.size() == kKept) state.plans.clear();
    truths_.assign(program_.conditions.size(), Truth::unknown);
    for (std::size_t i = 0; i < state.on_event.size(); ++i) {
      truths_[state.on_event[i]] = (outcomes >> i & 1) != 0 ? Truth::yes : Truth::no;
    }
    found = state.plans.emplace(outcomes, make(id, state, conditions)).first;
  }
  return found->second ? &*found->second : nullptr;
}

void VisitPlans::look_into(StateId id, const Conditions& conditions, State& state) {
  state.known = true;
  state.fit = true;
  visited_.assign(1, id);
  for (std::size_t i = 0; i < visited_.size(); ++i) {
    for (const Program::Edge& edge : program_.edges_of(visited_[i])) {
      if (edge.action == Action::proceed) add_once(visited_, edge.target);
      // Who goes elsewhere with the path that he has could meet another there who would then have to be visited, too.
      if (edge.action == Action::ignore && edge.target != id) state.fit = false;
      for (const Program::ClauseRange clause : program_.clauses_of(edge)) {
        for (const Literal& literal : program_.literals_of(clause)) {
          const ConditionId condition = literal.condition;
          if (conditions.comparison(condition) != nullptr) {
            add_once(state.comparisons, condition);
          } else if (!conditions.looks_back(condition) && !may_throw(program_.conditions[condition]) &&
                     state.on_event.size() < kMostOnEvent) {
            add_once(state.on_event, condition);
          }
        }
      }
    }
  }
  if (state.comparisons.empty()) state.fit = false;
  if (state.comparisons.size() > kMostComparisons) state.comparisons.resize(kMostComparisons);
}

/// The cheapest set of comparisons which, each being true or not, settle that a partial match stays: a partial match
/// for which one of them is otherwise must be visited.
std::optional<VisitPlan> VisitPlans::make(StateId id, const State& state, const Conditions& conditions) {
  std::optional<VisitPlan> best;
  std::uint32_t best_cost = std::numeric_limits<std::uint32_t>::max();
  std::size_t combinations = 1;
  for (std::size_t i = 0; i < state.comparisons.size(); ++i) combinations *= 3;
  for (std::size_t combination = 1; combination < combinations; ++combination) {
    VisitPlan plan;
    std::uint32_t cost = 0;
    std::size_t rest = combination;
    for (const ConditionId condition : state.comparisons) {
      constexpr Truth kTried[] = {Truth::unknown, Truth::no, Truth::yes};
      const Truth tried = kTried[rest % 3];
      rest /= 3;
      truths_[condition] = tried;
      if (tried == Truth::unknown) continue;
      const PathOutcomes holds = conditions.comparison(condition)->holds;
      const auto wanted = static_cast<PathOutcomes>(tried == Truth::no ? holds : kAllOutcomes & ~holds);
      plan.visits.push_back({condition, wanted});
      cost += cost_of(wanted);
    }
    if (cost >= best_cost || !stays(id)) continue;
    best_cost = cost;
    best = std::move(plan);
  }
  return best;
}

/// Is it certain that a partial match stays as it is, as far as the conditions are known?
bool VisitPlans::stays(StateId id) {
  bool ignored = false;
  stack_.assign(1, id);
  visited_.assign(1, id);
  while (!stack_.empty()) {
    const StateId at = stack_.back();
    stack_.pop_back();
    if (program_.states[at].kind == StateKind::stop) return false;
    for (const Program::Edge& edge : program_.edges_of(at)) {
      const Truth open = truth(edge);
      if (open == Truth::no) continue;
      switch (edge.action) {
        case Action::take: return false;
        case Action::ignore:
          if (open != Truth::yes || at != id || edge.target != id || ignored) return false;
          ignored = true;
          break;
        case Action::proceed:
          if (std::find(visited_.begin(), visited_.end(), edge.target) == visited_.end()) {
            visited_.push_back(edge.target);
            stack_.push_back(edge.target);
          }
          break;
      }
    }
  }
  return ignored;
}

VisitPlans::Truth VisitPlans::truth(const Program::Edge& edge) const {
  Truth all = Truth::yes;
  for (const Program::ClauseRange clause : program_.clauses_of(edge)) {
    const Truth one = truth(program_.literals_of(clause));
    if (one == Truth::no) return Truth::no;
    if (one == Truth::unknown) all = Truth::unknown;
  }
  return all;
}

VisitPlans::Truth VisitPlans::truth(std::span<const Literal> any) const {
  Truth one_of = Truth::no;
  for (const Literal& literal : any) {
    const Truth of_condition = truths_[literal.condition];
    if (of_condition == Truth::unknown) {
      one_of = Truth::unknown;
    } else if ((of_condition == Truth::yes) != literal.negated) {
      return Truth::yes;
    }
  }
  return one_of;
}

}    // namespace cepheid::nfa
