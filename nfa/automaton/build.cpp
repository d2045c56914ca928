// From a pattern to its automaton.
//
// The construction is that of Flink CEP's compiler, because its result is the meaning: sequences are walked from the last
// element to the first, and each element gets `next`, the entry state of what follows it. Two things are done to states
// that already exist: `greedy` narrows every edge of the entry state of what follows (in place, so whatever else leads
// there sees it), and an optional element after a not_followed_by gives its TAKE edges a copy of `next` that the
// negation no longer guards.
//
// The words of semantics.md: T the step's condition, I its outer and J its inner ignore condition, U its `until`.

#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "nfa/automaton/automaton.hpp"
#include "nfa/automaton/graph.hpp"

namespace cepheid::nfa {
namespace {

struct TooLarge {};

enum class Contiguity : std::uint8_t { strict, relaxed, any };

Contiguity outer_contiguity(Link link) {
  switch (link) {
    case Link::followed_by: return Contiguity::relaxed;
    case Link::followed_by_any: return Contiguity::any;
    default: return Contiguity::strict;
  }
}

Contiguity inner_contiguity(InnerContiguity inner) {
  switch (inner) {
    case InnerContiguity::consecutive: return Contiguity::strict;
    case InnerContiguity::allow_combinations: return Contiguity::any;
    default: return Contiguity::relaxed;
  }
}

/// One of the two holds. Requires that each clause of `a` has one literal.
Guard either_of(const Guard& a, const Guard& b) {
  Guard either;
  for (const Clause& left : a.clauses) {
    for (Clause clause : b.clauses) {
      clause.push_back(left.front());
      either.clauses.push_back(std::move(clause));
    }
  }
  return either;
}

/// A not_followed_by that guards states, told from others by its address.
struct Negation {
  const Element* element;
  Guard condition;
};

class Builder {
 public:
  Builder(const PatternSpec& spec, std::size_t max_states)
      : spec_(spec), max_states_(max_states), result_(std::make_unique<Automaton::Graph>()) {}

  /// Nothing if there would be too many states.
  std::unique_ptr<Automaton::Graph> build() {
    result_->final = add_state(StateKind::final, "match", nullptr);
    result_->start = build_sequence(spec_.sequence, result_->final, {});
    return too_large_ ? nullptr : std::move(result_);
  }

 private:
  /// What an element must know of the groups around it.
  struct Surroundings {
    const Element* group = nullptr;       // the group whose sequence is being built
    bool first_round = true;              // of that group: its head has the group's link, later its inner contiguity
    Guard until = Guard::always();        // U of that group, which its own steps look at too
    bool has_until = false;
    const Element* following = nullptr;   // what follows the group, so also its last element

    /// "own and not U".
    [[nodiscard]] Guard allowed(const Guard& own) const { return has_until ? own.and_(until.negation()) : own; }
    /// "not (own and not U)".
    [[nodiscard]] Guard not_allowed(const Guard& own) const {
      return has_until ? either_of(until, own.negation()) : own.negation();
    }
  };

  // ---- conditions

  /// The conjuncts of a condition by number; equal ones have one number.
  void add_conjuncts(const TypedExpr& expression, std::vector<ConditionId>& into) {
    if (expression.kind == TypedExpr::Kind::call && expression.function == Function::and_) {
      for (const TypedExpr& part : expression.args) add_conjuncts(part, into);
      return;
    }
    std::string text = fingerprint(expression);
    for (ConditionId id = 0; id < result_->fingerprints.size(); ++id) {
      if (result_->fingerprints[id] == text) {
        into.push_back(id);
        return;
      }
    }
    into.push_back(static_cast<ConditionId>(result_->conditions.size()));
    result_->conditions.push_back(expression);
    result_->fingerprints.push_back(std::move(text));
  }

  Guard own_condition(const Element& element) {
    std::vector<ConditionId> conditions;
    for (const TypedExpr& where : element.where) add_conjuncts(where, conditions);
    return Guard::all_of(conditions);
  }

  Guard until_condition(const Element& element) {
    std::vector<ConditionId> conditions;
    if (element.until) add_conjuncts(*element.until, conditions);
    return Guard::all_of(conditions);
  }

  static Guard not_until(const Element& element, const Guard& until) {
    return element.until ? until.negation() : Guard::always();
  }

  /// The ignore condition of a contiguity; nothing: no IGNORE edge.
  static std::optional<Guard> ignore_condition(Contiguity contiguity, const Guard& own, const Surroundings& around) {
    switch (contiguity) {
      case Contiguity::strict: return std::nullopt;
      case Contiguity::relaxed: return around.allowed(own.negation());
      case Contiguity::any: return around.allowed(Guard::always());
    }
    return std::nullopt;
  }

  // ---- states and edges

  Vertex add_state(StateKind kind, std::string name, const Element* element) {
    BoostGraph& graph = result_->graph;
    if (boost::num_vertices(graph) >= max_states_) {
      too_large_ = true;
      return 0;
    }
    GraphState state;
    state.kind = kind;
    state.name = std::move(name);
    if (element != nullptr) {
      if (!element->negated()) state.step = element->step;
      if (element->within_previous) state.within_previous = *element->within_previous;
    }
    return boost::add_vertex(std::move(state), graph);
  }

  void add_edge(Vertex from, Action action, Vertex to, Guard guard) {
    if (too_large_) return;
    boost::add_edge(from, to, GraphEdge{action, std::move(guard)}, result_->graph);
  }

  Vertex add_stop(const Negation& negation) {
    return add_state(StateKind::stop, "not " + negation.element->name, nullptr);
  }

  void add_stops(Vertex state, const std::vector<Negation>& negations) {
    for (const Negation& negation : negations) {
      add_edge(state, Action::proceed, add_stop(negation), negation.condition);
    }
  }

  // ---- sequences

  /// The not_followed_by elements that guard the wait for element `at`: those right before it, and those before an optional
  /// element that may have been left out.
  std::vector<Negation> negations_before(const Sequence& sequence, std::size_t at, const Surroundings& around) {
    std::vector<Negation> negations;
    while (at > 0) {
      const Element& before = sequence.elements[at - 1];
      if (before.link == Link::not_followed_by) {
        negations.push_back({&before, around.allowed(own_condition(before))});
      } else if (!before.quantifier.optional) {
        break;
      }
      --at;
    }
    return negations;
  }

  Vertex build_sequence(const Sequence& sequence, Vertex next, const Surroundings& around) {
    for (std::size_t at = sequence.elements.size(); at-- > 0 && !too_large_;) {
      const Element& element = sequence.elements[at];
      const Element* following = at + 1 < sequence.elements.size() ? &sequence.elements[at + 1] : around.following;
      if (element.link == Link::not_followed_by) {
        if (result_->graph[next].kind == StateKind::final) next = build_pending(element, around);
      } else if (element.link == Link::not_next) {
        next = build_not_next(element, next, around);
      } else {
        next = ElementBuilder(*this, element, following, at == 0, negations_before(sequence, at, around), around).build(next);
      }
    }
    return next;
  }

  Vertex build_pending(const Element& element, const Surroundings& around) {
    const Guard own = own_condition(element);
    const Guard condition = around.allowed(own);
    const Vertex pending = add_state(StateKind::pending, "no " + element.name, &element);
    add_edge(pending, Action::proceed, add_stop({&element, condition}), condition);
    add_edge(pending, Action::ignore, pending, around.not_allowed(own));
    return pending;
  }

  Vertex build_not_next(const Element& element, Vertex next, const Surroundings& around) {
    const Guard own = own_condition(element);
    const Guard condition = around.allowed(own);
    const Vertex state = add_state(StateKind::normal, "not next " + element.name, &element);
    // To the match by IGNORE: the event that is looked at must not complete it together with the event before.
    const bool last = result_->graph[next].kind == StateKind::final;
    add_edge(state, last ? Action::ignore : Action::proceed, next, around.not_allowed(own));
    add_edge(state, Action::proceed, add_stop({&element, condition}), condition);
    return state;
  }

  /// One element that takes events: a step or a group with its quantifier.
  class ElementBuilder {
   public:
    ElementBuilder(Builder& builder, const Element& element, const Element* following, bool head,
                   std::vector<Negation> negations, const Surroundings& around)
        : builder_(builder), element_(element), following_element_(following), head_of_group_(head && around.group != nullptr), around_(around),
          negations_(std::move(negations)) {
      own_ = builder.own_condition(element);
      until_ = builder.until_condition(element);
      take_ = around.allowed(own_);
      if (following != nullptr && following->link == Link::not_followed_by) {
        following_ = Negation{following, around.allowed(builder.own_condition(*following))};
      }
    }

    /// The entry state.
    Vertex build(Vertex next) {
      Vertex entry = 0;
      switch (element_.quantifier.kind) {
        case Quantifier::Kind::at_least: {
          // Once the loop has begun, negations before the optional element are no longer valid.
          const Vertex loop = build_loop(without_negations(next));
          entry = build_times(loop, next, element_.quantifier.from, element_.quantifier.from);
          break;
        }
        case Quantifier::Kind::times:
          entry = build_times(next, next, element_.quantifier.from, element_.quantifier.to);
          break;
        case Quantifier::Kind::one:
          entry = build_single(next, next, take_, outer_ignore(), element_.quantifier.optional, /*first=*/true);
          break;
      }
      builder_.add_stops(entry, negations_);
      return entry;
    }

   private:
    [[nodiscard]] bool is_group() const { return element_.group != nullptr; }

    /// Is it the head of a group that may be left out? The group itself then adds the way past it.
    [[nodiscard]] bool heads_optional_group() const {
      return head_of_group_ && around_.first_round && around_.group->quantifier.optional;
    }

    // The head of a group takes the group's contiguity in place of its own.
    [[nodiscard]] std::optional<Guard> outer_ignore() const {
      Contiguity contiguity = outer_contiguity(element_.link);
      if (head_of_group_) {
        contiguity = around_.first_round ? outer_contiguity(around_.group->link)
                                         : inner_contiguity(around_.group->quantifier.inner);
      }
      return ignore_condition(contiguity, own_, around_);
    }

    [[nodiscard]] std::optional<Guard> inner_ignore() const {
      const InnerContiguity inner =
          head_of_group_ ? around_.group->quantifier.inner : element_.quantifier.inner;
      std::optional<Guard> ignore = ignore_condition(inner_contiguity(inner), own_, around_);
      if (ignore) ignore = ignore->and_(not_until(element_, until_));
      return ignore;
    }

    [[nodiscard]] Guard loop_take() const { return take_.and_(not_until(element_, until_)); }

    void add_following_stop(Vertex state) {
      if (following_) builder_.add_edge(state, Action::proceed, builder_.add_stop(*following_), following_->condition);
    }

    void narrow_by_greedy(Vertex next) {
      const Guard not_taken = around_.not_allowed(own_);
      auto [edge, end] = boost::out_edges(next, builder_.result_->graph);
      for (; edge != end; ++edge) {
        GraphEdge& properties = builder_.result_->graph[*edge];
        properties.guard = properties.guard.and_(not_taken);
      }
    }

    /// A state with the same edges; edges to itself lead to the copy.
    Vertex copy_of(Vertex state) {
      const Vertex copy = builder_.add_state(StateKind::normal, {}, nullptr);
      if (builder_.too_large_) return 0;
      BoostGraph& graph = builder_.result_->graph;
      graph[copy] = graph[state];
      for (const auto& [target, edge] : edges_of(state)) {
        builder_.add_edge(copy, edge.action, target == state ? copy : target, edge.guard);
      }
      return copy;
    }

    std::vector<std::pair<Vertex, GraphEdge>> edges_of(Vertex state) const {
      const BoostGraph& graph = builder_.result_->graph;
      std::vector<std::pair<Vertex, GraphEdge>> edges;
      for (auto [edge, end] = boost::out_edges(state, graph); edge != end; ++edge) {
        edges.emplace_back(boost::target(*edge, graph), graph[*edge]);
      }
      return edges;
    }

    /// `state` as it is once this optional element has taken an event: the negations before the element guard it no more,
    /// nor what it proceeds to.
    Vertex without_negations(Vertex state) {
      if (negations_.empty() || !element_.quantifier.optional || builder_.too_large_) return state;
      const StateKind kind = builder_.result_->graph[state].kind;
      if (kind == StateKind::final || kind == StateKind::pending) return state;
      if (const auto made = unguarded_.find(state); made != unguarded_.end()) return made->second;
      const Vertex copy = builder_.add_state(kind, {}, nullptr);
      if (builder_.too_large_) return state;
      unguarded_.emplace(state, copy);
      unguarded_.emplace(copy, copy);
      builder_.result_->graph[copy] = builder_.result_->graph[state];
      for (const auto& [target, edge] : edges_of(state)) {
        Vertex to = target == state ? copy : target;
        if (edge.action == Action::proceed) {
          if (builder_.result_->graph[target].kind == StateKind::stop) {
            if (is_own_negation(target)) continue;
          } else {
            to = without_negations(target);
          }
        }
        builder_.add_edge(copy, edge.action, to, edge.guard);
      }
      return copy;
    }

    [[nodiscard]] bool is_own_negation(Vertex stop) const {
      for (const Negation& negation : negations_) {
        if (builder_.result_->graph[stop].name == "not " + negation.element->name) return true;
      }
      return false;
    }

    /// The body of an endless loop: L and L′.
    Vertex build_loop(Vertex next) {
      if (is_group()) return build_group_loop(next);
      const std::optional<Guard> ignore = inner_ignore();
      const Vertex loop = builder_.add_state(StateKind::normal, element_.name + " …", &element_);
      Guard proceed = around_.allowed(Guard::always());
      if (element_.quantifier.greedy) {
        if (element_.until) {
          past_until_ = copy_of(next);
          builder_.add_edge(loop, Action::proceed, *past_until_, proceed.and_(until_));
          proceed = proceed.and_(not_until(element_, until_));
        }
        builder_.add_edge(loop, Action::proceed, next, proceed);
        narrow_by_greedy(next);
      } else {
        builder_.add_edge(loop, Action::proceed, next, proceed);
      }
      builder_.add_edge(loop, Action::take, loop, loop_take());
      add_following_stop(loop);
      if (ignore) {
        const Vertex waiting = builder_.add_state(StateKind::normal, element_.name + " …′", &element_);
        builder_.add_edge(waiting, Action::take, loop, loop_take());
        builder_.add_edge(waiting, Action::ignore, waiting, *ignore);
        builder_.add_edge(loop, Action::ignore, waiting, *ignore);
        add_following_stop(waiting);
      }
      return loop;
    }

    /// `sink`: where the last TAKE leads; `skip`: where an event too few leads.
    Vertex build_times(Vertex sink, Vertex skip, std::uint32_t from, std::uint32_t to) {
      const std::optional<Guard> ignore = inner_ignore();
      if (element_.quantifier.greedy && from != to) narrow_by_greedy(sink);
      for (std::uint32_t i = from; i < to && !builder_.too_large_; ++i) {
        sink = build_single(sink, skip, loop_take(), ignore, /*optional=*/true, /*first=*/false);
        add_following_stop(sink);
      }
      for (std::uint32_t i = 1; i < from && !builder_.too_large_; ++i) {
        sink = build_single(sink, skip, loop_take(), ignore, /*optional=*/false, /*first=*/false);
        add_following_stop(sink);
      }
      return build_single(sink, skip, loop_take(), outer_ignore(), element_.quantifier.optional, /*first=*/true);
    }

    /// A state that waits for one event (of a group: one round of it). An optional one that may ignore events has a twin,
    /// s′, that can't be left out any more.
    Vertex build_single(Vertex sink, Vertex skip, const Guard& take, const std::optional<Guard>& ignore, bool optional,
                        bool first) {
      if (is_group()) return build_group(sink, skip, optional, first);
      const Vertex state = builder_.add_state(StateKind::normal, element_.name, &element_);
      const Vertex target = without_negations(sink);
      builder_.add_edge(state, Action::take, target, take);
      if (optional) add_way_past(state, skip);
      if (!ignore) return state;
      Vertex waiting = state;
      if (optional || (first && heads_optional_group())) {
        waiting = builder_.add_state(StateKind::normal, element_.name + "′", &element_);
        builder_.add_edge(waiting, Action::take, target, take);
        builder_.add_edge(waiting, Action::ignore, waiting, *ignore);
        if (first) builder_.add_stops(waiting, negations_);
      }
      builder_.add_edge(state, Action::ignore, waiting, *ignore);
      return state;
    }

    /// A greedy loop narrows what it skips to as well, but not for the event that ends it.
    void add_way_past(Vertex state, Vertex skip) {
      Guard proceed = around_.allowed(Guard::always());
      if (past_until_ && negations_.empty()) {
        builder_.add_edge(state, Action::proceed, *past_until_, proceed.and_(until_));
        proceed = proceed.and_(not_until(element_, until_));
      }
      builder_.add_edge(state, Action::proceed, skip, proceed);
    }

    [[nodiscard]] Surroundings inside(bool first_round) {
      return {&element_, first_round, until_, element_.until.has_value(), following_element_};
    }

    Vertex build_group(Vertex sink, Vertex skip, bool optional, bool first) {
      const Vertex entry = builder_.build_sequence(*element_.group, sink, inside(first));
      if (optional) builder_.add_edge(entry, Action::proceed, skip, around_.allowed(Guard::always()));
      return entry;
    }

    Vertex build_group_loop(Vertex next) {
      const Vertex end = builder_.add_state(StateKind::normal, element_.name + " again", nullptr);
      const Vertex entry = builder_.build_sequence(*element_.group, end, inside(/*first_round=*/false));
      builder_.add_edge(entry, Action::proceed, next, around_.allowed(Guard::always()));
      builder_.add_edge(end, Action::proceed, entry, around_.allowed(Guard::always()));
      return entry;
    }

    Builder& builder_;
    const Element& element_;
    const Element* const following_element_;
    const bool head_of_group_;
    const Surroundings& around_;
    const std::vector<Negation> negations_;
    Guard own_;      // T as written
    Guard until_;    // U
    Guard take_;     // T where the group around allows it
    std::optional<Negation> following_;
    std::optional<Vertex> past_until_;      // what follows, as a greedy loop with `until` leaves it when it is ended
    std::map<Vertex, Vertex> unguarded_;    // without_negations of a state already copied
  };

  const PatternSpec& spec_;
  const std::size_t max_states_;
  bool too_large_ = false;
  std::unique_ptr<Automaton::Graph> result_;
};

}  // namespace

Result<Automaton> Automaton::build(const PatternSpec& spec, std::size_t max_states) {
  std::unique_ptr<Graph> graph = Builder(spec, max_states).build();
  if (graph == nullptr) {
    return Error{fmt::format("pattern `{}` has more than {} states", spec.name, max_states)};
  }
  return Automaton(std::move(graph));
}

Automaton::Automaton(std::unique_ptr<Graph> graph) : graph_(std::move(graph)) {}
Automaton::~Automaton() = default;
Automaton::Automaton(Automaton&&) noexcept = default;
Automaton& Automaton::operator=(Automaton&&) noexcept = default;

std::size_t Automaton::states() const { return boost::num_vertices(graph_->graph); }

}  // namespace cepheid::nfa
