#pragma once

#include <string>
#include <vector>

#include <boost/graph/adjacency_list.hpp>

#include "nfa/automaton/automaton.hpp"
#include "nfa/automaton/guard.hpp"

namespace cepheid::nfa {

struct GraphState {
  StateKind kind = StateKind::normal;
  std::string name;    // for drawings: the step, with ′ for a state that only waits
  /// Of the entry of an `any_of`: those of its alternatives. Nothing waits in it but what a TAKE has just put there.
  std::vector<std::size_t> alternatives;
  DurationMs within_previous = kNoLimit;
  std::vector<WithinOf> within_of;
};

struct GraphEdge {
  Action action = Action::take;
  Guard guard;
  StepId step = kNoStep;    // under which a TAKE puts the event
};

/// `vecS` on both sides: states are numbers in the order of their making, a state's edges stay in the order of theirs,
/// which is the order in which Flink tries them.
using BoostGraph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, GraphState, GraphEdge>;
using Vertex = BoostGraph::vertex_descriptor;

struct Automaton::Graph {
  BoostGraph graph;
  Vertex start = 0;
  Vertex final = 0;
  std::vector<TypedExpr> conditions;    // by ConditionId
};

}    // namespace cepheid::nfa
