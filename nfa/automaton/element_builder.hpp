#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "nfa/automaton/builder.hpp"

namespace cepheid::nfa {

/// Builds one element that takes events, with its quantifier: a step, a group, a choice (`any_of`) or a set (`all_of`).
/// The words of semantics.md: T the step's condition, I its outer and J its inner ignore condition, U its `until`.
class ElementBuilder {
 public:
  /// `following`: the element after this one, if there is one; `head`: it is the first of its sequence.
  ElementBuilder(AutomatonBuilder& builder, const Element& element, const Element* following, bool head,
                 std::vector<Negation> negations, const Surroundings& around);

  /// The entry state, in front of `next`.
  Vertex build(Vertex next);

 private:
  [[nodiscard]] bool heads_group() const { return head_ && around_.group != nullptr; }
  [[nodiscard]] bool heads_optional_group() const;
  [[nodiscard]] Contiguity outer() const;
  [[nodiscard]] Contiguity inner() const;
  [[nodiscard]] std::optional<Guard> ignore_condition(Contiguity contiguity, const Guard& not_own) const;
  [[nodiscard]] std::optional<Guard> inner_ignore() const;
  [[nodiscard]] Guard not_until() const { return element_.until ? until_.negation() : Guard::always(); }
  [[nodiscard]] Guard loop_take() const { return around_.allowed(own_).and_(not_until()); }
  [[nodiscard]] Guard free() const { return around_.allowed(Guard::always()); }
  [[nodiscard]] Surroundings inside(bool first_round) const;

  /// A copy, for states are added meanwhile.
  [[nodiscard]] std::vector<Vertex> alternatives_of(Vertex state) const { return builder_.graph()[state].alternatives; }
  Vertex add_own_state(std::string name);
  void add_following_stop(Vertex state);
  void add_stops(Vertex state);
  void add_way_past(Vertex state, Vertex skip);
  void narrow_by_greedy(Vertex next);
  Vertex copy_of(Vertex state);
  Vertex without_negations(Vertex state);

  Vertex build_loop(Vertex next);
  Vertex build_times(Vertex sink, Vertex skip, std::uint32_t from, std::uint32_t to);
  /// A state that waits for one event (of a group: one round of it).
  Vertex build_single(Vertex sink, Vertex skip, const Guard& take, Contiguity contiguity, bool optional, bool first);
  Vertex build_group(Vertex sink, Vertex skip, bool optional, bool first);
  Vertex build_group_loop(Vertex next);
  Vertex build_choice(Vertex sink, std::optional<Vertex> skip, bool first);
  Vertex build_set(Vertex sink, Vertex skip);
  Vertex build_set_state(std::uint32_t missing, Vertex sink, std::map<std::uint32_t, Vertex>& made);
  void add_set_takes(Vertex state, std::uint32_t missing, Vertex sink, std::map<std::uint32_t, Vertex>& made);
  [[nodiscard]] std::optional<Guard> set_ignore(Contiguity contiguity, std::uint32_t missing);

  AutomatonBuilder& builder_;
  const Element& element_;
  const Element* const following_element_;
  const bool head_;
  const Surroundings& around_;
  const std::vector<Negation> negations_;
  Guard own_;      // T as written
  Guard until_;    // U
  std::vector<WithinOf> bounds_;
  std::optional<Negation> following_;
  std::optional<Vertex> past_until_;      // what follows, as a greedy loop with `until` leaves it when it is ended
  std::map<Vertex, Vertex> unguarded_;    // without_negations of a state already copied
};

}    // namespace cepheid::nfa
