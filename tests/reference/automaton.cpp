// The automaton as Flink builds it, from the last element to the first: each element gets `next`, the entry state of
// what follows it, and gives its own entry. Two things happen to states already made: a greedy loop narrows the edges
// that the entry of what follows it has by then, and an element that may be left out after a not_followed_by leads,
// once it took an event, to a copy of `next` that the not_followed_by does not guard.

#include "reference/automaton.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace cepheid::reference {
namespace {

using Tests = std::vector<Test>;
using Ignore = std::optional<Tests>;    // none: no IGNORE edge
enum class Contiguity { strict, relaxed, any };

Contiguity contiguity_of(Link link) {
  if (link == Link::followed_by) return Contiguity::relaxed;
  return link == Link::followed_by_any ? Contiguity::any : Contiguity::strict;
}

Contiguity contiguity_of(Shape::Inner inner) {
  if (inner == Shape::Inner::consecutive) return Contiguity::strict;
  return inner == Shape::Inner::relaxed ? Contiguity::relaxed : Contiguity::any;
}

Tests joined(Tests tests, const Tests& more) {
  tests.insert(tests.end(), more.begin(), more.end());
  return tests;
}

Test negation(Test test) {
  test.negated = !test.negated;
  return test;
}

bool has_greedy(const std::vector<Element>& elements) {
  return std::any_of(elements.begin(), elements.end(), [](const Element& element) {
    return shape_of(element).greedy || has_greedy(element.group) ||
           std::any_of(element.any_of.begin(), element.any_of.end(), has_greedy);
  });
}

/// The group, or the alternative of a choice, whose sequence is being built.
struct Surroundings {
  Tests until;                       // its `not U`, which its own steps look at
  std::optional<Contiguity> link;    // of its first element, in place of that's own; none: no group
  Contiguity inner = Contiguity::strict;
  bool may_be_left_out = false;          // so that its first element must not be left after an ignored event
  const Element* following = nullptr;    // what follows it
  std::vector<Bound> bounds;
};

/// A not_followed_by as it guards states.
struct Guard {
  std::size_t stop;
  Test holds;
};

/// An element that takes events, while it is built.
struct Work {
  const Element& element;
  const Shape shape;
  const Surroundings& around;
  const bool heads_group;
  const Element* const following;                       // the element after it
  std::vector<Guard> guards;                            // of the wait for it
  std::optional<Guard> inner_guard = {};                // of its inner states: the element after it
  std::map<std::size_t, std::size_t> unguarded = {};    // copies without `guards`
  std::optional<std::size_t> past_until = {};           // what follows a greedy loop, where `until` ended it

  [[nodiscard]] Contiguity outer() const { return heads_group ? *around.link : contiguity_of(element.link); }
  [[nodiscard]] Contiguity inner() const { return heads_group ? around.inner : contiguity_of(shape.inner); }
  [[nodiscard]] Test until() const { return {{*shape.until}}; }
  /// What TAKE and the inner IGNORE look at beside T.
  [[nodiscard]] Tests loop() const { return shape.until ? joined(around.until, {negation(until())}) : around.until; }
};

class Builder {
 public:
  Automaton build(const Pattern& pattern) {
    pattern_ = &pattern;
    const std::size_t final = add_state({State::Kind::final});
    automaton_.start = sequence(pattern.elements, final, {});
    return std::move(automaton_);
  }

 private:
  // ---- states and edges

  std::size_t add_state(State state) {
    automaton_.states.push_back(std::move(state));
    return automaton_.states.size() - 1;
  }
  std::size_t add_state(const Work& work) {
    State state{State::Kind::normal, work.shape.of_previous, work.around.bounds};
    state.bounds.insert(state.bounds.end(), work.shape.bounds.begin(), work.shape.bounds.end());
    return add_state(std::move(state));
  }
  State& at(std::size_t state) { return automaton_.states[state]; }
  void add_edge(std::size_t from, Action action, std::size_t to, Tests tests, std::string step = {}) {
    at(from).edges.push_back({action, to, std::move(tests), std::move(step)});
  }
  void add_take(std::size_t from, std::size_t to, const Element& step, const Tests& more) {
    add_edge(from, Action::take, to, joined({holds(step)}, more), step.name);
  }
  void add_stop(std::size_t state, const Guard& guard) { add_edge(state, Action::proceed, guard.stop, {guard.holds}); }
  void add_stops(std::size_t state, const std::vector<Guard>& guards) {
    for (const Guard& guard : guards) add_stop(state, guard);
  }

  // ---- conditions

  /// T of a step.
  Test holds(const Element& step) const {
    Test test{shape_of(step).where};
    if (!step.of.empty()) {
      const Expr stream{Expr::Kind::field, {}, {}, {}, "stream"};
      const Expr position{Expr::Kind::constant, {}, stream_position(step.of)};
      test.conditions.push_back({Expr::Kind::operation, "==", {}, {}, {}, {}, {stream, position}});
    }
    return test;
  }
  std::int64_t stream_position(const std::string& name) const {
    std::int64_t at = 0;
    for (const Stream& stream : pattern_->streams) {
      if (stream.name == name) break;
      ++at;
    }
    return at;
  }
  /// T, or "not U and T" inside a group with `until`.
  Test holds_in(const Element& step, const Surroundings& around) const {
    Test test = holds(step);
    test.parts = around.until;
    return test;
  }
  Guard guard_of(const Element& step, const Surroundings& around) {
    const auto [found, is_new] = stops_.emplace(&step, 0);
    if (is_new) found->second = add_state({State::Kind::stop});
    return {found->second, holds_in(step, around)};
  }
  static Ignore ignore(Contiguity contiguity, const Tests& wanted_by_none, const Tests& more) {
    if (contiguity == Contiguity::strict) return std::nullopt;
    if (contiguity == Contiguity::any) return more;
    return joined(wanted_by_none, more);
  }

  // ---- sequences

  /// The entry state of a sequence that leads to `next`.
  std::size_t sequence(const std::vector<Element>& elements, std::size_t next, const Surroundings& around) {
    for (std::size_t i = elements.size(); i-- > 0;) {
      const Element& element = elements[i];
      if (element.link == Link::not_followed_by) {
        if (at(next).kind == State::Kind::final) next = pending(element, around);
      } else if (element.link == Link::not_next) {
        next = not_next(element, next, around);
      } else {
        const Element* following = i + 1 < elements.size() ? &elements[i + 1] : around.following;
        Work work{
            element, shape_of(element), around, i == 0 && around.link, following, guards_before(elements, i, around)};
        if (following != nullptr && following->link == Link::not_followed_by) {
          work.inner_guard = guard_of(*following, around);
        }
        next = this->element(work, next);
      }
    }
    return next;
  }

  std::vector<Guard> guards_before(const std::vector<Element>& elements, std::size_t i, const Surroundings& around) {
    std::vector<Guard> guards;
    for (; i > 0; --i) {
      const Element& before = elements[i - 1];
      if (before.link == Link::not_followed_by) {
        guards.push_back(guard_of(before, around));
      } else if (!shape_of(before).optional) {
        break;
      }
    }
    return guards;
  }

  std::size_t pending(const Element& element, const Surroundings& around) {
    const Shape shape = shape_of(element);
    const std::size_t state = add_state({State::Kind::pending, shape.of_previous, shape.bounds});
    const Guard guard = guard_of(element, around);
    add_stop(state, guard);
    add_edge(state, Action::ignore, state, {negation(guard.holds)});
    return state;
  }

  std::size_t not_next(const Element& element, std::size_t next, const Surroundings& around) {
    const Shape shape = shape_of(element);
    const std::size_t state = add_state({State::Kind::normal, shape.of_previous, shape.bounds});
    const Guard guard = guard_of(element, around);
    const bool last = at(next).kind == State::Kind::final;
    add_edge(state, last ? Action::ignore : Action::proceed, next, {negation(guard.holds)});
    add_stop(state, guard);
    return state;
  }

  // ---- elements

  std::size_t element(Work& work, std::size_t next) {
    const Shape& shape = work.shape;
    std::size_t entry = 0;
    if (!shape.to) {
      const std::size_t body = loop_body(work, without_guards(work, next));
      entry = times(work, body, next, shape.from, shape.from);
    } else if (shape.counted) {
      entry = times(work, next, next, shape.from, *shape.to);
    } else if (!work.element.all_of.empty()) {
      entry = set(work, next);
    } else {
      entry = single(work, next, next, shape.optional, true);
    }
    add_stops(entry, work.guards);
    return entry;
  }

  /// `target`: where the last TAKE leads; `next`: where one comes that leaves the rest out.
  std::size_t times(Work& work, std::size_t target, std::size_t next, std::int64_t from, std::int64_t to) {
    if (work.shape.greedy && from != to) narrow(target, holds_in(work.element, work.around));
    for (std::int64_t n = 1; n < to; ++n) {
      target = single(work, target, next, n <= to - from, false);
      guard_inner(work, target);
    }
    return single(work, target, next, work.shape.optional, true);
  }

  /// A state inside a loop is guarded by the not_followed_by after it; of a choice the states that wait are.
  void guard_inner(const Work& work, std::size_t state) {
    if (!work.inner_guard) return;
    if (at(state).is_choice) {
      for (const std::size_t entry : alternatives_of(state)) guard_inner(work, entry);
    }
    add_stop(state, *work.inner_guard);
  }

  std::vector<std::size_t> alternatives_of(std::size_t choice) const {
    std::vector<std::size_t> entries;
    const auto found = alternatives_.find(choice);
    if (found != alternatives_.end()) entries = found->second;
    return entries;
  }

  /// What waits for one event of the element, or goes through one round of it.
  std::size_t single(Work& work, std::size_t target, std::size_t next, bool optional, bool first) {
    if (!work.element.is_step()) {
      return round(work, target, optional ? std::optional(next) : std::nullopt, first);
    }
    const Element& step = work.element;
    const Ignore waits = first ? ignore(work.outer(), {negation(holds(step))}, work.around.until)
                               : ignore(work.inner(), {negation(holds(step))}, work.loop());
    const std::size_t state = add_state(work);
    target = without_guards(work, target);
    add_take(state, target, step, work.loop());
    if (optional) add_way_past(work, state, next);
    if (!waits) return state;
    std::size_t waiting = state;
    if (optional || (first && work.heads_group && work.around.may_be_left_out)) {
      waiting = add_state(work);
      add_take(waiting, target, step, work.loop());
      add_edge(waiting, Action::ignore, waiting, *waits);
      if (first) add_stops(waiting, work.guards);
    }
    add_edge(state, Action::ignore, waiting, *waits);
    return state;
  }

  void add_way_past(const Work& work, std::size_t state, std::size_t next) {
    Tests tests = work.around.until;
    if (work.past_until && work.guards.empty()) {
      add_edge(state, Action::proceed, *work.past_until, joined(tests, {work.until()}));
      tests.push_back(negation(work.until()));
    }
    add_edge(state, Action::proceed, next, tests);
  }

  /// L and L′, or the round of a group that loops.
  std::size_t loop_body(Work& work, std::size_t next) {
    if (!work.element.is_step()) return looping_round(work, next);
    const Element& step = work.element;
    const std::size_t body = add_state(work);
    Tests leaving = work.around.until;
    if (work.shape.greedy && work.shape.until) {
      work.past_until = copy(next);
      add_edge(body, Action::proceed, *work.past_until, joined(leaving, {work.until()}));
      leaving.push_back(negation(work.until()));
    }
    add_edge(body, Action::proceed, next, leaving);
    if (work.shape.greedy) narrow(next, holds_in(step, work.around));
    add_take(body, body, step, work.loop());
    guard_inner(work, body);
    const Ignore waits = ignore(work.inner(), {negation(holds(step))}, work.loop());
    if (!waits) return body;
    const std::size_t waiting = add_state(work);
    add_take(waiting, body, step, work.loop());
    add_edge(waiting, Action::ignore, waiting, *waits);
    guard_inner(work, waiting);
    add_edge(body, Action::ignore, waiting, *waits);
    return body;
  }

  // ---- groups and choices

  /// One round of a group or a choice. `past`: where one comes that leaves it out.
  std::size_t round(const Work& work, std::size_t target, std::optional<std::size_t> past, bool first) {
    Surroundings inside{{},
                        first ? contiguity_of(work.element.link) : contiguity_of(work.shape.inner),
                        contiguity_of(work.shape.inner),
                        first && work.shape.optional && work.element.any_of.empty(),
                        work.following,
                        work.around.bounds};
    if (work.shape.until) inside.until.push_back(negation(work.until()));
    inside.bounds.insert(inside.bounds.end(), work.shape.bounds.begin(), work.shape.bounds.end());
    std::size_t entry = 0;
    if (work.element.is_group()) {
      entry = sequence(work.element.group, target, inside);
      if (past) add_edge(entry, Action::proceed, *past, work.around.until);
      return entry;
    }
    entry = add_state(work);
    at(entry).is_choice = true;
    std::vector<std::size_t> entries;
    for (const std::vector<Element>& alternative : work.element.any_of) {
      // What a greedy loop keeps from what follows is kept from it in that alternative only.
      const bool own_target = has_greedy(alternative) && !at(target).edges.empty();
      entries.push_back(sequence(alternative, own_target ? copy(target) : target, inside));
      if (first) add_stops(entries.back(), work.guards);
    }
    // What is pushed on the stack last is visited first: what the first alternative does comes before the others.
    if (past) add_edge(entry, Action::proceed, *past, work.around.until);
    for (std::size_t i = entries.size(); i-- > 0;) add_edge(entry, Action::proceed, entries[i], work.around.until);
    alternatives_[entry] = std::move(entries);
    return entry;
  }

  /// The round that loops: its end is a state of its own that leads back to the entry.
  std::size_t looping_round(const Work& work, std::size_t next) {
    const std::size_t end = add_state({});
    const std::size_t entry = round(work, end, next, false);
    add_edge(end, Action::proceed, entry, work.around.until);
    return entry;
  }

  // ---- sets

  std::size_t set(Work& work, std::size_t next) {
    std::map<std::vector<bool>, std::size_t> made;
    const std::vector<bool> all(work.element.all_of.size(), true);
    const std::size_t target = without_guards(work, next);
    const std::size_t state = add_state(work);
    add_set_takes(work, state, all, target, made);
    if (work.shape.optional) add_way_past(work, state, next);
    const Ignore waits = ignore(work.outer(), wanted_by_none(work, all), work.around.until);
    if (!waits) return state;
    std::size_t waiting = state;
    if (work.shape.optional || (work.heads_group && work.around.may_be_left_out)) {
      waiting = add_state(work);
      add_set_takes(work, waiting, all, target, made);
      add_edge(waiting, Action::ignore, waiting, *waits);
      add_stops(waiting, work.guards);
    }
    add_edge(state, Action::ignore, waiting, *waits);
    return state;
  }

  Tests wanted_by_none(const Work& work, const std::vector<bool>& missing) const {
    Tests tests;
    for (std::size_t i = 0; i < missing.size(); ++i) {
      if (missing[i]) tests.push_back(negation(holds(work.element.all_of[i])));
    }
    return tests;
  }

  void add_set_takes(const Work& work, std::size_t state, const std::vector<bool>& missing, std::size_t target,
                     std::map<std::vector<bool>, std::size_t>& made) {
    for (std::size_t i = 0; i < missing.size(); ++i) {
      if (!missing[i]) continue;
      std::vector<bool> left = missing;
      left[i] = false;
      add_take(state, rest_of_set(work, left, target, made), work.element.all_of[i], work.around.until);
    }
  }

  /// Waits for the steps still `missing`, at least one event having been taken.
  std::size_t rest_of_set(const Work& work, const std::vector<bool>& missing, std::size_t target,
                          std::map<std::vector<bool>, std::size_t>& made) {
    if (missing == std::vector<bool>(missing.size(), false)) return target;
    if (const auto found = made.find(missing); found != made.end()) return found->second;
    const std::size_t state = add_state(work);
    made.emplace(missing, state);
    add_set_takes(work, state, missing, target, made);
    if (const Ignore waits = ignore(work.inner(), wanted_by_none(work, missing), work.around.until)) {
      add_edge(state, Action::ignore, state, *waits);
    }
    return state;
  }

  // ---- states made before

  /// What a greedy loop can take is not used by `state`. Of a choice the alternatives' entries are what waits.
  void narrow(std::size_t state, const Test& taken) {
    for (const std::size_t entry : alternatives_of(state)) narrow(entry, taken);
    for (Edge& edge : at(state).edges) edge.tests.push_back(negation(taken));
  }

  std::size_t copy(std::size_t state) {
    State copied = at(state);
    const std::size_t made = add_state({});
    std::vector<std::size_t> entries = alternatives_of(state);
    for (std::size_t& entry : entries) {
      const std::size_t entry_copy = copy(entry);
      for (Edge& edge : copied.edges) {
        if (edge.target == entry) edge.target = entry_copy;
      }
      entry = entry_copy;
    }
    for (Edge& edge : copied.edges) {
      if (edge.target == state) edge.target = made;
    }
    at(made) = std::move(copied);
    if (!entries.empty()) alternatives_[made] = std::move(entries);
    return made;
  }

  /// `state` and what it proceeds to, as they are once an element that could be left out has taken an event: the guards
  /// before the element no longer hold.
  std::size_t without_guards(Work& work, std::size_t state) {
    if (work.guards.empty() || !work.shape.optional || at(state).kind == State::Kind::final) return state;
    if (const auto found = work.unguarded.find(state); found != work.unguarded.end()) return found->second;
    const std::size_t made = add_state({});
    work.unguarded.emplace(state, made);
    work.unguarded.emplace(made, made);
    State copied = at(state);
    std::vector<Edge> edges;
    for (Edge& edge : copied.edges) {
      if (edge.action == Action::proceed) {
        bool own = false;
        for (const Guard& guard : work.guards) own = own || guard.stop == edge.target;
        if (own) continue;
        if (at(edge.target).kind != State::Kind::stop) edge.target = without_guards(work, edge.target);
      } else if (edge.target == state) {
        edge.target = made;
      }
      edges.push_back(std::move(edge));
    }
    copied.edges = std::move(edges);
    at(made) = std::move(copied);
    std::vector<std::size_t> entries = alternatives_of(state);
    for (std::size_t& entry : entries) entry = without_guards(work, entry);
    if (!entries.empty()) alternatives_[made] = std::move(entries);
    return made;
  }

  const Pattern* pattern_ = nullptr;
  Automaton automaton_;
  std::map<const Element*, std::size_t> stops_;                     // of not_followed_by and not_next
  std::map<std::size_t, std::vector<std::size_t>> alternatives_;    // entries of the alternatives of choices
};

}    // namespace

Automaton build_automaton(const Pattern& pattern) {
  return Builder().build(pattern);
}

}    // namespace cepheid::reference
