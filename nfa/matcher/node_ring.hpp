#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "nfa/matcher/event_ring.hpp"
#include "nfa/matcher/program.hpp"
#include "nfa/matcher/ring_memory.hpp"

namespace cepheid::nfa {

/// A node by its number, 0: none. Numbers rise in the order of making, and are given anew when a ring is compacted.
using NodeId = std::uint32_t;

/// A set of paths of partial matches: each path of the set `previous` with `event` taken under `step` behind it (no
/// previous: the event alone), and all paths of the sets `older` and `other`. Shared, never changed once the event at
/// hand is worked on.
struct RingNode {
  static constexpr StepId kJoins = kNoStep;    // no event: just the paths of `previous`

  NodeId previous = 0;
  NodeId older = 0;
  NodeId other = 0;
  EventId event = 0;
  EventId start = 0;    // the latest first event of its paths
  StepId step = 0;
  std::uint16_t rank = 0;    // of a heap of paths: nodes on its rightmost way down
};

/// The nodes of one pattern's merged partial matches, in the order of their making. Dead ones (every path begins before
/// what is alive) are never followed, and leave with their events; there are no counts of references. Some words may be
/// kept beside each node.
class NodeRing {
 public:
  /// To be called while it is empty.
  void keep_beside(std::size_t words) {
    words_beside_ = words;
    if (words != 0) beside_.emplace(words * sizeof(std::uint64_t));
  }
  /// The words of a node; none unless they are kept.
  [[nodiscard]] std::span<std::uint64_t> beside(NodeId id) {
    if (!beside_) return {};
    return {reinterpret_cast<std::uint64_t*>(beside_->at(id)), words_beside_};
  }
  [[nodiscard]] RingNode& operator[](NodeId id) { return memory_.element<RingNode>(id); }
  [[nodiscard]] const RingNode& operator[](NodeId id) const { return memory_.element<const RingNode>(id); }
  NodeId add(const RingNode& node) {
    if (!memory_.reaches(end_)) memory_.extend(end_);
    if (beside_ && !beside_->reaches(end_)) beside_->extend(end_);
    (*this)[end_] = node;
    return end_++;
  }
  /// Is the node still there? (It may be dead.)
  [[nodiscard]] bool holds(NodeId id) const { return id >= begin_; }
  /// Forgets the nodes of events before `id`, from the old end on.
  void free_before(EventId id) {
    while (begin_ != end_ && is_before((*this)[begin_].event, id)) ++begin_;
    memory_.free_before(begin_);
    if (beside_) beside_->free_before(begin_);
  }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  [[nodiscard]] NodeId begin() const { return begin_; }
  [[nodiscard]] NodeId end() const { return end_; }
  [[nodiscard]] std::uint32_t size() const { return end_ - begin_; }
  /// All numbers in use differ modulo this figure, a power of two.
  [[nodiscard]] std::uint32_t span() const { return memory_.span(); }
  [[nodiscard]] std::size_t memory_bytes() const {
    return memory_.memory_bytes() + (beside_ ? beside_->memory_bytes() : 0);
  }
  /// Forgets all from `id` on.
  void free_from(NodeId id) {
    end_ = id;
    memory_.free_from(id);
    if (beside_) beside_->free_from(id);
  }
  /// Forgets all; numbers begin anew.
  void restart() {
    begin_ = end_ = 1;
    memory_.free_all();
    if (beside_) beside_->free_all();
  }
  /// The same, and gives all memory back.
  void give_back() {
    restart();
    memory_.give_back();
    if (beside_) beside_->give_back();
  }
  /// Numbers have come so far that they should soon begin anew.
  [[nodiscard]] bool is_far_ahead() const { return end_ > kFarAhead; }

 private:
  static constexpr NodeId kFarAhead = NodeId{1} << 31;

  // The first numbers are nearly far ahead, so that hardly a test does not go over it.
  NodeId begin_ = kFarAhead - 12;
  NodeId end_ = kFarAhead - 12;
  RingMemory memory_{sizeof(RingNode)};
  std::size_t words_beside_ = 0;
  std::optional<RingMemory> beside_;
};

/// Which nodes are reached from a set of roots, and their numbers when the others are taken out: 1, 2, … in their
/// order.
class NodeMarks {
 public:
  explicit NodeMarks(const NodeRing& nodes) : nodes_(nodes) {}
  /// Forgets all marks. `bound`: sets whose latest start is before it are dead. Keeps its memory.
  void reset(EventId bound) {
    bound_ = bound;
    number_.assign(nodes_.size(), 0);
    before_first_ = 0;
  }
  /// New numbers follow `before_first` from now on.
  void number_behind(NodeId before_first) { before_first_ = before_first; }

  void mark(NodeId root) {
    if (is_alive(root)) number_[root - nodes_.begin()] = 1;
  }
  /// Call when all roots are marked: marks what they reach, and its events. Linear in the ring.
  void follow(EventMarks& events);
  /// The new number of a node; 0 of one that is dead.
  [[nodiscard]] NodeId number(NodeId id) const {
    const NodeId nth = nodes_.holds(id) && id != 0 ? number_[id - nodes_.begin()] : 0;
    return nth == 0 ? 0 : before_first_ + nth;
  }
  [[nodiscard]] std::uint32_t size() const { return size_; }

 private:
  [[nodiscard]] bool is_alive(NodeId id) const {
    return id != 0 && nodes_.holds(id) && !is_before(nodes_[id].start, bound_);
  }

  const NodeRing& nodes_;
  EventId bound_ = 0;
  NodeId before_first_ = 0;
  std::vector<std::uint32_t> number_;    // by position; 0: not reached
  std::uint32_t size_ = 0;
};

}    // namespace cepheid::nfa
