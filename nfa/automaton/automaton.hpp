#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "cepheid/result.hpp"
#include "nfa/automaton/pattern_spec.hpp"
#include "nfa/matcher/program.hpp"

namespace cepheid::nfa {

/// A pattern's states and edges as a Boost.Graph graph: what is built from a PatternSpec, checked, drawn, and frozen
/// into the flat Program that runs. Lives while rules are loaded only.
class Automaton {
 public:
  /// Builds by the rules of Flink's compiler: from the last element to the first, each element getting the entry state
  /// of what follows. An error if it would have more than `max_states` states. Linear in the states made.
  [[nodiscard]] static Result<Automaton> build(const PatternSpec& spec, std::size_t max_states = kMaxAutomatonStates);

  ~Automaton();
  Automaton(Automaton&&) noexcept;
  Automaton& operator=(Automaton&&) noexcept;

  [[nodiscard]] std::size_t states() const;

  /// Steps that no way from the start reaches, or from which no way leads to a match: no event can ever be taken there.
  [[nodiscard]] std::vector<StepId> dead_steps() const;

  /// The flat form.
  [[nodiscard]] Program freeze() const;

  static constexpr std::size_t kMaxAutomatonStates = 400'000;

  struct Graph;    // in graph.hpp, for the files of this folder
  [[nodiscard]] const Graph& graph() const { return *graph_; }

 private:
  explicit Automaton(std::unique_ptr<Graph> graph);
  std::unique_ptr<Graph> graph_;
};

}    // namespace cepheid::nfa
