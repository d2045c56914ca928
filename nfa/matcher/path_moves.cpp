#include "nfa/matcher/path_moves.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

namespace cepheid::nfa {

void PathMoves::Staying::grow(std::size_t least) {
  auto larger = std::make_unique<bool[]>(2 * least);
  std::copy_n(known.get(), sets, larger.get());
  known = std::move(larger);
  sets = 2 * least;
}

void PathMoves::work_out(Id from, ClassId event, PathMove& move) {
  const PathStates before = from == kStart ? PathStates{{program_.start}, false} : states(from);
  std::set<StateId> staying;
  struct Taken {
    std::set<StateId> to;
    bool completes = false;
  };
  std::map<StepId, Taken> taken;
  for (const StateId state : before.first) {
    const StateMoves& outcomes = outcome(state, event);
    for (const StateMoves::Move& found : outcomes.moves) {
      const bool matches = program_.states[found.target].kind == StateKind::final;
      if (found.action == Action::ignore) {
        if (from == kStart) continue;
        if (matches) {
          move.completes |= !before.second;
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
  const auto set_of = [&](const std::set<StateId>& to, bool completed) {
    return to.empty() ? PathMove::kGone : find({{to.begin(), to.end()}, completed});
  };
  move.to = set_of(staying, before.second || move.completes);
  for (const auto& [step, path] : taken) move.takes.push_back({step, set_of(path.to, path.completes), path.completes});
  move.stays = from != kStart && move.to == from && !move.completes && move.takes.empty();
}

}    // namespace cepheid::nfa
