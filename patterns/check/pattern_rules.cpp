#include "patterns/check/pattern_rules.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "patterns/check/modifier_rules.hpp"
#include "patterns/source/limits.hpp"

namespace cepheid::patterns {

using nfa::Quantifier;
using syntax::Modifier;

namespace {

/// The modifier by which an element is written to be left out; `times(0, n)` does not count as one.
const Modifier* find_written_optional(const syntax::Element& element) {
  const auto found = std::find_if(element.modifiers.begin(), element.modifiers.end(), [](const Modifier& modifier) {
    return modifier.kind == Modifier::Kind::optional || modifier.kind == Modifier::Kind::zero_or_more;
  });
  return found == element.modifiers.end() ? nullptr : &*found;
}

bool is_not_followed_by(const syntax::Element& element) {
  return element.link == syntax::LinkWord::not_followed_by;
}

void check_end(const syntax::Sequence& sequence, bool in_group, bool has_within, Diagnostics& diagnostics) {
  if (sequence.elements.empty()) return;
  const syntax::Element& last = sequence.elements.back();
  if (!is_not_followed_by(last)) return;
  if (in_group) {
    diagnostics.error(DiagnosticKind::negation, last.link_span, "`not_followed_by` at the end of a group",
                      "put it after the group, or a step after it");
    return;
  }
  if (sequence.elements.size() > 1 && is_not_followed_by(sequence.elements[sequence.elements.size() - 2])) {
    diagnostics.error(DiagnosticKind::negation, last.link_span, "two `not_followed_by` at the end of a pattern",
                      "put their conditions together with `or`");
    return;
  }
  const bool has_bound = std::any_of(last.modifiers.begin(), last.modifiers.end(), [](const Modifier& modifier) {
    return modifier.kind == Modifier::Kind::within_previous;
  });
  if (has_within || has_bound) return;
  diagnostics.error(DiagnosticKind::negation, last.link_span,
                    "`not_followed_by` at the end of a pattern without `within`",
                    "`within` says how long nothing must come");
}

/// A choice has two alternatives or more; a set two steps or more, and not too many.
void check_size(const syntax::Element& element, Diagnostics& diagnostics) {
  if (element.any_of.size() == 1) {
    diagnostics.error(DiagnosticKind::group, element.any_of.front().span, "`any_of` of one alternative",
                      "write the others behind it: `any_of ( begin … ) ( begin … )`");
  }
  if (element.all_of.size() == 1) {
    diagnostics.error(DiagnosticKind::group, element.all_of.front().span, "`all_of` of one step",
                      "write the others behind it: `all_of ( a where …, b where … )`");
  }
  if (element.all_of.size() > kMaxAllOf) {
    diagnostics.error(DiagnosticKind::too_large, element.all_of[kMaxAllOf].span,
                      fmt::format("`all_of` of more than {} steps", kMaxAllOf), "each one doubles the states");
  }
}

void check_bounds(const syntax::Element& element, const syntax::DurationValue& within, Diagnostics& diagnostics) {
  for (const Modifier& modifier : element.modifiers) {
    const bool bound = modifier.kind == Modifier::Kind::within_previous || modifier.kind == Modifier::Kind::within_of;
    if (!bound || modifier.from <= within.ms) continue;
    const std::string from = modifier.step ? fmt::format(" {}", modifier.step->text) : "_previous";
    diagnostics.error(
        DiagnosticKind::window, modifier.span,
        fmt::format("`within … of{}` on {} is longer than the pattern's `within`", from, label_of(element)));
  }
}

void check_sequence(const syntax::Sequence& sequence, const nfa::Sequence& checked, bool in_group,
                    const std::optional<syntax::DurationValue>& within, Diagnostics& diagnostics) {
  for (std::size_t i = 0; i < sequence.elements.size(); ++i) {
    const syntax::Element& element = sequence.elements[i];
    const nfa::Element& typed = checked.elements[i];
    if (element.group) check_sequence(*element.group, *typed.group, true, within, diagnostics);
    for (std::size_t a = 0; a < element.any_of.size(); ++a) {
      check_sequence(element.any_of[a], typed.any_of[a], true, within, diagnostics);
    }
    check_size(element, diagnostics);
    if (within) check_bounds(element, *within, diagnostics);
    if (i == 0) continue;
    const nfa::Element& before = checked.elements[i - 1];
    const syntax::Element& before_text = sequence.elements[i - 1];
    if (is_negated(element) && before.quantifier.optional) {
      diagnostics.error(
          DiagnosticKind::negation, element.link_span,
          fmt::format("`{}` right after {}, which may be left out", word_of(element.link), label_of(before_text)),
          "write two patterns: one with it, one without");
    }
    const Modifier* optional = find_written_optional(element);
    if (!is_negated(element) && before.quantifier.greedy && optional != nullptr) {
      diagnostics.error(DiagnosticKind::optional_element, optional->span,
                        fmt::format("{}, which may be left out, right after {}, which is greedy", label_of(element),
                                    label_of(before_text)));
    }
  }
  check_end(sequence, in_group, within.has_value(), diagnostics);
}

}    // namespace

void check_neighbours(const syntax::Sequence& sequence, const nfa::Sequence& checked,
                      const std::optional<syntax::DurationValue>& within, Diagnostics& diagnostics) {
  check_sequence(sequence, checked, false, within, diagnostics);
}

std::uint64_t count_states(const syntax::Sequence& sequence, const nfa::Sequence& checked, Diagnostics& diagnostics) {
  std::uint64_t states = 0;
  for (std::size_t i = 0; i < sequence.elements.size(); ++i) {
    const nfa::Element& element = checked.elements[i];
    const Quantifier& quantifier = element.quantifier;
    const std::uint64_t times = quantifier.kind == Quantifier::Kind::times ? quantifier.to : quantifier.from;
    std::uint64_t inside = element.is_step() ? 1 : 0;
    if (element.group) {
      inside = count_states(*sequence.elements[i].group, *element.group, diagnostics);
      if (inside > kMaxStates) return inside;    // reported
    }
    for (std::size_t a = 0; a < element.any_of.size(); ++a) {
      const std::uint64_t one = count_states(sequence.elements[i].any_of[a], element.any_of[a], diagnostics);
      if (one > kMaxStates) return one;    // reported
      inside += one;
    }
    if (!element.all_of.empty()) inside = std::uint64_t{1} << std::min(element.all_of.size(), kMaxAllOf);
    states += inside * times;
    if (states <= kMaxStates) continue;
    const syntax::Element& too_much = sequence.elements[i];
    const auto counting = std::find_if(too_much.modifiers.begin(), too_much.modifiers.end(),
                                       [](const Modifier& modifier) { return is_quantifier(modifier.kind); });
    diagnostics.error(
        DiagnosticKind::too_large, counting == too_much.modifiers.end() ? too_much.link_span : counting->span,
        fmt::format("with {} the pattern counts further than to {} in all", label_of(too_much), kMaxStates));
    return states;
  }
  return states;
}

}    // namespace cepheid::patterns
