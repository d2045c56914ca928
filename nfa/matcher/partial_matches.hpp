#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "nfa/matcher/node_bytes.hpp"
#include "nfa/matcher/occupied_states.hpp"
#include "nfa/matcher/shared_buffer.hpp"

namespace cepheid::nfa {

/// One live way through the program: where it is and what it took. Holds a reference to its path's last node.
struct PartialMatch {
  StateId state = 0;
  Node* path = nullptr;
  TimeMs deadline_ms = kEndOfTime;    // when it runs out

  [[nodiscard]] std::uint64_t start() const { return path->start; }
};

/// A key's partial matches: by start, those of one start by age. Does not release paths: whoever takes one out does.
class PartialMatches {
 public:
  [[nodiscard]] bool empty() const { return first_ == list_.size(); }
  [[nodiscard]] std::size_t size() const { return list_.size() - first_; }
  [[nodiscard]] std::span<const PartialMatch> all() const { return {list_.data() + first_, size()}; }
  [[nodiscard]] const PartialMatch& front() const { return list_[first_]; }
  [[nodiscard]] const OccupiedStates& occupied() const { return occupied_; }
  /// None of them runs out before.
  [[nodiscard]] TimeMs next_deadline_ms() const { return next_deadline_ms_; }

  void push_back(const PartialMatch& partial_match) {
    list_.push_back(partial_match);
    occupied_.add(partial_match.state);
    next_deadline_ms_ = std::min(next_deadline_ms_, partial_match.deadline_ms);
  }
  void pop_back() {
    occupied_.remove(list_.back().state);
    list_.pop_back();
    if (empty()) clear();
  }
  /// Takes out the first `count`. Amortised constant for each.
  void drop_front(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) occupied_.remove(list_[first_ + i].state);
    first_ += count;
    if (empty()) return clear();
    if (2 * first_ >= list_.size()) {
      list_.erase(list_.begin(), list_.begin() + static_cast<std::ptrdiff_t>(first_));
      first_ = 0;
    }
  }
  /// Forgets all.
  void clear() {
    list_.clear();
    first_ = 0;
    occupied_.clear();
    next_deadline_ms_ = kEndOfTime;
  }
  void set_next_deadline(TimeMs deadline_ms) { next_deadline_ms_ = deadline_ms; }
  void swap(PartialMatches& other) noexcept { std::swap(*this, other); }

  void save(NodeWriter& nodes) const;
  /// Into an empty list, whose holder releases the paths in any case. `states`: how many the program has.
  bool load(NodeReader& nodes, std::size_t states);

 private:
  std::vector<PartialMatch> list_;
  std::size_t first_ = 0;    // those before it are gone
  OccupiedStates occupied_;
  TimeMs next_deadline_ms_ = kEndOfTime;
};

}    // namespace cepheid::nfa
