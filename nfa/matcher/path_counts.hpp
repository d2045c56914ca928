#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "nfa/matcher/deadlines.hpp"
#include "nfa/matcher/node_weights.hpp"
#include "nfa/matcher/path_moves.hpp"

namespace cepheid::nfa {

/// Paths of a key that stand in a set of states.
struct StandingPaths {
  PathMove::SetId set;
  NodeId paths;
};

/// The same, and what the event at hand does to them.
struct MovingPaths {
  StandingPaths from;
  const PathMove* move;
};

/// How many live paths of each key stand in each set of states, without listing them. Numbers are modulo 2^64.
///
/// What an event does to the numbers is linear, so what many events do together is a matrix. A moment, the split,
/// divides a key's paths: of those begun before it, it is known by start how many of that start and of later ones stood
/// in each set then; and for each set that paths stand in now, how many of them come of one path in each set at the
/// split, and how many were begun since. A start that dies takes its numbers with it. When the last one from before the
/// split is dead, there is a new split, for which the nodes are counted: each node once at most. So an event costs the
/// sets at the split for each set that it moves, whatever the number of paths and of events in the window. Only where
/// paths stand in very many sets at once are they counted from the nodes each time.
class PathCounts {
 public:
  using SetId = PathMove::SetId;

  explicit PathCounts(const NodeRing& nodes) : weights_(nodes) {}

  /// Paths that begin before event `alive` are dead from now on. True: the key needs a split before of() is asked.
  [[nodiscard]] bool needs_split(KeyId key, EventId alive);
  /// `standing`: all live paths of the key.
  void split(KeyId key, std::span<const StandingPaths> standing, EventId alive);
  /// How many live paths stand there.
  [[nodiscard]] std::uint64_t of(KeyId key, const StandingPaths& standing, EventId alive);
  /// The event at hand moves paths, and begins some; `start`: its number, if it does. All other sets keep theirs, but
  /// for those whose paths are dead.
  void apply(KeyId key, std::span<const MovingPaths> moving, const PathMove& begun, EventId start);
  /// The key has no paths any more.
  void forget(KeyId key);
  /// Events get new numbers; what began before `alive` is dead.
  void renumber(KeyId key, const EventMarks& events, EventId alive);

  [[nodiscard]] std::size_t memory_bytes() const {
    return keys_.capacity() * sizeof(Key) + key_bytes_ + weights_.memory_bytes();
  }

 private:
  /// Paths in more sets are counted from the nodes.
  static constexpr std::size_t kMostSets = 32;

  struct Key {
    std::size_t split_sets = 0;            // in which paths stood at the split
    std::vector<EventId> starts;           // of paths at the split, the latest first; those at the end die
    std::vector<std::uint64_t> sums;       // for each: how many paths of it and of later ones stood in each set
    std::vector<SetId> sets;               // in which paths stand now
    std::vector<std::uint64_t> columns;    // for each: how many come of a path in each set at the split; begun since
    std::optional<EventId> first_since;    // the first start since the split
    bool first_is_dead = false;
    bool from_nodes = false;

    [[nodiscard]] std::size_t stride() const { return split_sets + 1; }
    [[nodiscard]] std::size_t bytes() const;
    /// The position of a set, behind all others if no paths stand in it.
    [[nodiscard]] std::size_t find(SetId set) const;
    /// The numbers of a set. Valid until the next call.
    std::uint64_t* column(SetId set);
    void remove(SetId set);
    void see_bound(EventId alive);
  };

  Key& key_of(KeyId id) {
    if (id >= keys_.size()) keys_.resize(std::size_t{id} + 1);
    return keys_[id];
  }

  std::vector<Key> keys_;
  std::size_t key_bytes_ = 0;    // of the lists of all keys
  NodeWeights weights_;
  std::vector<NodeId> roots_;
  std::vector<std::uint64_t> moved_;    // the columns of the sets that are moved
};

}    // namespace cepheid::nfa
