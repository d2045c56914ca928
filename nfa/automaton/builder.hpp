#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nfa/automaton/graph.hpp"

namespace cepheid::nfa {

enum class Contiguity : std::uint8_t { strict, relaxed, any };

[[nodiscard]] Contiguity contiguity_of(Link link);
[[nodiscard]] Contiguity contiguity_of(InnerContiguity inner);

/// What an element must know of the groups around it.
struct Surroundings {
  const Element* group = nullptr;    // the group whose sequence is being built
  bool first_round = true;           // of that group: its head has the group's link, later its inner contiguity
  Guard until = Guard::always();     // U of that group, which its own steps look at too
  bool has_until = false;
  const Element* following = nullptr;    // what follows the group, so also its last element
  std::vector<WithinOf> bounds;          // `within … of STEP` of all groups around

  /// "own and not U".
  [[nodiscard]] Guard allowed(const Guard& own) const { return has_until ? own.and_(until.negation()) : own; }
  /// "not (own and not U)".
  [[nodiscard]] Guard not_allowed(const Guard& own) const {
    return has_until ? until.or_(own.negation()) : own.negation();
  }
};

/// A not_followed_by that guards states.
struct Negation {
  const Element* element;
  Guard condition;
};

/// From a pattern to its automaton.
///
/// The construction is that of Flink CEP's compiler, because its result is the meaning: sequences are walked from the
/// last element to the first, and each element gets `next`, the entry state of what follows it. Two things are done to
/// states that already exist: `greedy` narrows every edge of the entry state of what follows (in place, so whatever
/// else leads there sees it), and an optional element after a not_followed_by gives its TAKE edges a copy of `next`
/// that the negation no longer guards.
class AutomatonBuilder {
 public:
  AutomatonBuilder(const PatternSpec& spec, std::size_t max_states)
      : spec_(spec), max_states_(max_states), result_(std::make_unique<Automaton::Graph>()) {}

  /// Nothing if there would be too many states.
  [[nodiscard]] std::unique_ptr<Automaton::Graph> build();

  // ---- for ElementBuilder

  /// The entry state of a sequence that leads to `next`.
  Vertex build_sequence(const Sequence& sequence, Vertex next, const Surroundings& around);

  /// T and U of an element, as conjunctions of numbered conditions.
  [[nodiscard]] Guard own_condition(const Element& element);
  [[nodiscard]] Guard until_condition(const Element& element);

  /// Past the bound on states nothing is added any more, and the results mean nothing.
  Vertex add_state(StateKind kind, std::string name);
  void add_edge(Vertex from, Action action, Vertex to, Guard guard, StepId step = kNoStep);
  /// PROCEED to death if the negation's event comes.
  void add_stop(Vertex state, const Negation& negation);
  [[nodiscard]] bool is_stop_of(Vertex state, const Negation& negation) const;
  [[nodiscard]] bool too_large() const { return too_large_; }
  [[nodiscard]] BoostGraph& graph() { return result_->graph; }
  [[nodiscard]] std::vector<std::pair<Vertex, GraphEdge>> edges_of(Vertex state) const;

 private:
  void add_conjuncts(const TypedExpr& expression, std::vector<ConditionId>& into);
  std::vector<Negation> negations_before(const Sequence& sequence, std::size_t at, const Surroundings& around);
  Vertex build_pending(const Element& element, const Surroundings& around);
  Vertex build_not_next(const Element& element, Vertex next, const Surroundings& around);

  const PatternSpec& spec_;
  const std::size_t max_states_;
  bool too_large_ = false;
  std::unique_ptr<Automaton::Graph> result_;
  std::map<std::string, ConditionId> condition_ids_;    // by fingerprint
  std::map<const Element*, Vertex> stops_;              // of not_followed_by and not_next
};

}    // namespace cepheid::nfa
