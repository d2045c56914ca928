#include <utility>

#include <fmt/format.h>

#include "nfa/automaton/automaton.hpp"
#include "nfa/automaton/builder.hpp"
#include "nfa/automaton/element_builder.hpp"

namespace cepheid::nfa {

Contiguity contiguity_of(Link link) {
  switch (link) {
    case Link::followed_by: return Contiguity::relaxed;
    case Link::followed_by_any: return Contiguity::any;
    default: return Contiguity::strict;
  }
}

Contiguity contiguity_of(InnerContiguity inner) {
  switch (inner) {
    case InnerContiguity::consecutive: return Contiguity::strict;
    case InnerContiguity::allow_combinations: return Contiguity::any;
    default: return Contiguity::relaxed;
  }
}

std::unique_ptr<Automaton::Graph> AutomatonBuilder::build() {
  result_->final = add_state(StateKind::final, "match");
  result_->start = build_sequence(spec_.sequence, result_->final, {});
  return too_large_ ? nullptr : std::move(result_);
}

// ---- conditions

void AutomatonBuilder::add_conjuncts(const TypedExpr& expression, std::vector<ConditionId>& into) {
  if (expression.kind == TypedExpr::Kind::call && expression.function == Function::and_) {
    for (const TypedExpr& part : expression.args) add_conjuncts(part, into);
    return;
  }
  const auto next = static_cast<ConditionId>(result_->conditions.size());
  const auto [place, is_new] = condition_ids_.emplace(fingerprint(expression), next);
  if (is_new) result_->conditions.push_back(expression);
  into.push_back(place->second);
}

Guard AutomatonBuilder::own_condition(const Element& element) {
  std::vector<ConditionId> conditions;
  for (const TypedExpr& where : element.where) add_conjuncts(where, conditions);
  return Guard::all_of(conditions);
}

Guard AutomatonBuilder::until_condition(const Element& element) {
  std::vector<ConditionId> conditions;
  if (element.until) add_conjuncts(*element.until, conditions);
  return Guard::all_of(conditions);
}

// ---- states and edges

Vertex AutomatonBuilder::add_state(StateKind kind, std::string name) {
  BoostGraph& graph = result_->graph;
  if (boost::num_vertices(graph) >= max_states_) {
    too_large_ = true;
    return 0;
  }
  GraphState state;
  state.kind = kind;
  state.name = std::move(name);
  return boost::add_vertex(state, graph);
}

void AutomatonBuilder::add_edge(Vertex from, Action action, Vertex to, Guard guard, StepId step) {
  if (too_large_) return;
  boost::add_edge(from, to, GraphEdge{action, std::move(guard), step}, result_->graph);
}

void AutomatonBuilder::add_stop(Vertex state, const Negation& negation) {
  const auto [place, is_new] = stops_.emplace(negation.element, 0);
  if (is_new) place->second = add_state(StateKind::stop, "not " + negation.element->name);
  add_edge(state, Action::proceed, place->second, negation.condition);
}

bool AutomatonBuilder::is_stop_of(Vertex state, const Negation& negation) const {
  const auto found = stops_.find(negation.element);
  return found != stops_.end() && found->second == state;
}

std::vector<std::pair<Vertex, GraphEdge>> AutomatonBuilder::edges_of(Vertex state) const {
  const BoostGraph& graph = result_->graph;
  std::vector<std::pair<Vertex, GraphEdge>> edges;
  for (auto [edge, end] = boost::out_edges(state, graph); edge != end; ++edge) {
    edges.emplace_back(boost::target(*edge, graph), graph[*edge]);
  }
  return edges;
}

// ---- sequences

Vertex AutomatonBuilder::build_sequence(const Sequence& sequence, Vertex next, const Surroundings& around) {
  for (std::size_t at = sequence.elements.size(); at-- > 0 && !too_large_;) {
    const Element& element = sequence.elements[at];
    const Element* following = at + 1 < sequence.elements.size() ? &sequence.elements[at + 1] : around.following;
    if (element.link == Link::not_followed_by) {
      if (result_->graph[next].kind == StateKind::final) next = build_pending(element, around);
    } else if (element.link == Link::not_next) {
      next = build_not_next(element, next, around);
    } else {
      next = ElementBuilder(*this, element, following, at == 0, negations_before(sequence, at, around), around)
                 .build(next);
    }
  }
  return next;
}

/// The not_followed_by elements that guard the wait for element `at`: those right before it, and those before an
/// optional element that may have been left out.
std::vector<Negation> AutomatonBuilder::negations_before(const Sequence& sequence, std::size_t at,
                                                         const Surroundings& around) {
  std::vector<Negation> negations;
  for (; at > 0; --at) {
    const Element& before = sequence.elements[at - 1];
    if (before.link == Link::not_followed_by) {
      negations.push_back({&before, around.allowed(own_condition(before))});
    } else if (!before.quantifier.optional) {
      break;
    }
  }
  return negations;
}

Vertex AutomatonBuilder::build_pending(const Element& element, const Surroundings& around) {
  const Guard own = own_condition(element);
  const Vertex pending = add_state(StateKind::pending, "no " + element.name);
  if (too_large_) return 0;
  if (element.within_previous) graph()[pending].within_previous = *element.within_previous;
  add_stop(pending, {&element, around.allowed(own)});
  add_edge(pending, Action::ignore, pending, around.not_allowed(own));
  return pending;
}

Vertex AutomatonBuilder::build_not_next(const Element& element, Vertex next, const Surroundings& around) {
  const Guard own = own_condition(element);
  const Vertex state = add_state(StateKind::normal, "not next " + element.name);
  if (too_large_) return 0;
  if (element.within_previous) graph()[state].within_previous = *element.within_previous;
  // To the match by IGNORE: the event that is looked at must not complete it together with the event before.
  const bool last = result_->graph[next].kind == StateKind::final;
  add_edge(state, last ? Action::ignore : Action::proceed, next, around.not_allowed(own));
  add_stop(state, {&element, around.allowed(own)});
  return state;
}

// ---- the result

Result<Automaton> Automaton::build(const PatternSpec& spec, std::size_t max_states) {
  std::unique_ptr<Graph> graph = AutomatonBuilder(spec, max_states).build();
  if (graph == nullptr) {
    return Error{fmt::format("pattern `{}` has more than {} states", spec.name, max_states)};
  }
  return Automaton(std::move(graph));
}

Automaton::Automaton(std::unique_ptr<Graph> graph) : graph_(std::move(graph)) {}
Automaton::~Automaton() = default;
Automaton::Automaton(Automaton&&) noexcept = default;
Automaton& Automaton::operator=(Automaton&&) noexcept = default;

std::size_t Automaton::states() const {
  return boost::num_vertices(graph_->graph);
}

}    // namespace cepheid::nfa
