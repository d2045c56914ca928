#include "nfa/matcher/path_counts.hpp"

#include <algorithm>
#include <functional>

namespace cepheid::nfa {

// ---- a key

std::size_t PathCounts::Key::bytes() const {
  return (starts.capacity() + sets.capacity()) * sizeof(std::uint32_t) +
         (sums.capacity() + columns.capacity()) * sizeof(std::uint64_t);
}

std::size_t PathCounts::Key::find(SetId set) const {
  return static_cast<std::size_t>(std::ranges::find(sets, set) - sets.begin());
}

std::uint64_t* PathCounts::Key::column(SetId set) {
  const std::size_t at = find(set);
  if (at == sets.size()) {
    sets.push_back(set);
    columns.resize(columns.size() + stride());
  }
  return columns.data() + at * stride();
}

void PathCounts::Key::remove(SetId set) {
  const std::size_t at = find(set);
  if (at == sets.size()) return;
  const auto numbers_of = [&](std::size_t position) {
    return columns.begin() + static_cast<std::ptrdiff_t>(position * stride());
  };
  std::copy(numbers_of(sets.size() - 1), columns.end(), numbers_of(at));
  sets[at] = sets.back();
  sets.pop_back();
  columns.resize(columns.size() - stride());
}

void PathCounts::Key::see_bound(EventId alive) {
  while (!starts.empty() && is_before(starts.back(), alive)) {
    starts.pop_back();
    sums.resize(sums.size() - split_sets);
  }
  if (first_since && is_before(*first_since, alive)) first_is_dead = true;
}

// ---- all keys

bool PathCounts::needs_split(KeyId id, EventId alive) {
  Key& key = key_of(id);
  if (key.from_nodes) return false;
  key.see_bound(alive);
  // As long as one lives from before the split, so does whatever was begun since.
  return key.first_is_dead;
}

void PathCounts::split(KeyId id, std::span<const StandingPaths> standing, EventId alive) {
  forget(id);
  Key& key = key_of(id);
  if (standing.size() > kMostSets) {
    key.from_nodes = true;
    return;
  }
  const std::size_t sets = key.split_sets = standing.size();
  roots_.clear();
  for (std::size_t i = 0; i < sets; ++i) {
    roots_.push_back(standing[i].paths);
    key.column(standing[i].set)[i] = 1;
  }
  weights_.find(roots_, alive);
  for (std::size_t first = 0; first < sets; first += NodeWeights::kLanes) {
    const std::size_t lanes = std::min(NodeWeights::kLanes, sets - first);
    NodeWeights::Lanes sum{};
    std::size_t row = 0;    // one more than that of the start at hand
    weights_.for_starts(std::span(roots_).subspan(first, lanes), [&](EventId start, const NodeWeights::Lanes& ways) {
      if (row == 0 || key.starts[row - 1] != start) ++row;
      if (row > key.starts.size()) {
        key.starts.push_back(start);
        key.sums.resize(key.sums.size() + sets);
      }
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        key.sums[(row - 1) * sets + first + lane] = sum[lane] += ways[lane];
      }
    });
  }
  key_bytes_ += key.bytes();
}

std::uint64_t PathCounts::of(KeyId id, const StandingPaths& standing, EventId alive) {
  const Key& key = keys_[id];
  std::uint64_t count = 0;
  if (key.from_nodes) {
    weights_.find({&standing.paths, 1}, alive);
    weights_.for_starts({&standing.paths, 1}, [&](EventId, const NodeWeights::Lanes& ways) { count += ways[0]; });
    return count;
  }
  const std::size_t at = key.find(standing.set);
  if (at == key.sets.size()) return 0;
  const std::uint64_t* const column = key.columns.data() + at * key.stride();
  count = column[key.split_sets];
  if (key.starts.empty()) return count;
  const std::uint64_t* const sums = key.sums.data() + key.sums.size() - key.split_sets;
  for (std::size_t i = 0; i < key.split_sets; ++i) count += sums[i] * column[i];
  return count;
}

void PathCounts::apply(KeyId id, std::span<const MovingPaths> moving, const PathMove& begun, EventId start) {
  Key& key = key_of(id);
  if (key.from_nodes) return;
  const std::size_t before = key.bytes();
  const std::size_t stride = key.stride();
  moved_.resize(moving.size() * stride);
  for (std::size_t i = 0; i < moving.size(); ++i) {
    std::copy_n(key.column(moving[i].from.set), stride, moved_.data() + i * stride);
  }
  for (const MovingPaths& paths : moving) {
    if (paths.move->to != paths.from.set) key.remove(paths.from.set);
  }
  for (std::size_t i = 0; i < moving.size(); ++i) {
    const auto add_to = [&](SetId set) {
      if (set == PathMove::kGone) return;
      std::uint64_t* const to = key.column(set);
      const std::uint64_t* const numbers = moved_.data() + i * stride;
      for (std::size_t row = 0; row < stride; ++row) to[row] += numbers[row];
    };
    const PathMove& move = *moving[i].move;
    if (move.to != moving[i].from.set) add_to(move.to);
    for (const PathMove::Take& take : move.takes) add_to(take.to);
  }
  for (const PathMove::Take& take : begun.takes) {
    if (take.to == PathMove::kGone) continue;
    key.column(take.to)[key.split_sets] += 1;
    if (!key.first_since) key.first_since = start;
  }
  key_bytes_ += key.bytes() - before;
}

void PathCounts::forget(KeyId id) {
  Key& key = key_of(id);
  key_bytes_ -= key.bytes();
  key = Key();
}

void PathCounts::renumber(KeyId id, const EventMarks& events, EventId alive) {
  Key& key = key_of(id);
  key.see_bound(alive);
  // All that is left is alive, so it is in the ring. A start that no path has any more gets the number of a later one:
  // then its numbers make no difference.
  const auto number = [&](EventId start) { return events.begin() + events.before(start); };
  for (EventId& start : key.starts) start = number(start);
  if (key.first_since && !key.first_is_dead) key.first_since = number(*key.first_since);
}

}    // namespace cepheid::nfa
