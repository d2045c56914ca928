#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "nfa/matcher/conditions.hpp"
#include "nfa/matcher/program.hpp"
#include "nfa/matcher/state_moves.hpp"

namespace cepheid::nfa {

/// Finds outcomes. Those that depend on the event alone, if only for this event, are found once for each state and
/// event.
///
/// What comes of a state's conditions is kept as a tree of decisions: which condition is asked first, which after that
/// if it holds and which if not, and so on to the moves. It grows as events come, and asks no condition that walking
/// the state's edges would not ask.
class Transitions {
 public:
  explicit Transitions(const Program& program);

  /// The next event. O(1).
  void begin() { ++epoch_; }
  /// The reference is valid until the next event. `path` is what the partial match took.
  const StateMoves& outcome(StateId state, const Node* path, Conditions& conditions) {
    const Shared& shared = shared_outcome(state, conditions);
    return shared.asks_path ? outcome_on_path(state, path, conditions) : *shared.moves;
  }
  /// Do all partial matches in `state` stay as they are, whatever they took?
  [[nodiscard]] bool stays(StateId state, Conditions& conditions) {
    const Shared& shared = shared_outcome(state, conditions);
    return !shared.asks_path && shared.stays;
  }

 private:
  /// What the event at hand does, as far as no path need be looked at.
  struct Shared {
    const StateMoves* moves = nullptr;
    std::uint64_t known_at = 0;    // epoch
    bool asks_path = false;        // a condition that looks back was asked, and taken not to hold
    bool stays = false;
  };
  struct Decision {
    ConditionId condition = 0;
    std::int32_t next[2] = {kUnknown, kUnknown};    // if it does not hold, if it holds
  };
  /// Of one state. A reference to what is next: a decision by its number, an outcome by ~number.
  struct Decisions {
    std::int32_t first = kUnknown;
    std::vector<Decision> decisions;
    std::vector<std::unique_ptr<const StateMoves>> outcomes;    // which stay where they are
  };
  static constexpr std::int32_t kUnknown = std::numeric_limits<std::int32_t>::max();

  const Shared& shared_outcome(StateId state, Conditions& conditions) {
    Shared& shared = shared_[state];
    if (shared.known_at != epoch_) find_shared(state, conditions, shared);
    return shared;
  }
  void find_shared(StateId state, Conditions& conditions, Shared& shared);
  const StateMoves& outcome_on_path(StateId state, const Node* path, Conditions& conditions) {
    conditions.look_at(path);
    return find(state, conditions);
  }
  const StateMoves& find(StateId state, Conditions& conditions) {
    const Decisions& of_state = decisions_[state];
    std::int32_t at = of_state.first;
    while (at >= 0 && at != kUnknown) {
      const Decision& decision = of_state.decisions[static_cast<std::size_t>(at)];
      at = decision.next[conditions.holds(decision.condition) ? 1 : 0];
    }
    return at == kUnknown ? learn(state, conditions) : *of_state.outcomes[static_cast<std::size_t>(~at)];
  }
  const StateMoves& learn(StateId state, Conditions& conditions);

  const Program& program_;
  std::vector<Shared> shared_;          // by state
  std::vector<Decisions> decisions_;    // by state
  std::vector<std::pair<ConditionId, bool>> asked_;
  std::uint64_t epoch_ = 0;
  MoveFinder finder_;
};

}    // namespace cepheid::nfa
