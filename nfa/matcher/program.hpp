#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "cepheid/time.hpp"
#include "nfa/automaton/guard.hpp"
#include "nfa/automaton/pattern_spec.hpp"

namespace cepheid::nfa {

using StateId = std::uint32_t;

inline constexpr StepId kNoStep = std::numeric_limits<StepId>::max();
inline constexpr DurationMs kNoLimit = std::numeric_limits<DurationMs>::max();

enum class StateKind : std::uint8_t {
  normal,
  final,      // a match
  stop,       // a not-step's event came: the partial match dies
  pending,    // a last not_followed_by waits for the time to run out
};

/// What an edge does with the event at hand: take it, pass it by, or offer it to the target as well.
enum class Action : std::uint8_t { take, ignore, proceed };

/// A pattern's automaton as flat arrays: the states, each state's edges side by side in the order in which they are
/// tried, each edge's clauses, each clause's literals. Immutable; shared by all keys.
struct Program {
  struct State {
    std::uint32_t first_edge = 0;
    std::uint32_t edges = 0;
    StateKind kind = StateKind::normal;
    bool history = false;    // does any guard met from here, through PROCEED too, look at what was taken?
    DurationMs within_previous = kNoLimit;
    std::uint32_t first_bound = 0;
    std::uint32_t bounds = 0;
  };
  struct Edge {
    Action action = Action::take;
    StepId step = kNoStep;    // of a TAKE: where the event goes
    StateId target = 0;
    std::uint32_t first_clause = 0;
    std::uint32_t clauses = 0;
  };
  struct ClauseRange {
    std::uint32_t first_literal = 0;
    std::uint32_t literals = 0;
  };

  std::vector<State> states;
  std::vector<Edge> edges;
  std::vector<ClauseRange> clauses;
  std::vector<Literal> literals;
  std::vector<WithinOf> bounds;         // of states
  std::vector<TypedExpr> conditions;    // by ConditionId
  StateId start = 0;

  /// Does `within … of_previous` or `within … of STEP` bind any state?
  [[nodiscard]] bool has_own_limits() const {
    return std::any_of(states.begin(), states.end(),
                       [](const State& s) { return s.within_previous != kNoLimit || s.bounds != 0; });
  }
  /// Does any condition look at what was taken?
  [[nodiscard]] bool has_history() const {
    return std::any_of(states.begin(), states.end(), [](const State& s) { return s.history; });
  }

  [[nodiscard]] std::span<const Edge> edges_of(StateId state) const {
    return {edges.data() + states[state].first_edge, states[state].edges};
  }
  [[nodiscard]] std::span<const WithinOf> bounds_of(StateId state) const {
    return {bounds.data() + states[state].first_bound, states[state].bounds};
  }
  [[nodiscard]] std::span<const ClauseRange> clauses_of(const Edge& edge) const {
    return {clauses.data() + edge.first_clause, edge.clauses};
  }
  [[nodiscard]] std::span<const Literal> literals_of(ClauseRange clause) const {
    return {literals.data() + clause.first_literal, clause.literals};
  }
};

}    // namespace cepheid::nfa
