#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "nfa/matcher/conditions.hpp"
#include "nfa/matcher/program.hpp"

namespace cepheid::nfa {

/// Whom of a state's partial matches an event can concern: those whose value in a comparison stands to the event's with
/// one of the outcomes `wanted`.
struct Visit {
  ConditionId comparison = 0;
  PathOutcomes wanted = 0;
  friend bool operator==(const Visit&, const Visit&) = default;
};

/// What must be visited of a state: the partial matches that any of `visits` names. All others stay as they are.
struct VisitPlan {
  std::vector<Visit> visits;
};

/// Finds out by which comparisons with the path the partial matches of a state can be told that an event leaves as they
/// are: those comparisons whose outcomes are enough to settle that the state's only open edge is the IGNORE to itself,
/// whatever all other conditions that look back say. Found once for each state and outcome of the conditions on the
/// event alone.
class VisitPlans {
 public:
  explicit VisitPlans(const Program& program) : program_(program), states_(program.states.size()) {}

  /// Null: all must be visited. Valid until the next call. Asks all conditions of the state that look at the event
  /// alone, but for those that may throw.
  [[nodiscard]] const VisitPlan* find(StateId state, Conditions& conditions);

 private:
  enum class Truth : std::uint8_t { no, yes, unknown };

  static constexpr std::size_t kMostOnEvent = 64;
  static constexpr std::size_t kMostComparisons = 4;    // tried in all combinations
  /// What is asked in a state, through PROCEED too.
  struct State {
    bool known = false;
    bool fit = false;
    std::vector<ConditionId> on_event;
    std::vector<ConditionId> comparisons;
    boost::unordered_flat_map<std::uint64_t, std::optional<VisitPlan>> plans;    // by the outcomes of on_event
  };
  void look_into(StateId id, const Conditions& conditions, State& state);
  std::optional<VisitPlan> make(StateId id, const State& state, const Conditions& conditions);
  [[nodiscard]] bool stays(StateId id);
  [[nodiscard]] Truth truth(const Program::Edge& edge) const;
  [[nodiscard]] Truth truth(std::span<const Literal> any) const;

  const Program& program_;
  std::vector<State> states_;
  std::vector<Truth> truths_;    // by condition, of the attempt at hand
  std::vector<StateId> stack_;
  std::vector<StateId> visited_;
};

}    // namespace cepheid::nfa
