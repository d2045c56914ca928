#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "nfa/matcher/node_bytes.hpp"

namespace cepheid::nfa {

/// A key's completed matches that `after_match` has not let out yet, each as its path: by start, those of one start by
/// age. Holds a reference to each, which whoever takes one out takes over.
class WaitingMatches {
 public:
  [[nodiscard]] bool empty() const { return first_ == paths_.size(); }
  [[nodiscard]] std::size_t size() const { return paths_.size() - first_; }
  [[nodiscard]] static constexpr std::size_t bytes_each() { return sizeof(Node*); }
  [[nodiscard]] const Node* front() const { return paths_[first_]; }

  void add(Node* path) {
    const auto begin = paths_.begin() + static_cast<std::ptrdiff_t>(first_);
    const auto starts_before = [](const Node* a, const Node* b) { return a->start < b->start; };
    paths_.insert(std::upper_bound(begin, paths_.end(), path, starts_before), path);
  }

  /// Takes the first match out.
  Node* take_front() {
    Node* const front = paths_[first_++];
    compact();
    return front;
  }

  /// Throws out the matches whose start is before `bound`.
  void drop_starts_before(std::uint64_t bound, SharedBuffer& buffer) {
    while (!empty() && front()->start < bound) buffer.release(paths_[first_++]);
    compact();
  }

  void save(NodeWriter& nodes) const;
  // As PartialMatches.
  bool load(NodeReader& nodes);

 private:
  void compact() {
    constexpr std::size_t kTakenAtMost = 1024;
    if (first_ != paths_.size() && first_ < kTakenAtMost) return;
    paths_.erase(paths_.begin(), paths_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }

  std::vector<Node*> paths_;    // sorted from first_ on
  std::size_t first_ = 0;
};

}    // namespace cepheid::nfa
