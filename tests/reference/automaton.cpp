// The automaton with copies of states, as Flink builds it: from the last element to the first. What follows an element
// is a Following, whose entry state comes in versions: one for each set of not-steps that still guard the wait for it
// (a `not_followed_by` before an element that was left out guards what comes after it, until an event is taken).

#include "reference/automaton.hpp"

#include <functional>
#include <map>
#include <memory>
#include <utility>

namespace cepheid::reference {
namespace {

using Guards = std::vector<const Element*>;    // not_followed_by steps
using Tests = std::vector<Test>;
using Ignore = std::optional<Tests>;           // none: no IGNORE edge
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

class Builder {
 public:
  Automaton build(const Pattern& pattern) {
    pattern_ = &pattern;
    stop_ = add_state({State::Kind::stop});
    final_ = add_state({State::Kind::final});
    auto end = std::make_shared<Following>(*this, [this](const Guards&) { return final_; });
    end->is_final = true;
    automaton_.start = sequence(Surroundings{&pattern.elements, {}, Contiguity::strict, {}, false, {}}, 0, {}, end);
    return std::move(automaton_);
  }

 private:
  /// What an element leads to.
  struct Following {
    Following(Builder& b, std::function<std::size_t(const Guards&)> m) : builder(b), make(std::move(m)) {}

    std::size_t entry(const Guards& guards) {
      const auto found = made.find(guards);
      if (found != made.end()) return found->second;
      const std::size_t state = make(guards);
      made.emplace(guards, state);
      for (const Test& test : restrictions) restrict_state(state, test);
      return state;
    }
    /// A copy of the entry state that greedy loops before it do not restrict.
    std::size_t unrestricted(const Guards& guards) {
      if (is_final || ends_round) return make(guards);
      const std::size_t state = entry(guards);
      State copy = builder.automaton_.states[state];
      copy.restrictions.clear();
      const std::size_t at = builder.automaton_.states.size();
      for (Edge& edge : copy.edges) {
        if (edge.target == state) edge.target = at;
      }
      return builder.add_state(std::move(copy));
    }
    void restrict_to(const Test& test) {
      restrictions.push_back(test);
      for (const auto& [guards, state] : made) restrict_state(state, test);
    }
    void restrict_state(std::size_t state, const Test& test) const {
      if (!is_final) builder.automaton_.states[state].restrictions.push_back(test);
    }

    Builder& builder;
    std::function<std::size_t(const Guards&)> make;
    std::map<Guards, std::size_t> made;
    Tests restrictions;
    bool is_final = false;
    bool ends_round = false;    // the end of a looping group's copy, whose edge is added last
  };
  using Next = std::shared_ptr<Following>;

  /// The sequence an element stands in, and how it is entered.
  struct Surroundings {
    const std::vector<Element>* elements;
    Tests until;                       // of the group around it: holds on each edge of its own steps
    Contiguity link;                   // of the first element
    std::optional<Contiguity> inner;   // of the first element's loop; absent: its own
    bool may_be_left_out;              // the group, so that its first element must not be left after an ignored event
    Guards trailing;                   // the not_followed_by steps right after the sequence
  };

  std::size_t add_state(State state) {
    automaton_.states.push_back(std::move(state));
    return automaton_.states.size() - 1;
  }
  void add_edge(std::size_t from, Action action, std::size_t to, Tests tests) {
    automaton_.states[from].edges.push_back({action, to, std::move(tests)});
  }
  std::size_t step_state(const Element& step) {
    return add_state({State::Kind::normal, step.name, shape_of(step).of_previous});
  }

  /// T of a step.
  Test holds(const Element& step) const {
    Test test{shape_of(step).where};
    if (!step.of.empty()) {
      const Expr stream{Expr::Kind::field, {}, {}, {}, "stream"};
      const Expr at{Expr::Kind::constant, {}, stream_position(step.of)};
      test.conditions.push_back({Expr::Kind::operation, "==", {}, {}, {}, {}, {stream, at}});
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
  static Test negation(Test test) {
    test.negated = !test.negated;
    return test;
  }
  Ignore ignore_tests(Contiguity contiguity, const Element& step, const Tests& more) const {
    if (contiguity == Contiguity::strict) return std::nullopt;
    if (contiguity == Contiguity::any) return more;
    return joined({negation(holds(step))}, more);
  }
  void add_stops(std::size_t state, const Guards& guards, const Tests& more) {
    for (const Element* guard : guards) add_edge(state, Action::proceed, stop_, joined({holds(*guard)}, more));
  }

  /// The entry state of elements[i] and what follows it, waiting under `guards`.
  std::size_t sequence(const Surroundings& around, std::size_t i, const Guards& guards, const Next& after) {
    const std::vector<Element>& elements = *around.elements;
    if (i == elements.size()) return after->entry(guards);
    const Element& element = elements[i];
    const bool last = i + 1 == elements.size();
    if (element.link == Link::not_followed_by && last && after->is_final) return pending(element, guards);
    if (element.link == Link::not_followed_by) {
      Guards more = guards;
      more.push_back(&element);
      return sequence(around, i + 1, more, after);
    }
    Next next = after;
    if (!last) {
      next = std::make_shared<Following>(
          *this, [this, around, i, after](const Guards& g) { return sequence(around, i + 1, g, after); });
    }
    if (element.link == Link::not_next) return not_next(around, element, guards, next);
    Guards trailing;    // the not_followed_by steps right after it
    for (std::size_t j = i + 1; j < elements.size() && elements[j].link == Link::not_followed_by; ++j) {
      trailing.push_back(&elements[j]);
    }
    if (last) trailing = around.trailing;
    if (element.is_group()) return group(element, guards, trailing, next);
    return step(around, i, guards, trailing, next);
  }

  std::size_t pending(const Element& element, const Guards& guards) {
    const std::size_t state = add_state({State::Kind::pending, element.name, shape_of(element).of_previous});
    add_stops(state, guards, {});
    add_stops(state, {&element}, {});
    add_edge(state, Action::ignore, state, {negation(holds(element))});
    return state;
  }

  std::size_t not_next(const Surroundings& around, const Element& element, const Guards& guards, const Next& next) {
    const std::size_t state = step_state(element);
    const Test n = holds(element);
    if (next->is_final) {
      add_edge(state, Action::ignore, final_, joined({negation(n)}, around.until));
      add_stops(state, guards, around.until);
    } else {
      add_edge(state, Action::proceed, next->entry(guards), joined({negation(n)}, around.until));
    }
    add_stops(state, {&element}, around.until);
    return state;
  }

  /// How a single step is left out, waited for and guarded.
  struct Single {
    Tests take;
    Ignore ignore;
    std::vector<Edge> leave;    // PROCEED edges past it
    bool twice;                 // s and s′: once an event was ignored it can't be left out
    Guards guards;
    Guards guards_after_ignored;
    Tests more;                 // on the edges to stop states
  };

  std::size_t single(const Element& element, std::size_t target, const Single& how) {
    const std::size_t state = step_state(element);
    add_edge(state, Action::take, target, how.take);
    for (const Edge& edge : how.leave) add_edge(state, edge.action, edge.target, edge.tests);
    if (how.ignore) {
      std::size_t waiting = state;
      if (how.twice) {
        waiting = step_state(element);
        add_edge(waiting, Action::take, target, how.take);
        add_edge(waiting, Action::ignore, waiting, *how.ignore);
        add_stops(waiting, how.guards_after_ignored, how.more);
      }
      add_edge(state, Action::ignore, waiting, *how.ignore);
    }
    add_stops(state, how.guards, how.more);
    return state;
  }

  /// The PROCEED edges that leave a step for `next`.
  std::vector<Edge> leave(const Shape& shape, const Next& next, const Guards& guards, const Tests& more) {
    if (!shape.greedy || !shape.until) return {{Action::proceed, next->entry(guards), more}};
    const Test until{{*shape.until}};
    return {{Action::proceed, next->unrestricted(guards), joined({until}, more)},
            {Action::proceed, next->entry(guards), joined({negation(until)}, more)}};
  }

  std::size_t step(const Surroundings& around, std::size_t i, const Guards& guards, const Guards& trailing,
                   const Next& next) {
    const Element& element = (*around.elements)[i];
    const Shape shape = shape_of(element);
    const bool heads_group = i == 0;
    const Contiguity outer = heads_group ? around.link : contiguity_of(element.link);
    const Contiguity inner =
        heads_group && around.inner ? *around.inner : contiguity_of(shape.inner);
    Tests loop = around.until;
    if (shape.until) loop.push_back({{*shape.until}, true});
    const Tests take = joined({holds(element)}, loop);
    const Ignore again = ignore_tests(inner, element, loop);

    if (shape.greedy && shape.to != shape.from) next->restrict_to(negation(holds(element)));

    std::size_t target = 0;    // of the first step's TAKE
    if (!shape.to) {
      target = loop_body(element, {take, again, leave(shape, next, {}, around.until), true, trailing, trailing,
                                   around.until});
    } else {
      target = next->entry({});
      for (std::int64_t n = shape.from; n < *shape.to; ++n) {
        target = single(element, target,
                        {take, again, leave(shape, next, {}, around.until), true, trailing, {}, around.until});
      }
    }
    for (std::int64_t n = 1; n < shape.from; ++n) {
      target = single(element, target, {take, again, {}, false, trailing, {}, around.until});
    }
    std::vector<Edge> left_out;
    if (shape.optional) left_out = leave(shape, next, guards, around.until);
    return single(element, target,
                  {take, ignore_tests(outer, element, around.until), left_out,
                   shape.optional || (heads_group && around.may_be_left_out), guards, guards, around.until});
  }

  std::size_t loop_body(const Element& element, const Single& how) {
    const std::size_t body = step_state(element);
    for (const Edge& edge : how.leave) add_edge(body, edge.action, edge.target, edge.tests);
    add_edge(body, Action::take, body, how.take);
    add_stops(body, how.guards, how.more);
    if (how.ignore) {
      const std::size_t waiting = step_state(element);
      add_edge(waiting, Action::take, body, how.take);
      add_edge(waiting, Action::ignore, waiting, *how.ignore);
      add_stops(waiting, how.guards_after_ignored, how.more);
      add_edge(body, Action::ignore, waiting, *how.ignore);
    }
    return body;
  }

  std::size_t group(const Element& element, const Guards& guards, const Guards& trailing, const Next& next) {
    const Shape shape = shape_of(element);
    Surroundings first{&element.group, {}, contiguity_of(element.link), contiguity_of(shape.inner), shape.optional,
                       trailing};
    if (shape.until) first.until.push_back({{*shape.until}, true});
    Surroundings further = first;
    further.link = *first.inner;
    further.may_be_left_out = false;

    Next after = next;
    if (!shape.to) {
      after = looping_group(further, next);
    } else {
      for (std::int64_t n = shape.from; n < *shape.to; ++n) {
        after = std::make_shared<Following>(*this, [this, further, next, after, trailing](const Guards& g) {
          const std::size_t entry = sequence(further, 0, g, after);
          add_edge(entry, Action::proceed, next->entry(g), {});
          add_stops(entry, trailing, {});
          return entry;
        });
      }
    }
    for (std::int64_t n = 1; n < shape.from; ++n) {
      after = std::make_shared<Following>(*this, [this, further, after, trailing](const Guards& g) {
        const std::size_t entry = sequence(further, 0, g, after);
        add_stops(entry, trailing, {});
        return entry;
      });
    }
    const std::size_t entry = sequence(first, 0, guards, after);
    if (shape.optional) add_edge(entry, Action::proceed, next->entry(guards), {});
    return entry;
  }

  /// The copy of a group that loops. Its end is a state of its own that leads back to the entry.
  Next looping_group(const Surroundings& around, const Next& next) {
    auto ends = std::make_shared<std::vector<std::pair<std::size_t, Guards>>>();    // whose way back is still missing
    const Next end = std::make_shared<Following>(*this, [this, ends](const Guards& g) {
      const std::size_t state = add_state({});
      ends->emplace_back(state, g);
      return state;
    });
    end->ends_round = true;
    auto entries = std::make_shared<std::map<Guards, std::size_t>>();
    return std::make_shared<Following>(*this, [this, around, next, end, ends, entries](const Guards& guards) {
      const auto entry_for = [&](const Guards& g) {
        const auto found = entries->find(g);
        if (found != entries->end()) return found->second;
        const std::size_t entry = sequence(around, 0, g, end);
        add_edge(entry, Action::proceed, next->entry(g), {});
        entries->emplace(g, entry);
        return entry;
      };
      const std::size_t entry = entry_for(guards);
      while (!ends->empty()) {
        const auto [state, g] = ends->back();
        ends->pop_back();
        add_edge(state, Action::proceed, entry_for(g), {});
      }
      return entry;
    });
  }

  const Pattern* pattern_ = nullptr;
  Automaton automaton_;
  std::size_t stop_ = 0;
  std::size_t final_ = 0;
};

}  // namespace

Automaton build_automaton(const Pattern& pattern) { return Builder().build(pattern); }

}  // namespace cepheid::reference
