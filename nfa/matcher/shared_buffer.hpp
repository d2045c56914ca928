#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "nfa/expr/typed_expr.hpp"
#include "nfa/matcher/event_store.hpp"

namespace cepheid::nfa {

/// The path of a partial match, from its last event back: an event taken under a step, and the node before it. Nodes
/// are immutable and shared by all partial matches that begin alike. Within one event there is one node for each
/// (previous, step), so two partial matches took the same path exactly if they hold the same node.
struct alignas(64) Node {      // one line of the cache
  Node* previous = nullptr;    // null: the first event
  StoredEvent* event = nullptr;
  std::uint32_t references = 0;
  StepId step = 0;
  bool completed = false;    // a match took this path: it is not given again
  bool timed_out = false;    // the same of a time-out
  TimeMs start_ms = 0;       // time and place of the path's first event
  std::uint64_t start = 0;
  // Nodes that the event at hand put on top of this one: valid while child_place is that event's place.
  std::uint64_t child_place = 0;
  Node* child = nullptr;
  Node* sibling = nullptr;
};

/// The nodes of one pattern's partial matches, counted by reference: whoever keeps a Node* holds one. Not thread-safe.
class SharedBuffer {
 public:
  explicit SharedBuffer(EventStore& events) : events_(events) {}

  /// The node for `event` under `step` on top of `previous` (null: a path begins). The caller gets a reference.
  [[nodiscard]] Node* extend(Node* previous, StepId step, CurrentEvent& event);

  /// A node as it was saved. Takes over the references to what it stands on, and to its event.
  [[nodiscard]] Node* restore(const Node& node);

  void hold(Node* node) { ++node->references; }
  /// Gives a reference back; nodes that nobody holds are freed, down the path. No recursion.
  void release(Node* node) {
    if (--node->references == 0) free_path(node);
  }
  [[nodiscard]] std::size_t live() const { return live_; }
  /// Bytes of all nodes, those kept for reuse included.
  [[nodiscard]] std::size_t memory_bytes() const {
    return blocks_.size() * kBlock * sizeof(Node) + free_.capacity() * sizeof(Node*);
  }

 private:
  Node* make();
  void free_path(Node* last);

  EventStore& events_;
  Node root_;                                  // only for its children
  static constexpr std::size_t kBlock = 64;    // nodes
  std::vector<std::unique_ptr<Node[]>> blocks_;
  std::size_t used_ = kBlock;    // nodes of the last block
  std::vector<Node*> free_;
  std::size_t live_ = 0;
};

}    // namespace cepheid::nfa
