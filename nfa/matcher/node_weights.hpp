#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "nfa/matcher/node_ring.hpp"

namespace cepheid::nfa {

/// Counts the live paths of nodes without listing them, from the last events to the first: a node is reached in as many
/// ways as all nodes that stand on it together. Linear in the nodes reached, but for sorting them; the memory is kept.
/// Numbers are modulo 2^64.
class NodeWeights {
 public:
  /// How many sets of paths are counted at once.
  static constexpr std::size_t kLanes = 4;
  using Lanes = std::array<std::uint64_t, kLanes>;

  explicit NodeWeights(const NodeRing& nodes) : nodes_(nodes) {}

  /// Finds what `roots` (alive) reach of paths that begin at event `alive` or later. To be called before the others,
  /// which are about the nodes as they are then.
  void find(std::span<const NodeId> roots, EventId alive);
  /// How often each first event begins a path of each of the roots, at most kLanes: calls `add(start, ways)` for each
  /// such node, later events before earlier ones. The roots are among those that were found.
  template <typename Add>
  void for_starts(std::span<const NodeId> roots, const Add& add) {
    weigh(roots);
    for (const Leaf& leaf : leaves_) add(leaf.start, weights_[leaf.place]);
  }
  [[nodiscard]] std::size_t memory_bytes() const {
    return (places_.capacity() + reached_.capacity()) * sizeof(std::uint32_t) + weights_.capacity() * sizeof(Lanes) +
           leaves_.capacity() * sizeof(Leaf);
  }

 private:
  struct Leaf {
    EventId start;
    std::uint32_t place;
  };

  void sort_reached();
  void weigh(std::span<const NodeId> roots);
  [[nodiscard]] std::uint32_t& place(NodeId id) { return places_[id & (places_.size() - 1)]; }
  [[nodiscard]] bool is_alive(NodeId id) const {
    return id != 0 && nodes_.holds(id) && !is_before(nodes_[id].start, alive_);
  }

  const NodeRing& nodes_;
  EventId alive_ = 0;
  std::vector<std::uint32_t> places_;    // by a node's slot in the ring, which was as large: where in `reached_` it is
  std::vector<NodeId> reached_;          // the last made first: each before those that it stands on
  std::vector<Lanes> weights_;           // of those
  std::vector<Leaf> leaves_;             // those that begin paths, later starts first
};

}    // namespace cepheid::nfa
