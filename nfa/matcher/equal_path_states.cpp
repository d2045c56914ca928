#include "nfa/matcher/equal_path_states.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "nfa/matcher/possible_outcomes.hpp"

namespace cepheid::nfa {
namespace {

/// All sets of states that a path may come to, and what each outcome of the conditions does to each.
class Walk {
 public:
  explicit Walk(const Program& program) : program_(program), outcomes_(possible_outcomes(program)), finder_(program) {}

  /// False: there is too much to look at.
  bool go() {
    if (outcomes_.empty()) return false;
    step({{program_.start}, false}, true);
    const std::size_t most_sets = kMostSteps / outcomes_.size();
    while (moves_.size() < all_.size()) {    // more are found on the way
      if (all_.size() > most_sets) return false;
      moves_.push_back(step(PathStates(all_[moves_.size()]), false));
    }
    return true;
  }
  /// In the order in which they were met: those of few states first, mostly.
  [[nodiscard]] const std::vector<PathStates>& all() const { return all_; }
  /// All that can be told of one of them, given what cannot be told apart.
  [[nodiscard]] std::vector<std::int64_t> tell(std::size_t number, const std::vector<std::size_t>& classes) const {
    std::vector<std::int64_t> told;
    const auto tell_target = [&](const PathStates& to) {
      told.push_back(to.first.empty() ? -1 : static_cast<std::int64_t>(classes[numbers_.at(to)]));
    };
    for (const PathChange& move : moves_[number]) {
      tell_target(move.to);
      told.push_back(move.completes ? 1 : 0);
      told.push_back(static_cast<std::int64_t>(move.takes.size()));
      for (const PathChange::Take& take : move.takes) {
        told.push_back(take.step);
        tell_target(take.to);
        told.push_back(take.completes ? 1 : 0);
      }
    }
    return told;
  }

 private:
  std::vector<PathChange> step(const PathStates& from, bool begins) {
    std::vector<PathChange> moves;
    for (const std::uint64_t outcomes : outcomes_) {
      moves.push_back(find_path_change(program_, from, begins, [&](StateId state) -> const StateMoves& {
        finder_.find(
            state, [&](const Program::Edge& edge) { return is_open(program_, edge, outcomes); }, found_);
        return found_;
      }));
      see(moves.back().to);
      for (const PathChange::Take& take : moves.back().takes) see(take.to);
    }
    return moves;
  }
  void see(const PathStates& states) {
    if (!states.first.empty() && numbers_.try_emplace(states, all_.size()).second) all_.push_back(states);
  }

  const Program& program_;
  const std::vector<std::uint64_t> outcomes_;
  MoveFinder finder_;
  StateMoves found_;
  std::vector<PathStates> all_;
  std::map<PathStates, std::size_t> numbers_;
  std::vector<std::vector<PathChange>> moves_;
};

}    // namespace

EqualStates<PathStates> find_equal_path_states(const Program& program) {
  Walk walk(program);
  if (!walk.go()) return {};
  return {walk.all(), refine_partition(walk.all().size(), [&](std::size_t number, const auto& classes) {
            return walk.tell(number, classes);
          })};
}

}    // namespace cepheid::nfa
