#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "reference/model.hpp"

namespace cepheid::reference {

/// A condition on an edge: all of `conditions` are true and all `parts` hold, or, if `negated`, that is not so.
struct Test {
  std::vector<Expr> conditions;
  bool negated = false;
  std::vector<Test> parts;
};

enum class Action { take, ignore, proceed };

struct Edge {
  Action action;
  std::size_t target;
  std::vector<Test> tests;    // all must hold
  std::string step;           // that takes the event
};

struct State {
  enum class Kind { normal, final, stop, pending };
  Kind kind = Kind::normal;
  std::optional<std::int64_t> of_previous = std::nullopt;
  std::vector<Bound> bounds{};    // for waiting here, and for each TAKE from here
  bool is_choice = false;         // only proceeds, to the entries of alternatives
  std::vector<Edge> edges{};      // in the order in which they are tried
};

struct Automaton {
  std::vector<State> states;
  std::size_t start = 0;
};

/// Of a pattern that is not rejected and has a sequence.
[[nodiscard]] Automaton build_automaton(const Pattern& pattern);

}    // namespace cepheid::reference
