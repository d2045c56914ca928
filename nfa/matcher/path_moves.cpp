#include "nfa/matcher/path_moves.hpp"

#include <algorithm>
#include <memory>

namespace cepheid::nfa {

void PathMoves::Staying::grow(std::size_t least) {
  auto larger = std::make_unique<bool[]>(2 * least);
  std::copy_n(known.get(), sets, larger.get());
  known = std::move(larger);
  sets = 2 * least;
}

void PathMoves::work_out(Id from, ClassId event, PathMove& move) {
  const bool begins = from == kStart;
  const PathStates before = begins ? PathStates{{program_.start}, false} : states(from);
  const PathChange found = find_path_change(program_, before, begins,
                                            [&](StateId state) -> const StateMoves& { return outcome(state, event); });
  const auto set_of = [&](const PathStates& to) {
    return to.first.empty() ? PathMove::kGone : find(equal_.representative(to));
  };
  move.to = set_of(found.to);
  move.completes = found.completes;
  for (const PathChange::Take& take : found.takes) {
    move.takes.push_back({take.step, set_of(take.to), take.completes});
  }
  move.stays = !begins && move.to == from && !move.completes && move.takes.empty();
}

}    // namespace cepheid::nfa
