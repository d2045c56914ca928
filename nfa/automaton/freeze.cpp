// The graph as flat arrays. States that no way from the start reaches are left out; the others keep their order, the
// start first, so that a program reads like its drawing.

#include <algorithm>
#include <limits>

#include "nfa/automaton/automaton.hpp"
#include "nfa/automaton/graph.hpp"

namespace cepheid::nfa {
namespace {

constexpr StateId kUnreached = std::numeric_limits<StateId>::max();

/// States by the order in which a walk from the start meets them; an explicit stack, for patterns of any length.
std::vector<Vertex> reached_states(const BoostGraph& graph, Vertex start, std::vector<StateId>& number) {
  std::vector<Vertex> order{start};
  number.assign(boost::num_vertices(graph), kUnreached);
  number[start] = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (auto [edge, end] = boost::out_edges(order[i], graph); edge != end; ++edge) {
      const Vertex target = boost::target(*edge, graph);
      if (graph[*edge].guard.never() || number[target] != kUnreached) continue;
      number[target] = static_cast<StateId>(order.size());
      order.push_back(target);
    }
  }
  return order;
}

/// The guard's clauses with those that only look at the event at hand first, and so in each clause: what they settle,
/// no path need be looked at for.
std::vector<Clause> with_history_last(const Guard& guard, const std::vector<bool>& looks_back_at) {
  const auto on_event = [&](const Literal& literal) { return !looks_back_at[literal.condition]; };
  std::vector<Clause> clauses = guard.clauses;
  for (Clause& clause : clauses) std::stable_partition(clause.begin(), clause.end(), on_event);
  std::stable_partition(clauses.begin(), clauses.end(),
                        [&](const Clause& clause) { return std::all_of(clause.begin(), clause.end(), on_event); });
  return clauses;
}

}    // namespace

Program Automaton::freeze() const {
  const BoostGraph& graph = graph_->graph;
  std::vector<StateId> number;
  const std::vector<Vertex> order = reached_states(graph, graph_->start, number);

  Program program;
  program.conditions = graph_->conditions;
  std::vector<bool> looks_back_at(program.conditions.size());
  for (std::size_t i = 0; i < looks_back_at.size(); ++i) looks_back_at[i] = looks_back(program.conditions[i]);

  for (const Vertex vertex : order) {
    Program::State state;
    state.first_edge = static_cast<std::uint32_t>(program.edges.size());
    state.kind = graph[vertex].kind;
    state.within_previous = graph[vertex].within_previous;
    state.first_bound = static_cast<std::uint32_t>(program.bounds.size());
    state.bounds = static_cast<std::uint32_t>(graph[vertex].within_of.size());
    program.bounds.insert(program.bounds.end(), graph[vertex].within_of.begin(), graph[vertex].within_of.end());
    for (auto [edge, end] = boost::out_edges(vertex, graph); edge != end; ++edge) {
      const GraphEdge& properties = graph[*edge];
      if (properties.guard.never()) continue;
      Program::Edge flat;
      flat.action = properties.action;
      flat.step = properties.step;
      flat.target = number[boost::target(*edge, graph)];
      flat.first_clause = static_cast<std::uint32_t>(program.clauses.size());
      flat.clauses = static_cast<std::uint32_t>(properties.guard.clauses.size());
      for (const Clause& clause : with_history_last(properties.guard, looks_back_at)) {
        program.clauses.push_back(
            {static_cast<std::uint32_t>(program.literals.size()), static_cast<std::uint32_t>(clause.size())});
        for (const Literal& literal : clause) {
          program.literals.push_back(literal);
          if (looks_back_at[literal.condition]) state.history = true;
        }
      }
      program.edges.push_back(flat);
    }
    state.edges = static_cast<std::uint32_t>(program.edges.size()) - state.first_edge;
    program.states.push_back(state);
  }

  // A PROCEED asks the target's guards too. Taking asks whether a way of PROCEEDs leads on to the match.
  // Targets mostly stand behind their sources, so going from the back settles all but loops in one pass.
  bool changed = true;
  while (changed) {
    changed = false;
    for (std::size_t i = program.states.size(); i-- > 0;) {
      Program::State& state = program.states[i];
      for (std::uint32_t k = 0; k < state.edges && !state.history; ++k) {
        const Program::Edge& edge = program.edges[state.first_edge + k];
        if (edge.action != Action::ignore && program.states[edge.target].history) state.history = changed = true;
      }
    }
  }
  return program;
}

std::vector<StepId> Automaton::dead_steps() const {
  const BoostGraph& graph = graph_->graph;
  std::vector<StateId> number;
  const std::vector<Vertex> order = reached_states(graph, graph_->start, number);

  // Backwards from the match and from pending states: what leads there.
  std::vector<std::vector<Vertex>> sources(boost::num_vertices(graph));
  std::vector<Vertex> alive;
  std::vector<bool> leads_on(boost::num_vertices(graph), false);
  for (const Vertex vertex : order) {
    for (auto [edge, end] = boost::out_edges(vertex, graph); edge != end; ++edge) {
      if (!graph[*edge].guard.never()) sources[boost::target(*edge, graph)].push_back(vertex);
    }
    if (graph[vertex].kind == StateKind::final || graph[vertex].kind == StateKind::pending) {
      leads_on[vertex] = true;
      alive.push_back(vertex);
    }
  }
  while (!alive.empty()) {
    const Vertex vertex = alive.back();
    alive.pop_back();
    for (const Vertex source : sources[vertex]) {
      if (leads_on[source]) continue;
      leads_on[source] = true;
      alive.push_back(source);
    }
  }

  std::vector<StepId> dead;
  std::vector<StepId> live;
  for (std::size_t v = 0; v < boost::num_vertices(graph); ++v) {
    for (auto [edge, end] = boost::out_edges(v, graph); edge != end; ++edge) {
      const GraphEdge& properties = graph[*edge];
      if (properties.action != Action::take || properties.step == kNoStep) continue;
      const bool takes = number[v] != kUnreached && !properties.guard.never() && leads_on[boost::target(*edge, graph)];
      (takes ? live : dead).push_back(properties.step);
    }
  }
  std::sort(live.begin(), live.end());
  std::sort(dead.begin(), dead.end());
  dead.erase(std::unique(dead.begin(), dead.end()), dead.end());
  std::erase_if(dead, [&](StepId step) { return std::binary_search(live.begin(), live.end(), step); });
  return dead;
}

}    // namespace cepheid::nfa
