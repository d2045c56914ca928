#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "nfa/matcher/equal_states.hpp"
#include "nfa/matcher/event_classes.hpp"
#include "nfa/matcher/state_moves.hpp"

namespace cepheid::nfa {

/// What events of each class do to what stands in some states: each answer is worked out once, then looked up. `States`
/// is all that there is to know of what is moved, `Move` the answer; both are told apart by what is merged.
template <typename States, typename Move>
class ClassMoves {
 public:
  /// A value of States, by number.
  using Id = std::uint32_t;

  [[nodiscard]] const Move& move(Id from, ClassId event) { return known(moves_[from], from, event); }
  /// What begins with an event; it takes nothing if nothing does.
  [[nodiscard]] const Move& begin(ClassId event) { return known(begin_, kStart, event); }
  /// Does no event of the class change any partial match or begin one? Linear in the program.
  [[nodiscard]] bool changes_nothing(ClassId event) {
    if (!begin(event).takes.empty()) return false;
    if (equal_.found()) {
      return std::ranges::all_of(equal_.representatives(), [&](const States& states) {
        const Id id = find(states);    // before move(), which looks among those there are
        return move(id, event).stays;
      });
    }
    for (StateId state = 0; state < program_.states.size(); ++state) {
      if (program_.states[state].kind != StateKind::normal || state == program_.start) continue;
      if (!outcome(state, event).stays(state)) return false;
    }
    return true;
  }
  /// Does every state do the same on events of both classes? Linear in the program.
  [[nodiscard]] bool are_same(ClassId a, ClassId b) {
    for (StateId state = 0; state < program_.states.size(); ++state) {
      if (program_.states[state].kind != StateKind::normal) continue;
      const StateMoves of_a = outcome(state, a);
      if (!of_a.are_same(outcome(state, b))) return false;
    }
    return true;
  }
  [[nodiscard]] const States& states(Id id) const { return states_[id]; }
  /// One more than the largest number given.
  [[nodiscard]] std::size_t size() const { return states_.size(); }
  [[nodiscard]] Id find(const States& states) {
    const auto [place, is_new] = by_states_.try_emplace(states, static_cast<Id>(states_.size()));
    if (is_new) {
      states_.push_back(states);
      moves_.emplace_back();
    }
    return place->second;
  }

 protected:
  static constexpr Id kStart = ~Id{0};    // in place of a number: what begins

  /// `equal`: what need not be told apart.
  ClassMoves(const Program& program, const EventClasses& classes, EqualStates<States> equal)
      : program_(program), equal_(std::move(equal)), classes_(classes), finder_(program) {}
  ~ClassMoves() = default;

  virtual void work_out(Id from, ClassId event, Move& move) = 0;
  /// Valid until the next call.
  [[nodiscard]] const StateMoves& outcome(StateId state, ClassId event) {
    finder_.find(
        state, [&](const Program::Edge& edge) { return classes_.holds(event, edge); }, outcome_);
    return outcome_;
  }

  const Program& program_;
  const EqualStates<States> equal_;

 private:
  using ByClass = std::vector<const Move*>;

  const Move& known(const ByClass& moves, Id from, ClassId event) {
    if (event < moves.size() && moves[event] != nullptr) return *moves[event];
    return learn(from, event);
  }
  const Move& learn(Id from, ClassId event) {
    Move& made = made_.emplace_back();
    work_out(from, event, made);
    ByClass& to = from == kStart ? begin_ : moves_[from];    // `moves` may have moved
    if (to.size() <= event) to.resize(event + 1);
    to[event] = &made;
    return made;
  }
  const EventClasses& classes_;
  MoveFinder finder_;
  StateMoves outcome_;
  std::map<States, Id> by_states_;
  std::vector<States> states_;
  std::deque<Move> made_;
  std::vector<ByClass> moves_;    // by what is moved
  ByClass begin_;
};

}    // namespace cepheid::nfa
