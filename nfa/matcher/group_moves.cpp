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
void GroupMoves::use_representative(ConfigChange& change) const {
  if (!equal_.found() || change.to.empty()) return;
  change.to = equal_.representative(change.to);
  const ConfigChange::Source path = change.sources.front();
  change.sources.assign(change.to.size(), path);
  change.alone.assign(change.to.size(), path >= 0 && change.to.size() == 1 && path != change.completed);
}

void GroupMoves::work_out(Id from, ClassId event, GroupMove& move) {
  const bool begins = from == kStart;
  const std::vector<StateId> before = begins ? std::vector<StateId>{program_.start} : states(from);
  ConfigChange change = find_config_change(program_, before, begins,
                                           [&](StateId state) -> const StateMoves& { return outcome(state, event); });
  use_representative(change);
  if (!change.to.empty()) move.to = find(change.to);
  move.takes = std::move(change.takes);
  move.sources = std::move(change.sources);
  move.alone = std::move(change.alone);
  move.completed = change.completed;
  move.lengthens = before.size() == 1 && move.takes.size() == 1 && move.sources.size() == 1 && move.sources[0] == 0 &&
                   move.completed == GroupMove::kNothing;
  if (begins) {
    if (move.lengthens) move.is_told = has_first_step(move.to, move.takes[0].step);
    return;
  }
  move.stays = move.to == from && move.completed == GroupMove::kNothing;
  for (std::size_t i = 0; i < move.sources.size(); ++i) {
    move.stays &= move.sources[i] == static_cast<GroupMove::Source>(~static_cast<int>(i));
  }
  move.is_short = before.size() == 1 && (move.stays || move.lengthens);
}

}    // namespace cepheid::nfa
