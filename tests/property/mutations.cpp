#include "property/mutations.hpp"

#include <algorithm>
#include <utility>

namespace cepheid::property {
namespace {

using nfa::Element;
using nfa::Link;
using nfa::PatternSpec;
using nfa::Quantifier;
using nfa::Sequence;
using nfa::SkipStrategy;

/// Changes each element for which `change` returns true. Whether there was one.
template <typename Change>
bool change_elements(Sequence& sequence, const Change& change) {
  bool changed = false;
  for (Element& element : sequence.elements) {
    changed |= change(element);
    if (element.group) changed |= change_elements(*element.group, change);
    for (Sequence& alternative : element.any_of) changed |= change_elements(alternative, change);
    for (Element& step : element.all_of) changed |= change(step);
  }
  return changed;
}

bool take_relaxed_for_any(PatternSpec& spec) {
  return change_elements(spec.sequence, [](Element& element) {
    if (element.link != Link::followed_by && element.link != Link::followed_by_any) return false;
    element.link = element.link == Link::followed_by ? Link::followed_by_any : Link::followed_by;
    return true;
  });
}

bool drop_until(PatternSpec& spec) {
  return change_elements(spec.sequence,
                         [](Element& element) { return std::exchange(element.until, std::nullopt).has_value(); });
}

bool drop_greedy(PatternSpec& spec) {
  return change_elements(spec.sequence,
                         [](Element& element) { return std::exchange(element.quantifier.greedy, false); });
}

bool lengthen_within(PatternSpec& spec) {
  if (spec.within) ++*spec.within;
  return spec.within.has_value();
}

bool skip_too_far(PatternSpec& spec) {
  if (spec.after_match.strategy != SkipStrategy::skip_to_next) return false;
  spec.after_match.strategy = SkipStrategy::skip_past_last;
  return true;
}

bool drop_not_steps(Sequence& sequence) {
  bool dropped = std::erase_if(sequence.elements, [](const Element& element) { return element.negated(); }) > 0;
  for (Element& element : sequence.elements) {
    if (element.group) dropped |= drop_not_steps(*element.group);
    for (Sequence& alternative : element.any_of) dropped |= drop_not_steps(alternative);
  }
  return dropped;
}

bool take_once_more(PatternSpec& spec) {
  return change_elements(spec.sequence, [](Element& element) {
    if (element.quantifier.kind != Quantifier::Kind::times) return false;
    ++element.quantifier.from;
    ++element.quantifier.to;
    return true;
  });
}

bool drop_optional(PatternSpec& spec) {
  return change_elements(spec.sequence,
                         [](Element& element) { return std::exchange(element.quantifier.optional, false); });
}

bool drop_where(PatternSpec& spec) {
  return change_elements(spec.sequence, [](Element& element) {
    if (element.where.empty()) return false;
    element.where.pop_back();
    return true;
  });
}

bool drop_of_previous(PatternSpec& spec) {
  return change_elements(
      spec.sequence, [](Element& element) { return std::exchange(element.within_previous, std::nullopt).has_value(); });
}

bool drop_within_of(PatternSpec& spec) {
  return change_elements(spec.sequence, [](Element& element) { return !std::exchange(element.within_of, {}).empty(); });
}

bool forget_an_alternative(PatternSpec& spec) {
  return change_elements(spec.sequence, [](Element& element) {
    if (element.any_of.size() < 2) return false;
    element.any_of.pop_back();
    return true;
  });
}

}    // namespace

std::vector<Mutation> all_mutations() {
  return {{"followed_by for ..._any", take_relaxed_for_any},
          {"no `until`", drop_until},
          {"no `greedy`", drop_greedy},
          {"`within` 1 ms longer", lengthen_within},
          {"skip_past_last for ..._to_next", skip_too_far},
          {"no not-steps", [](PatternSpec& spec) { return drop_not_steps(spec.sequence); }},
          {"`times` once more", take_once_more},
          {"no `optional`", drop_optional},
          {"no `where`", drop_where},
          {"no `of_previous`", drop_of_previous},
          {"no `within … of`", drop_within_of},
          {"the last alternative forgotten", forget_an_alternative}};
}

}    // namespace cepheid::property
