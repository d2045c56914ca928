#pragma once

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "nfa/matcher/program.hpp"
#include "nfa/matcher/state_moves.hpp"

namespace cepheid::nfa {

/// The states that a path stands in, in order, and whether it has been a match.
using PathStates = std::pair<std::vector<StateId>, bool>;

/// What becomes of a path at an event. Where there are no states it goes no further.
struct PathChange {
  /// The path with the event behind it, under a step.
  struct Take {
    StepId step;
    PathStates to;
    bool completes;    // is it a match?
  };
  PathStates to;             // of the path as it is
  bool completes = false;    // is the path as it is a match?
  std::vector<Take> takes;
};

/// `outcome(state)`: what the event does there. `begins`: `from` is the start, and there is no path yet.
template <typename Outcome>
[[nodiscard]] PathChange find_path_change(const Program& program, const PathStates& from, bool begins,
                                          const Outcome& outcome) {
  struct Taken {
    std::set<StateId> to;
    bool completes = false;
  };
  PathChange all;
  std::set<StateId> staying;
  std::map<StepId, Taken> taken;
  for (const StateId state : from.first) {
    const StateMoves& outcomes = outcome(state);
    for (const StateMoves::Move& found : outcomes.moves) {
      const bool matches = program.states[found.target].kind == StateKind::final;
      if (found.action == Action::ignore) {
        if (begins) continue;
        if (matches) {
          all.completes |= !from.second;
        } else if (!outcomes.killed) {
          staying.insert(found.target);
        }
        continue;
      }
      if (outcomes.killed && !matches && !found.completes) continue;
      Taken& path = taken[found.step];
      path.completes |= matches || found.completes;
      if (!matches && !outcomes.killed) path.to.insert(found.target);
    }
  }
  const auto in_order = [](const std::set<StateId>& states) {
    return std::vector<StateId>(states.begin(), states.end());
  };
  all.to = {in_order(staying), from.second || all.completes};
  for (const auto& [step, path] : taken) {
    all.takes.push_back({step, {in_order(path.to), path.completes}, path.completes});
  }
  return all;
}

}    // namespace cepheid::nfa
