#include "nfa/matcher/path_moves.hpp"

#include <algorithm>
#include <set>

namespace cepheid::nfa {

PathMoves::SetId PathMoves::find(const States& states) {
  const auto [place, is_new] = by_states_.try_emplace(states, static_cast<SetId>(sets_.size()));
  if (is_new) {
    sets_.push_back(states);
    moves_.emplace_back();
  }
  return place->second;
}

void PathMoves::find_outcome(StateId state, ClassId event) {
  finder_.find(
      state, [&](const Program::Edge& edge) { return classes_.holds(event, edge); }, outcome_);
}

const PathMove& PathMoves::find_move(SetId from, ClassId event) {
  PathMove& move = made_.emplace_back();
  const States states = from == kStart ? States{{program_.start}, false} : sets_[from];
  std::set<StateId> staying;
  struct Taken {
    std::set<StateId> to;
    bool completes = false;
  };
  std::map<StepId, Taken> taken;
  for (const StateId state : states.first) {
    find_outcome(state, event);
    for (const StateMoves::Move& found : outcome_.moves) {
      const bool matches = program_.states[found.target].kind == StateKind::final;
      if (found.action == Action::ignore) {
        if (from == kStart) continue;
        if (matches) {
          move.completes |= !states.second;
        } else if (!outcome_.killed) {
          staying.insert(found.target);
        }
        continue;
      }
      if (outcome_.killed && !matches && !found.completes) continue;
      Taken& path = taken[found.step];
      path.completes |= matches || found.completes;
      if (!matches && !outcome_.killed) path.to.insert(found.target);
    }
  }
  const auto set_of = [&](const std::set<StateId>& to, bool completed) {
    return to.empty() ? PathMove::kGone : find({{to.begin(), to.end()}, completed});
  };
  move.to = set_of(staying, states.second || move.completes);
  for (const auto& [step, path] : taken) move.takes.push_back({step, set_of(path.to, path.completes), path.completes});
  move.stays = from != kStart && move.to == from && !move.completes && move.takes.empty();
  ByClass& moves = from == kStart ? begin_ : moves_[from];
  if (moves.size() <= event) moves.resize(event + 1);
  moves[event] = &move;
  return move;
}

bool PathMoves::is_idle(ClassId event) {
  if (idle_.size() <= event) idle_.resize(event + 1, -1);
  if (idle_[event] < 0) {
    bool idle = begin(event).takes.empty();
    for (StateId state = 0; state < program_.states.size() && idle; ++state) {
      if (program_.states[state].kind != StateKind::normal || state == program_.start) continue;
      find_outcome(state, event);
      idle = outcome_.stays(state);
    }
    idle_[event] = idle ? 1 : 0;
  }
  return idle_[event] != 0;
}

}    // namespace cepheid::nfa
