#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace cepheid::nfa {

/// So many steps from sets of states are tried before a program is given up: so long a start may take.
inline constexpr std::size_t kMostSteps = 2'048;

/// Splits the numbers below `count` as far as what happens tells them apart, as an automaton is minimised (Moore):
/// gives by number its class. `tell(number, classes)`: all that a step can show of it, words that are equal for those
/// that `classes` holds for one. O(count^2) calls at most.
template <typename Tell>
[[nodiscard]] std::vector<std::size_t> refine_partition(std::size_t count, const Tell& tell) {
  std::vector<std::size_t> classes(count, 0);
  for (std::size_t known = 0;;) {
    std::map<std::pair<std::size_t, std::vector<std::int64_t>>, std::size_t> by_told;
    std::vector<std::size_t> next;
    for (std::size_t number = 0; number < count; ++number) {
      const auto told = std::pair(classes[number], tell(number, classes));
      next.push_back(by_told.try_emplace(told, by_told.size()).first->second);
    }
    classes = std::move(next);
    if (by_told.size() == known) return classes;
    known = by_told.size();
  }
}

/// What of that which stands in some states nothing that comes can tell apart, and one for each such class.
template <typename States>
class EqualStates {
 public:
  /// Nobody looked: nothing is equal.
  EqualStates() = default;
  /// `all` that there can be, the best ones first, and the class of each.
  EqualStates(const std::vector<States>& all, const std::vector<std::size_t>& classes) {
    std::map<std::size_t, States> first;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto [place, is_new] = first.try_emplace(classes[i], all[i]);
      if (is_new) representatives_.push_back(all[i]);
      representative_.emplace(all[i], place->second);
    }
  }

  /// Are the representatives all that there need be?
  [[nodiscard]] bool found() const { return !representatives_.empty(); }
  /// The one to stand for `states`; itself if that is not known.
  [[nodiscard]] const States& representative(const States& states) const {
    const auto known = representative_.find(states);
    return known == representative_.end() ? states : known->second;
  }
  [[nodiscard]] const std::vector<States>& representatives() const { return representatives_; }

 private:
  std::map<States, States> representative_;
  std::vector<States> representatives_;
};

}    // namespace cepheid::nfa
