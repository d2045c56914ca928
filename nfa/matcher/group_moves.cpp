#include "nfa/matcher/group_moves.hpp"

#include <algorithm>

namespace cepheid::nfa {

GroupMoves::ConfigId GroupMoves::find(const std::vector<StateId>& states) {
  const auto [place, is_new] = by_states_.try_emplace(states, static_cast<ConfigId>(configs_.size()));
  if (is_new) {
    configs_.push_back(states);
    moves_.emplace_back();
  }
  return place->second;
}

void GroupMoves::find_outcome(StateId state, ClassId event) {
  finder_.find(
      state, [&](const Program::Edge& edge) { return classes_.holds(event, edge); }, outcome_);
}

const GroupMove& GroupMoves::find_move(ConfigId from, ClassId event) {
  GroupMove& move = made_.emplace_back();
  const std::vector<StateId> states = from == kStart ? std::vector<StateId>{program_.start} : configs_[from];
  std::vector<StateId> to;
  std::vector<bool> shared;    // by take: does more than one path go on from it?
  const auto take = [&](std::uint16_t position, StepId step) {
    const auto found = std::ranges::find_if(
        move.takes, [&](const GroupMove::Take& known) { return known.position == position && known.step == step; });
    const auto index = static_cast<GroupMove::Source>(found - move.takes.begin());
    if (found == move.takes.end()) {
      move.takes.push_back({position, step});
      shared.push_back(false);
    } else {
      shared[static_cast<std::size_t>(index)] = true;
    }
    return index;
  };
  for (std::uint16_t position = 0; position < states.size(); ++position) {
    find_outcome(states[position], event);
    for (const StateMoves::Move& found : outcome_.moves) {
      const bool ignores = found.action == Action::ignore;
      if (ignores && from == kStart) continue;
      const bool matches = program_.states[found.target].kind == StateKind::final;
      const bool completes = (matches || found.completes) && move.completed == GroupMove::kNothing;
      const bool goes_on = !matches && !outcome_.killed && std::ranges::find(to, found.target) == to.end();
      if (!completes && !goes_on) continue;
      const GroupMove::Source source = ignores ? static_cast<GroupMove::Source>(~position) : take(position, found.step);
      if (completes) {
        move.completed = source;
        if (!ignores && goes_on) shared[static_cast<std::size_t>(source)] = true;
      }
      if (goes_on) {
        to.push_back(found.target);
        move.sources.push_back(source);
      }
    }
  }
  for (const GroupMove::Source source : move.sources) {
    move.alone.push_back(source >= 0 && !shared[static_cast<std::size_t>(source)]);
  }
  if (!to.empty()) move.to = find(to);
  if (from != kStart && move.to == from && move.completed == GroupMove::kNothing) {
    move.stays = true;
    for (std::size_t i = 0; i < move.sources.size(); ++i) {
      move.stays &= move.sources[i] == static_cast<GroupMove::Source>(~static_cast<int>(i));
    }
  }
  ByClass& moves = from == kStart ? begin_ : moves_[from];
  if (moves.size() <= event) moves.resize(event + 1);
  moves[event] = &move;
  return move;
}

bool GroupMoves::is_idle(ClassId event) {
  if (idle_.size() <= event) idle_.resize(event + 1, -1);
  if (idle_[event] < 0) {
    const GroupMove& begun = begin(event);
    bool idle = begun.to == GroupMove::kGone && begun.completed == GroupMove::kNothing;
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
