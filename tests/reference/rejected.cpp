#include "reference/rejected.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace cepheid::reference {
namespace {

using Kind = Modifier::Kind;
using Reason = std::optional<std::string>;

std::int64_t count(const Element& element, Kind kind) {
  return std::count_if(element.modifiers.begin(), element.modifiers.end(),
                       [&](const Modifier& modifier) { return modifier.kind == kind; });
}
bool has(const Element& element, Kind kind) {
  return count(element, kind) > 0;
}

bool bad_counts(const Modifier& modifier) {
  if (modifier.kind == Kind::times_or_more) return modifier.from < 1;
  if (modifier.kind != Kind::times) return false;
  return modifier.to ? *modifier.to < 1 || *modifier.to < modifier.from : modifier.from < 1;
}

bool times_from_zero(const Element& element) {
  return std::any_of(element.modifiers.begin(), element.modifiers.end(),
                     [](const Modifier& modifier) { return modifier.kind == Kind::times && modifier.from == 0; });
}

bool may_be_left_out(const Element& element) {
  return has(element, Kind::optional) || has(element, Kind::zero_or_more) || times_from_zero(element);
}

Reason wrong_modifiers(const Element& element, const Pattern& pattern) {
  const std::int64_t open_ended =
      count(element, Kind::one_or_more) + count(element, Kind::zero_or_more) + count(element, Kind::times_or_more);
  const std::int64_t quantifiers = open_ended + count(element, Kind::times);
  const std::int64_t inner = count(element, Kind::consecutive) + count(element, Kind::allow_combinations);
  if (element.negated()) {
    if (!element.is_step()) return "a negated group";
    if (quantifiers > 0 || has(element, Kind::greedy)) return "a quantifier or greedy on a not-step";
    if (has(element, Kind::optional)) return "optional on a not-step";
  }
  if (!element.all_of.empty() && quantifiers > 0) return "a set that loops";
  if (quantifiers > 1) return "a second quantifier";
  if (std::any_of(element.modifiers.begin(), element.modifiers.end(), bad_counts)) return "counts of times";
  if (count(element, Kind::optional) + count(element, Kind::zero_or_more) + int{times_from_zero(element)} > 1) {
    return "optional twice";
  }
  if (inner > 0 && quantifiers == 0 && element.all_of.empty()) return "contiguity of an element that does not loop";
  if (inner > 1) return "contiguity twice";
  if (has(element, Kind::greedy)) {
    if (quantifiers == 0) return "greedy on an element that does not loop";
    if (!element.is_step()) return "greedy on a group";
    if (has(element, Kind::allow_combinations)) return "greedy with allow_combinations";
  }
  if (has(element, Kind::until) && open_ended == 0) return "until on an element without open end";
  if (count(element, Kind::until) > 1) return "until twice";
  if (!element.is_step() && !element.is_group() && has(element, Kind::within_of_previous)) {
    return "of_previous on a choice or a set";
  }
  if (!element.is_step() && has(element, Kind::where)) return "where on a group";
  for (const Modifier& modifier : element.modifiers) {
    const bool bound = modifier.kind == Kind::within_of_previous || modifier.kind == Kind::within_of;
    if (bound && pattern.within && modifier.duration > *pattern.within) return "a bound longer than within";
  }
  return std::nullopt;
}

Reason wrong_sequence(const std::vector<Element>& elements, const Pattern& pattern, bool top,
                      std::set<std::string>& names) {
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const Element& element = elements[i];
    for (const Modifier& modifier : element.modifiers) {
      if (modifier.kind == Kind::within_of && !names.contains(modifier.step)) return "a bound of no step before";
    }
    if (element.is_step() && !names.insert(element.name).second) return "two steps of one name";
    if (Reason reason = wrong_modifiers(element, pattern)) return reason;
    if (i > 0 && element.negated() && may_be_left_out(elements[i - 1])) return "a not-step after an optional element";
    if (i > 0 && has(elements[i - 1], Kind::greedy) &&
        (has(element, Kind::optional) || has(element, Kind::zero_or_more))) {
      return "an optional element after a greedy one";
    }
    if (element.is_group()) {
      if (Reason reason = wrong_sequence(element.group, pattern, false, names)) return reason;
    }
    for (const std::vector<Element>& alternative : element.any_of) {
      if (Reason reason = wrong_sequence(alternative, pattern, false, names)) return reason;
    }
    for (const Element& step : element.all_of) {
      if (!names.insert(step.name).second) return "two steps of one name";
    }
  }
  const Element& last = elements.back();
  if (last.link != Link::not_followed_by) return std::nullopt;
  if (!top) return "not_followed_by at the end of a group";
  if (elements.size() > 1 && elements[elements.size() - 2].link == Link::not_followed_by) {
    return "two not_followed_by at the end";
  }
  if (!pattern.within && !has(last, Kind::within_of_previous)) return "not_followed_by last without within";
  return std::nullopt;
}

}    // namespace

Reason rejected(const Pattern& pattern) {
  if (pattern.absence) return std::nullopt;
  std::set<std::string> names;
  if (Reason reason = wrong_sequence(pattern.elements, pattern, true, names)) return reason;
  if (pattern.skip == Skip::skip_to_first || pattern.skip == Skip::skip_to_last) {
    const bool known = std::any_of(pattern.elements.begin(), pattern.elements.end(), [&](const Element& element) {
      return element.is_step() && element.name == pattern.skip_step;
    });
    if (!known) return "after_match to a name that is no top-level step";
  }
  return std::nullopt;
}

}    // namespace cepheid::reference
