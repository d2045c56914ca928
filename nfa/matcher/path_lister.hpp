#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "nfa/matcher/match.hpp"
#include "nfa/matcher/node_ring.hpp"

namespace cepheid::nfa {

/// Lists the live paths of a node one after the other, later starts before earlier ones but for those of the lower
/// parts of a heap. All paths are written into the same array, from their last event on; from one to the next only what
/// differs is written again. Every node that is visited is on a live path, so there is no more work than the events of
/// the paths.
class PathLister {
 public:
  /// Borrowed.
  PathLister(const NodeRing& nodes, const EventRing& events) : nodes_(nodes), events_(events) {}

  /// Calls `give(path)`, which is valid during the call, for each path that begins at event `alive` or later, until it
  /// returns false. `own`: only the paths that end with the node's own event. Requires that there is one.
  template <typename Give>
  void list(NodeId node, bool own, EventId alive, const Give& give) {
    const auto is_alive = [&](NodeId id) { return id != 0 && nodes_.holds(id) && !is_before(nodes_[id].start, alive); };
    visits_.clear();
    std::size_t depth = 0;
    bool alone = own;    // whatever the node is joined with is not wanted
    for (;;) {
      const RingNode& at = nodes_[node];
      write(depth, at);
      const NodeId older = !alone && is_alive(at.older) ? at.older : 0;
      if (!alone && is_alive(at.other)) visits_.push_back({at.other, depth});
      alone = false;
      if (at.previous != 0) {
        if (older != 0) visits_.push_back({older, depth});
        node = at.previous;
        ++depth;
        continue;
      }
      if (!give(std::span<const TakenEvent>(path_).last(depth + 1))) return;
      if (older != 0) {
        node = older;
      } else if (!visits_.empty()) {
        node = visits_.back().node;
        depth = visits_.back().depth;
        visits_.pop_back();
      } else {
        return;
      }
    }
  }
  /// The last event of the path that was given.
  [[nodiscard]] EventId last_event() const { return last_event_; }

 private:
  struct Visit {
    NodeId node;
    std::size_t depth;    // how many events of the path come after
  };

  void write(std::size_t depth, const RingNode& node) {
    if (depth >= path_.size()) grow();
    if (depth == 0) last_event_ = node.event;
    path_[path_.size() - 1 - depth] = {node.step, events_.input(node.event), events_.time_ms(node.event),
                                       events_.row(node.event)};
  }
  void grow();

  const NodeRing& nodes_;
  const EventRing& events_;
  std::vector<Visit> visits_;
  std::vector<TakenEvent> path_;    // the path at hand is its end
  EventId last_event_ = 0;
};

}    // namespace cepheid::nfa
