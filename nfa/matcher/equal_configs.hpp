#pragma once

#include <map>
#include <vector>

#include "nfa/matcher/program.hpp"

namespace cepheid::nfa {

/// Of a program each of whose starts has one path, in whatever states: which sets of states (configurations) cannot be
/// told apart by anything that comes, and one for each such class. A greedy loop that waits for its next event or for
/// what follows it is the commonest: as good as the loop itself. Found by refining a partition of all configurations
/// that can be reached, as an automaton is minimised (Moore).
class EqualConfigs {
 public:
  using Config = std::vector<StateId>;

  /// Nothing is equal.
  EqualConfigs() = default;
  /// Finds them. Nothing is equal in a program with starts of several paths, or with many configurations or conditions.
  /// O(configurations^2 x states x 2^conditions), all of them few.
  explicit EqualConfigs(const Program& program);

  /// Could they be found? Else no representative is anything but what is asked for.
  [[nodiscard]] bool found() const { return !representatives_.empty(); }
  /// The smallest that cannot be told from `config`.
  [[nodiscard]] const Config& representative(const Config& config) const {
    const auto known = representative_.find(config);
    return known == representative_.end() ? config : known->second;
  }
  [[nodiscard]] const std::vector<Config>& representatives() const { return representatives_; }

 private:
  std::map<Config, Config> representative_;
  std::vector<Config> representatives_;
};

}    // namespace cepheid::nfa
