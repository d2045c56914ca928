#include "nfa/matcher/group_moves.hpp"

#include <algorithm>

namespace cepheid::nfa {

bool GroupMoves::tell_apart(Id from, ClassId event, std::span<const ClassId> variants) {
  const std::vector<StateId> all = from == kStart ? std::vector<StateId>{program_.start} : states(from);
  return std::ranges::any_of(all, [&](StateId state) {
    const StateMoves moves = outcome(state, event);
    return std::ranges::any_of(variants, [&](ClassId variant) { return !moves.are_same(outcome(state, variant)); });
  });
}

bool GroupMoves::has_first_step(Id config, StepId step) {
  if (config >= first_steps_.size()) first_steps_.resize(config + std::size_t{1}, kNoStep);
  if (first_steps_[config] == kNoStep) first_steps_[config] = step;
  return first_steps_[config] == step;
}

/// All paths of a start are one: in place of where it would stand it may stand where that makes no difference.
void GroupMoves::use_representative(std::vector<StateId>& to, GroupMove& move) const {
  if (!equal_.found() || to.empty()) return;
  to = equal_.representative(to);
  const GroupMove::Source path = move.sources.front();
  move.sources.assign(to.size(), path);
  move.alone.assign(to.size(), path >= 0 && to.size() == 1 && path != move.completed);
}

void GroupMoves::work_out(Id from, ClassId event, GroupMove& move) {
  const std::vector<StateId> before = from == kStart ? std::vector<StateId>{program_.start} : states(from);
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
  const auto positions = static_cast<std::uint16_t>(before.size());
  for (std::uint16_t position = 0; position < positions; ++position) {
    const StateMoves& outcomes = outcome(before[position], event);
    for (const StateMoves::Move& found : outcomes.moves) {
      const bool ignores = found.action == Action::ignore;
      if (ignores && from == kStart) continue;
      const bool matches = program_.states[found.target].kind == StateKind::final;
      const bool completes = (matches || found.completes) && move.completed == GroupMove::kNothing;
      const bool goes_on = !matches && !outcomes.killed && std::ranges::find(to, found.target) == to.end();
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
  use_representative(to, move);
  if (!to.empty()) move.to = find(to);
  move.lengthens = before.size() == 1 && move.takes.size() == 1 && move.sources.size() == 1 && move.sources[0] == 0 &&
                   move.completed == GroupMove::kNothing;
  if (from == kStart && move.lengthens) move.is_told = has_first_step(move.to, move.takes[0].step);
  if (from != kStart && move.to == from && move.completed == GroupMove::kNothing) {
    move.stays = true;
    for (std::size_t i = 0; i < move.sources.size(); ++i) {
      move.stays &= move.sources[i] == static_cast<GroupMove::Source>(~static_cast<int>(i));
    }
  }
  move.is_short = from != kStart && before.size() == 1 && (move.stays || move.lengthens);
}

}    // namespace cepheid::nfa
