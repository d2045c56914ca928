#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "nfa/matcher/program.hpp"
#include "nfa/matcher/state_moves.hpp"

namespace cepheid::nfa {

/// What becomes of a start at an event. Of its partial matches only the oldest in each state counts, so all there is to
/// know of it is in which states it stands, in the order of age (its configuration), and one path for each.
struct ConfigChange {
  /// The event behind the path of an old position, under a step.
  struct Take {
    std::uint16_t position;
    StepId step;
  };
  /// Where the path of a new position, or of a match, comes from: n >= 0 is takes[n], else the path of position ~n.
  using Source = std::int16_t;
  static constexpr Source kNothing = INT16_MAX;

  std::vector<StateId> to;    // no states: it is gone
  std::vector<Take> takes;
  std::vector<Source> sources;    // of the new positions
  std::vector<bool> alone;        // by new position: is its path a take that nothing else has?
  Source completed = kNothing;    // the path that is a match
};

/// `outcome(state)`: what the event does there. `begins`: `from` is the start, and there is no path yet.
template <typename Outcome>
[[nodiscard]] ConfigChange find_config_change(const Program& program, const std::vector<StateId>& from, bool begins,
                                              const Outcome& outcome) {
  ConfigChange change;
  std::vector<bool> shared;    // by take: does more than one path go on from it?
  const auto take = [&](std::uint16_t position, StepId step) {
    const auto found = std::ranges::find_if(change.takes, [&](const ConfigChange::Take& known) {
      return known.position == position && known.step == step;
    });
    const auto index = static_cast<ConfigChange::Source>(found - change.takes.begin());
    if (found == change.takes.end()) {
      change.takes.push_back({position, step});
      shared.push_back(false);
    } else {
      shared[static_cast<std::size_t>(index)] = true;
    }
    return index;
  };
  const auto positions = static_cast<std::uint16_t>(from.size());
  for (std::uint16_t position = 0; position < positions; ++position) {
    const StateMoves& outcomes = outcome(from[position]);
    for (const StateMoves::Move& found : outcomes.moves) {
      const bool ignores = found.action == Action::ignore;
      if (ignores && begins) continue;
      const bool matches = program.states[found.target].kind == StateKind::final;
      const bool completes = (matches || found.completes) && change.completed == ConfigChange::kNothing;
      const bool goes_on =
          !matches && !outcomes.killed && std::ranges::find(change.to, found.target) == change.to.end();
      if (!completes && !goes_on) continue;
      const ConfigChange::Source source =
          ignores ? static_cast<ConfigChange::Source>(~position) : take(position, found.step);
      if (completes) {
        change.completed = source;
        if (!ignores && goes_on) shared[static_cast<std::size_t>(source)] = true;
      }
      if (goes_on) {
        change.to.push_back(found.target);
        change.sources.push_back(source);
      }
    }
  }
  for (const ConfigChange::Source source : change.sources) {
    change.alone.push_back(source >= 0 && !shared[static_cast<std::size_t>(source)]);
  }
  return change;
}

}    // namespace cepheid::nfa
