#pragma once

#include <string>
#include <vector>

#include <boost/graph/adjacency_list.hpp>

#include "nfa/automaton/automaton.hpp"
#include "nfa/automaton/guard.hpp"

namespace cepheid::nfa {

struct GraphState {
  StateKind kind = StateKind::normal;
  std::string name;                 // for drawings: the step, with ′ for a state that only waits
  StepId step = kNoStep;            // under which a TAKE from here puts the event
  DurationMs within_previous = kNoLimit;
};

struct GraphEdge {
  Action action = Action::take;
  Guard guard;
};

/// `vecS` on both sides: states are numbers in the order of their making, a state's edges stay in the order of theirs,
/// which is the order in which Flink tries them.
using BoostGraph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, GraphState, GraphEdge>;
using Vertex = BoostGraph::vertex_descriptor;

struct Automaton::Graph {
  BoostGraph graph;
  Vertex start = 0;
  Vertex final = 0;
  std::vector<TypedExpr> conditions;        // by ConditionId
  std::vector<std::string> fingerprints;    // of the conditions
};

}  // namespace cepheid::nfa
