#include "nfa/matcher/equal_configs.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "nfa/matcher/config_change.hpp"
#include "nfa/matcher/possible_outcomes.hpp"
#include "nfa/matcher/state_moves.hpp"

namespace cepheid::nfa {
namespace {

using Config = std::vector<StateId>;

/// All configurations that a start may come to, and what each outcome of the conditions does to each.
class Walk {
 public:
  explicit Walk(const Program& program) : program_(program), outcomes_(possible_outcomes(program)), finder_(program) {}

  /// What happens to the path, and where its start stands then.
  struct Move {
    std::int64_t path = kGone;         // kKept, or the step under which it gets the event
    std::int64_t completed = kGone;    // the same of the path that is a match
    std::size_t to = 0;                // unless it is gone
  };
  static constexpr std::int64_t kGone = -2;
  static constexpr std::int64_t kKept = -1;

  /// False: some start has several paths, or there is too much to look at.
  bool go() {
    if (outcomes_.empty() || !step({program_.start}, true)) return false;
    const std::size_t most_configs = kMostSteps / outcomes_.size();
    while (moves_.size() < configs_.size()) {    // more are found on the way
      if (configs_.size() > most_configs || !step(Config(configs_[moves_.size()]), false)) return false;
    }
    return true;
  }
  /// In the order in which they were met: those of few states first, mostly.
  [[nodiscard]] const std::vector<Config>& configs() const { return configs_; }
  /// Of a configuration, by outcomes.
  [[nodiscard]] const std::vector<Move>& moves(std::size_t config) const { return moves_[config]; }

 private:
  bool step(const Config& from, bool begins) {
    std::vector<Move> moves;
    for (const std::uint64_t outcomes : outcomes_) {
      const std::optional<Move> move = find_move(from, begins, outcomes);
      if (!move) return false;
      moves.push_back(*move);
    }
    if (!begins) moves_.push_back(std::move(moves));
    return true;
  }

  /// Nothing: some states get the event and others do not.
  std::optional<Move> find_move(const Config& from, bool begins, std::uint64_t outcomes) {
    const ConfigChange change = find_config_change(program_, from, begins, [&](StateId state) -> const StateMoves& {
      finder_.find(
          state, [&](const Program::Edge& edge) { return is_open(program_, edge, outcomes); }, found_);
      return found_;
    });
    const auto path_of = [&](ConfigChange::Source source) {
      return source < 0 ? kKept : std::int64_t{change.takes[static_cast<std::size_t>(source)].step};
    };
    Move move;
    if (change.completed != ConfigChange::kNothing) move.completed = path_of(change.completed);
    for (const ConfigChange::Source source : change.sources) {
      if (move.path != kGone && move.path != path_of(source)) return std::nullopt;
      move.path = path_of(source);
    }
    if (!change.to.empty()) move.to = number(change.to);
    return move;
  }

  std::size_t number(const Config& config) {
    const auto known = std::ranges::find(configs_, config);
    if (known == configs_.end()) configs_.push_back(config);
    return static_cast<std::size_t>(std::ranges::find(configs_, config) - configs_.begin());
  }

  const Program& program_;
  const std::vector<std::uint64_t> outcomes_;
  MoveFinder finder_;
  StateMoves found_;
  std::vector<Config> configs_;
  std::vector<std::vector<Move>> moves_;
};

/// All that can be told of a configuration, given what cannot be told apart.
std::vector<std::int64_t> tell(const std::vector<Walk::Move>& moves, const std::vector<std::size_t>& classes) {
  std::vector<std::int64_t> told;
  for (const Walk::Move& move : moves) {
    const bool gone = move.path == Walk::kGone;
    told.insert(told.end(), {move.path, move.completed, gone ? 0 : static_cast<std::int64_t>(classes[move.to])});
  }
  return told;
}

}    // namespace

EqualStates<Config> find_equal_configs(const Program& program) {
  Walk walk(program);
  if (!walk.go()) return {};
  return {walk.configs(), refine_partition(walk.configs().size(), [&](std::size_t config, const auto& classes) {
            return tell(walk.moves(config), classes);
          })};
}

}    // namespace cepheid::nfa
