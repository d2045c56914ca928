#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include <boost/container/small_vector.hpp>

#include "nfa/matcher/program.hpp"

namespace cepheid::nfa {

/// In which states any of a key's partial matches stand, so that an event that changes none of these states need not
/// visit them. Exact up to kMost states; beyond that it only says that there are many, until clear().
class OccupiedStates {
 public:
  void add(StateId state) {
    if (many_) return;
    const auto found = find(state);
    if (found != counts_.end()) {
      ++found->second;
    } else if (counts_.size() == kMost) {
      many_ = true;
    } else {
      counts_.emplace_back(state, 1);
    }
  }
  /// Requires an add() of it before.
  void remove(StateId state) {
    if (many_) return;
    const auto found = find(state);
    if (--found->second == 0) counts_.erase(found);
  }
  void clear() {
    counts_.clear();
    many_ = false;
  }
  [[nodiscard]] bool many() const { return many_; }
  /// Says from now on that there are many.
  void set_many() { many_ = true; }
  /// Are there few states, and does `stays` hold for each?
  template <typename Stays>
  [[nodiscard]] bool all(Stays stays) const {
    return !many_ && std::all_of(counts_.begin(), counts_.end(), [&](const auto& entry) { return stays(entry.first); });
  }

 private:
  static constexpr std::size_t kMost = 16;    // a search among more costs what it saves
  using Counts = boost::container::small_vector<std::pair<StateId, std::uint32_t>, 3>;
  Counts::iterator find(StateId state) {
    return std::find_if(counts_.begin(), counts_.end(), [&](const auto& entry) { return entry.first == state; });
  }
  Counts counts_;
  bool many_ = false;
};

}    // namespace cepheid::nfa
