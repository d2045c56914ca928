#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reference/model.hpp"

namespace cepheid::reference {

/// A condition on an edge: all of `conditions` are true, or, if `negated`, not all of them are.
struct Test {
  std::vector<Expr> conditions;
  bool negated = false;
};

enum class Action { take, ignore, proceed };

struct Edge {
  Action action;
  std::size_t target;
  std::vector<Test> tests;    // all must hold
};

struct State {
  enum class Kind { normal, final, stop, pending };
  Kind kind = Kind::normal;
  std::string step;                         // whose events it takes
  std::optional<std::int64_t> of_previous;
  std::vector<Edge> edges;                  // in the order in which they are tried
  std::vector<Test> restrictions;           // must hold for each of the edges: what greedy loops before it keep from it
};

struct Automaton {
  std::vector<State> states;
  std::size_t start = 0;
};

/// Of a pattern that is not rejected.
[[nodiscard]] Automaton build_automaton(const Pattern& pattern);

}  // namespace cepheid::reference
