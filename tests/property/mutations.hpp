#pragma once

#include <string>
#include <vector>

#include "nfa/automaton/pattern_spec.hpp"

namespace cepheid::property {

/// A mistake put into a pattern, so that an engine that runs it does what a wrong engine would do.
struct Mutation {
  std::string name;
  /// False, and nothing is changed, if the pattern has nothing to which it applies.
  bool (*apply)(nfa::PatternSpec& spec);
};

[[nodiscard]] std::vector<Mutation> all_mutations();

}    // namespace cepheid::property
