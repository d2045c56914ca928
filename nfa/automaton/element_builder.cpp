#include "nfa/automaton/element_builder.hpp"

#include <algorithm>
#include <utility>

namespace cepheid::nfa {
namespace {

bool has_greedy(const Sequence& sequence) {
  return std::any_of(sequence.elements.begin(), sequence.elements.end(), [](const Element& element) {
    return element.quantifier.greedy || (element.group != nullptr && has_greedy(*element.group)) ||
           std::any_of(element.any_of.begin(), element.any_of.end(), has_greedy);
  });
}

}    // namespace

ElementBuilder::ElementBuilder(AutomatonBuilder& builder, const Element& element, const Element* following, bool head,
                               std::vector<Negation> negations, const Surroundings& around)
    : builder_(builder),
      element_(element),
      following_element_(following),
      head_(head),
      around_(around),
      negations_(std::move(negations)),
      own_(builder.own_condition(element)),
      until_(builder.until_condition(element)),
      bounds_(around.bounds) {
  bounds_.insert(bounds_.end(), element.within_of.begin(), element.within_of.end());
  if (following != nullptr && following->link == Link::not_followed_by) {
    following_ = Negation{following, around.allowed(builder.own_condition(*following))};
  }
}

Vertex ElementBuilder::build(Vertex next) {
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
      entry = element_.all_of.empty() ? build_single(next, next, around_.allowed(own_), outer(),
                                                     element_.quantifier.optional, /*first=*/true)
                                      : build_set(next, next);
      break;
  }
  add_stops(entry);
  return entry;
}

// ---- conditions

/// Is it the head of a group that may be left out? The group itself then adds the way past it. Nothing waits in the
/// entry of a choice, so its alternatives have no such heads.
bool ElementBuilder::heads_optional_group() const {
  return heads_group() && around_.first_round && around_.group->quantifier.optional && around_.group->any_of.empty();
}

// The head of a group takes the group's contiguity in place of its own.
Contiguity ElementBuilder::outer() const {
  if (!heads_group()) return contiguity_of(element_.link);
  return around_.first_round ? contiguity_of(around_.group->link) : contiguity_of(around_.group->quantifier.inner);
}

Contiguity ElementBuilder::inner() const {
  return contiguity_of(heads_group() ? around_.group->quantifier.inner : element_.quantifier.inner);
}

/// Nothing: no IGNORE edge.
std::optional<Guard> ElementBuilder::ignore_condition(Contiguity contiguity, const Guard& not_own) const {
  switch (contiguity) {
    case Contiguity::strict: return std::nullopt;
    case Contiguity::relaxed: return around_.allowed(not_own);
    case Contiguity::any: return free();
  }
  return std::nullopt;
}

Surroundings ElementBuilder::inside(bool first_round) const {
  return {&element_, first_round, until_, element_.until.has_value(), following_element_, bounds_};
}

// ---- states and edges

Vertex ElementBuilder::add_own_state(std::string name) {
  const Vertex state = builder_.add_state(StateKind::normal, std::move(name));
  if (builder_.too_large()) return state;
  GraphState& properties = builder_.graph()[state];
  if (element_.within_previous) properties.within_previous = *element_.within_previous;
  properties.within_of = bounds_;
  return state;
}

void ElementBuilder::add_following_stop(Vertex state) {
  if (!following_) return;
  builder_.add_stop(state, *following_);
  for (const Vertex entry : alternatives_of(state)) add_following_stop(entry);
}

void ElementBuilder::add_stops(Vertex state) {
  for (const Negation& negation : negations_) builder_.add_stop(state, negation);
}

/// The way past an optional element. A greedy loop narrows what it skips to as well, but not for the event that ends
/// it.
void ElementBuilder::add_way_past(Vertex state, Vertex skip) {
  Guard proceed = free();
  if (past_until_ && negations_.empty()) {
    builder_.add_edge(state, Action::proceed, *past_until_, proceed.and_(until_));
    proceed = proceed.and_(not_until());
  }
  builder_.add_edge(state, Action::proceed, skip, proceed);
}

void ElementBuilder::narrow_by_greedy(Vertex next) {
  for (const Vertex entry : alternatives_of(next)) narrow_by_greedy(entry);
  BoostGraph& graph = builder_.graph();
  const Guard not_taken = around_.not_allowed(own_);
  for (auto [edge, end] = boost::out_edges(next, graph); edge != end; ++edge) {
    graph[*edge].guard = graph[*edge].guard.and_(not_taken);
  }
}

/// A state with the same edges; edges to itself lead to the copy.
Vertex ElementBuilder::copy_of(Vertex state) {
  const Vertex copy = builder_.add_state(StateKind::normal, {});
  if (builder_.too_large()) return 0;
  builder_.graph()[copy] = builder_.graph()[state];
  std::map<Vertex, Vertex> moved{{state, copy}};
  for (const Vertex entry : alternatives_of(state)) moved.emplace(entry, copy_of(entry));
  for (Vertex& entry : builder_.graph()[copy].alternatives) entry = moved.at(entry);
  for (const auto& [target, edge] : builder_.edges_of(state)) {
    const auto found = moved.find(target);
    builder_.add_edge(copy, edge.action, found != moved.end() ? found->second : target, edge.guard, edge.step);
  }
  return copy;
}

/// `state` as it is once this optional element has taken an event: the negations before the element guard it no more,
/// nor what it proceeds to.
Vertex ElementBuilder::without_negations(Vertex state) {
  if (negations_.empty() || !element_.quantifier.optional || builder_.too_large()) return state;
  const StateKind kind = builder_.graph()[state].kind;
  if (kind == StateKind::final || kind == StateKind::pending) return state;
  if (const auto made = unguarded_.find(state); made != unguarded_.end()) return made->second;
  const Vertex copy = builder_.add_state(kind, {});
  if (builder_.too_large()) return state;
  unguarded_.emplace(state, copy);
  unguarded_.emplace(copy, copy);
  builder_.graph()[copy] = builder_.graph()[state];
  for (const auto& [target, edge] : builder_.edges_of(state)) {
    Vertex to = target == state ? copy : target;
    if (edge.action == Action::proceed) {
      bool own = false;
      for (const Negation& negation : negations_) own = own || builder_.is_stop_of(target, negation);
      if (own) continue;
      if (builder_.graph()[target].kind != StateKind::stop) to = without_negations(target);
    }
    builder_.add_edge(copy, edge.action, to, edge.guard, edge.step);
  }
  for (Vertex& entry : builder_.graph()[copy].alternatives) entry = without_negations(entry);
  return copy;
}

// ---- steps

std::optional<Guard> ElementBuilder::inner_ignore() const {
  std::optional<Guard> ignore = ignore_condition(inner(), own_.negation());
  if (ignore) ignore = ignore->and_(not_until());
  return ignore;
}

/// The body of an endless loop: L and L′.
Vertex ElementBuilder::build_loop(Vertex next) {
  if (!element_.is_step()) return build_group_loop(next);
  const std::optional<Guard> ignore = inner_ignore();
  const Vertex loop = add_own_state(element_.name + " …");
  if (element_.quantifier.greedy) {
    Guard proceed = free();
    if (element_.until) {
      past_until_ = copy_of(next);
      builder_.add_edge(loop, Action::proceed, *past_until_, proceed.and_(until_));
      proceed = proceed.and_(not_until());
    }
    builder_.add_edge(loop, Action::proceed, next, proceed);
    narrow_by_greedy(next);
  } else {
    builder_.add_edge(loop, Action::proceed, next, free());
  }
  builder_.add_edge(loop, Action::take, loop, loop_take(), element_.step);
  add_following_stop(loop);
  if (ignore) {
    const Vertex waiting = add_own_state(element_.name + " …′");
    builder_.add_edge(waiting, Action::take, loop, loop_take(), element_.step);
    builder_.add_edge(waiting, Action::ignore, waiting, *ignore);
    builder_.add_edge(loop, Action::ignore, waiting, *ignore);
    add_following_stop(waiting);
  }
  return loop;
}

/// `sink`: where the last TAKE leads; `skip`: where an event too few leads.
Vertex ElementBuilder::build_times(Vertex sink, Vertex skip, std::uint32_t from, std::uint32_t to) {
  if (element_.quantifier.greedy && from != to) narrow_by_greedy(sink);
  for (std::uint32_t i = from; i < to && !builder_.too_large(); ++i) {
    sink = build_single(sink, skip, loop_take(), inner(), /*optional=*/true, /*first=*/false);
    add_following_stop(sink);
  }
  for (std::uint32_t i = 1; i < from && !builder_.too_large(); ++i) {
    sink = build_single(sink, skip, loop_take(), inner(), /*optional=*/false, /*first=*/false);
    add_following_stop(sink);
  }
  return build_single(sink, skip, loop_take(), outer(), element_.quantifier.optional, /*first=*/true);
}

Vertex ElementBuilder::build_single(Vertex sink, Vertex skip, const Guard& take, Contiguity contiguity, bool optional,
                                    bool first) {
  if (!element_.is_step()) return build_group(sink, skip, optional, first);
  std::optional<Guard> ignore = ignore_condition(contiguity, own_.negation());
  if (ignore && !first) ignore = ignore->and_(not_until());
  const Vertex state = add_own_state(element_.name);
  const Vertex target = without_negations(sink);
  builder_.add_edge(state, Action::take, target, take, element_.step);
  if (optional) add_way_past(state, skip);
  if (!ignore) return state;
  Vertex waiting = state;
  // One that may be left out has a twin, s′, that can't be left out any more.
  if (optional || (first && heads_optional_group())) {
    waiting = add_own_state(element_.name + "′");
    builder_.add_edge(waiting, Action::take, target, take, element_.step);
    builder_.add_edge(waiting, Action::ignore, waiting, *ignore);
    if (first) add_stops(waiting);
  }
  builder_.add_edge(state, Action::ignore, waiting, *ignore);
  return state;
}

// ---- groups and choices

Vertex ElementBuilder::build_group(Vertex sink, Vertex skip, bool optional, bool first) {
  if (!element_.any_of.empty()) return build_choice(sink, optional ? std::optional(skip) : std::nullopt, first);
  const Vertex entry = builder_.build_sequence(*element_.group, sink, inside(first));
  if (optional) builder_.add_edge(entry, Action::proceed, skip, free());
  return entry;
}

Vertex ElementBuilder::build_group_loop(Vertex next) {
  const Vertex end = builder_.add_state(StateKind::normal, element_.name + " again");
  Vertex entry = 0;
  if (element_.any_of.empty()) {
    entry = builder_.build_sequence(*element_.group, end, inside(/*first_round=*/false));
    builder_.add_edge(entry, Action::proceed, next, free());
  } else {
    entry = build_choice(end, next, /*first=*/false);
  }
  builder_.add_edge(end, Action::proceed, entry, free());
  return entry;
}

/// A state from which one proceeds to each alternative, the first one first (of PROCEED targets the last edge's is
/// visited first), and past all of them if it may be left out.
Vertex ElementBuilder::build_choice(Vertex sink, std::optional<Vertex> skip, bool first) {
  const Vertex choice = add_own_state("any of");
  if (builder_.too_large()) return 0;
  if (skip) builder_.add_edge(choice, Action::proceed, *skip, free());
  const Surroundings within = inside(first);
  for (std::size_t i = element_.any_of.size(); i-- > 0;) {
    // What an alternative's greedy loop narrows must not be what follows the others.
    const bool narrows = has_greedy(element_.any_of[i]) && !builder_.edges_of(sink).empty();
    const Vertex entry = builder_.build_sequence(element_.any_of[i], narrows ? copy_of(sink) : sink, within);
    if (builder_.too_large()) return 0;
    if (first) add_stops(entry);
    builder_.graph()[choice].alternatives.insert(builder_.graph()[choice].alternatives.begin(), entry);
    builder_.add_edge(choice, Action::proceed, entry, free());
  }
  return choice;
}

// ---- sets

std::optional<Guard> ElementBuilder::set_ignore(Contiguity contiguity, std::uint32_t missing) {
  Guard none_wants;
  for (std::size_t i = 0; i < element_.all_of.size(); ++i) {
    if ((missing >> i & 1) != 0) none_wants = none_wants.and_(builder_.own_condition(element_.all_of[i]).negation());
  }
  return ignore_condition(contiguity, none_wants);
}

void ElementBuilder::add_set_takes(Vertex state, std::uint32_t missing, Vertex sink,
                                   std::map<std::uint32_t, Vertex>& made) {
  for (std::size_t i = 0; i < element_.all_of.size(); ++i) {
    if ((missing >> i & 1) == 0) continue;
    const Element& step = element_.all_of[i];
    builder_.add_edge(state, Action::take, build_set_state(missing & ~(1u << i), sink, made),
                      around_.allowed(builder_.own_condition(step)), step.step);
  }
}

/// The state that waits for the steps still `missing` (a bit each), once one of them has come.
Vertex ElementBuilder::build_set_state(std::uint32_t missing, Vertex sink, std::map<std::uint32_t, Vertex>& made) {
  if (missing == 0) return sink;
  if (const auto found = made.find(missing); found != made.end()) return found->second;
  const Vertex state = add_own_state("rest of all of");
  if (builder_.too_large()) return 0;
  made.emplace(missing, state);
  add_set_takes(state, missing, sink, made);
  if (const auto ignore = set_ignore(inner(), missing)) builder_.add_edge(state, Action::ignore, state, *ignore);
  return state;
}

Vertex ElementBuilder::build_set(Vertex sink, Vertex skip) {
  std::map<std::uint32_t, Vertex> made;
  const std::uint32_t all = (1u << element_.all_of.size()) - 1;
  const Vertex target = without_negations(sink);
  const bool optional = element_.quantifier.optional;
  const Vertex state = add_own_state("all of");
  if (builder_.too_large()) return 0;
  add_set_takes(state, all, target, made);
  if (optional) add_way_past(state, skip);
  if (const auto ignore = set_ignore(outer(), all)) {
    Vertex waiting = state;
    if (optional || heads_optional_group()) {
      waiting = add_own_state("all of′");
      add_set_takes(waiting, all, target, made);
      builder_.add_edge(waiting, Action::ignore, waiting, *ignore);
      add_stops(waiting);
    }
    builder_.add_edge(state, Action::ignore, waiting, *ignore);
  }
  return state;
}

}    // namespace cepheid::nfa
