#include "patterns/check/modifier_rules.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "patterns/source/limits.hpp"

namespace cepheid::patterns {

using nfa::Quantifier;
using syntax::Modifier;

namespace {

bool is_inner_contiguity(Modifier::Kind kind) {
  return kind == Modifier::Kind::consecutive || kind == Modifier::Kind::allow_combinations;
}

std::string_view spelling_of(Modifier::Kind kind) {
  switch (kind) {
    case Modifier::Kind::where: return "where";
    case Modifier::Kind::until: return "until";
    case Modifier::Kind::one_or_more: return "one_or_more";
    case Modifier::Kind::zero_or_more: return "zero_or_more";
    case Modifier::Kind::times: return "times";
    case Modifier::Kind::times_or_more: return "times_or_more";
    case Modifier::Kind::optional: return "optional";
    case Modifier::Kind::greedy: return "greedy";
    case Modifier::Kind::consecutive: return "consecutive";
    case Modifier::Kind::allow_combinations: return "allow_combinations";
    case Modifier::Kind::within_previous: return "within … of_previous";
    case Modifier::Kind::within_of: return "within … of";
  }
  return "";
}

/// The modifiers of one element, kind by kind.
class ModifierCheck {
 public:
  ModifierCheck(const syntax::Element& element, Diagnostics& diagnostics)
      : element_(element), diagnostics_(diagnostics) {}

  Quantifier run();

 private:
  [[nodiscard]] std::vector<const Modifier*> of_kind(bool (*wanted)(Modifier::Kind)) const;
  [[nodiscard]] std::vector<const Modifier*> of_kind(Modifier::Kind kind) const;
  void wrong(DiagnosticKind kind, const Modifier& modifier, std::string message, std::string hint = {}) {
    diagnostics_.error(kind, modifier.span, std::move(message), std::move(hint));
  }
  [[nodiscard]] bool is_step() const { return !element_.group && element_.any_of.empty() && element_.all_of.empty(); }
  void check_negated();
  void check_previous();
  void check_set();
  void check_listed_steps();
  void check_quantifier();
  void set_times(const Modifier& modifier);
  void check_optional();
  void check_inner_contiguity();
  void check_greedy();
  void check_until();
  void check_once(Modifier::Kind kind);

  const syntax::Element& element_;
  Diagnostics& diagnostics_;
  Quantifier quantifier_;
  bool has_quantifier_ = false;
};

std::vector<const Modifier*> ModifierCheck::of_kind(bool (*wanted)(Modifier::Kind)) const {
  std::vector<const Modifier*> found;
  for (const Modifier& modifier : element_.modifiers) {
    if (wanted(modifier.kind)) found.push_back(&modifier);
  }
  return found;
}

std::vector<const Modifier*> ModifierCheck::of_kind(Modifier::Kind kind) const {
  std::vector<const Modifier*> found;
  for (const Modifier& modifier : element_.modifiers) {
    if (modifier.kind == kind) found.push_back(&modifier);
  }
  return found;
}

Quantifier ModifierCheck::run() {
  if (!is_step()) {
    for (const Modifier* where : of_kind(Modifier::Kind::where)) {
      wrong(DiagnosticKind::group, *where, fmt::format("`where` on {}", label_of(element_)),
            "a condition belongs to a step of it");
    }
  }
  check_once(Modifier::Kind::within_previous);
  if (is_negated(element_)) {
    check_negated();
    return {};
  }
  if (!element_.any_of.empty() || !element_.all_of.empty()) check_previous();
  if (!element_.all_of.empty()) {
    check_set();
    return quantifier_;
  }
  check_quantifier();
  check_optional();
  check_inner_contiguity();
  check_greedy();
  check_until();
  return quantifier_;
}

void ModifierCheck::check_negated() {
  if (!is_step()) {
    diagnostics_.error(DiagnosticKind::negation, element_.link_span,
                       fmt::format("`{}` before {}", word_of(element_.link), label_of(element_)),
                       "only a single step can be negated");
    return;
  }
  for (const Modifier& modifier : element_.modifiers) {
    if (modifier.kind == Modifier::Kind::where || modifier.kind == Modifier::Kind::within_previous) continue;
    wrong(DiagnosticKind::negation, modifier,
          fmt::format("`{}` on {}, which takes no event", spelling_of(modifier.kind), label_of(element_)));
  }
}

void ModifierCheck::check_previous() {
  for (const Modifier* within : of_kind(Modifier::Kind::within_previous)) {
    wrong(DiagnosticKind::window, *within, fmt::format("`within … of_previous` on {}", label_of(element_)),
          "a step of it takes it, or name the step: `within … of step`");
  }
}

/// `all_of` takes each of its steps once, so only what may lie between them can be said.
void ModifierCheck::check_set() {
  for (const Modifier& modifier : element_.modifiers) {
    const bool loops = is_quantifier(modifier.kind) || modifier.kind == Modifier::Kind::greedy ||
                       modifier.kind == Modifier::Kind::until;
    if (!loops) continue;
    wrong(DiagnosticKind::quantifier, modifier,
          fmt::format("`{}` on `all_of`, which takes each of its steps once", spelling_of(modifier.kind)),
          "a group around it can loop");
  }
  check_optional();
  check_inner_contiguity();
  check_listed_steps();
}

void ModifierCheck::check_listed_steps() {
  for (const syntax::Element& step : element_.all_of) {
    for (const Modifier& modifier : step.modifiers) {
      if (modifier.kind == Modifier::Kind::where) continue;
      wrong(DiagnosticKind::group, modifier,
            fmt::format("`{}` on {} of `all_of`", spelling_of(modifier.kind), label_of(step)),
            "each step of `all_of` takes one event: it has conditions only");
    }
  }
}

void ModifierCheck::check_once(Modifier::Kind kind) {
  const auto found = of_kind(kind);
  for (std::size_t i = 1; i < found.size(); ++i) {
    wrong(DiagnosticKind::duplicate_clause, *found[i],
          fmt::format("a second `{}` on {}", spelling_of(kind), label_of(element_)));
  }
}

void ModifierCheck::check_quantifier() {
  const auto quantifiers = of_kind(is_quantifier);
  has_quantifier_ = !quantifiers.empty();
  for (std::size_t i = 1; i < quantifiers.size(); ++i) {
    wrong(DiagnosticKind::quantifier, *quantifiers[i],
          fmt::format("a second quantifier on {}: `{}` after `{}`", label_of(element_),
                      spelling_of(quantifiers[i]->kind), spelling_of(quantifiers[i - 1]->kind)));
  }
  if (!has_quantifier_) return;
  const Modifier& modifier = *quantifiers.front();
  switch (modifier.kind) {
    case Modifier::Kind::zero_or_more: quantifier_.optional = true; [[fallthrough]];
    case Modifier::Kind::one_or_more: quantifier_.kind = Quantifier::Kind::at_least; break;
    default: set_times(modifier); break;
  }
}

void ModifierCheck::set_times(const Modifier& modifier) {
  const bool open_end = modifier.kind == Modifier::Kind::times_or_more;
  quantifier_.kind = open_end ? Quantifier::Kind::at_least : Quantifier::Kind::times;
  std::int64_t from = modifier.from;
  const std::int64_t to = modifier.to.value_or(from);
  if (!open_end && modifier.to && from == 0 && to > 0) {
    quantifier_.optional = true;
    from = 1;
  }
  if (from < 1) {
    wrong(
        DiagnosticKind::quantifier, modifier, fmt::format("{} that takes no event", label_of(element_)),
        open_end ? "`zero_or_more` may take none" : "a count begins at 1; `times(0, n)` and `optional` may take none");
    return;
  }
  if (to < from && !open_end) {
    wrong(DiagnosticKind::quantifier, modifier, fmt::format("from {} to {} times", from, to),
          "the smaller count comes first");
    return;
  }
  const auto limit = static_cast<std::int64_t>(kMaxStates) + 1;    // count_states tells of what is above it
  quantifier_.from = static_cast<std::uint32_t>(std::min(from, limit));
  quantifier_.to = static_cast<std::uint32_t>(std::min(to, limit));
}

void ModifierCheck::check_optional() {
  const auto optionals = of_kind(Modifier::Kind::optional);
  if (optionals.empty()) return;
  if (quantifier_.optional) {
    wrong(DiagnosticKind::optional_element, *optionals.front(),
          fmt::format("`optional` on {}, which may be left out already", label_of(element_)));
  } else if (optionals.size() > 1) {
    wrong(DiagnosticKind::optional_element, *optionals[1], fmt::format("`optional` twice on {}", label_of(element_)));
  }
  quantifier_.optional = true;
}

void ModifierCheck::check_inner_contiguity() {
  const auto found = of_kind(is_inner_contiguity);
  if (found.empty()) return;
  const Modifier& first = *found.front();
  if (!has_quantifier_ && element_.all_of.empty()) {
    wrong(DiagnosticKind::contiguity, first,
          fmt::format("`{}` on {}, which takes one event", spelling_of(first.kind), label_of(element_)),
          "it tells how the events of a loop follow each other");
    return;
  }
  if (found.size() > 1) {
    const Modifier& second = *found[1];
    wrong(DiagnosticKind::contiguity, second,
          second.kind == first.kind
              ? fmt::format("`{}` twice on {}", spelling_of(second.kind), label_of(element_))
              : fmt::format("`consecutive` and `allow_combinations` on {}: either, not both", label_of(element_)));
  }
  quantifier_.inner = first.kind == Modifier::Kind::consecutive ? nfa::InnerContiguity::consecutive
                                                                : nfa::InnerContiguity::allow_combinations;
}

void ModifierCheck::check_greedy() {
  const auto found = of_kind(Modifier::Kind::greedy);
  if (found.empty()) return;
  const Modifier& greedy = *found.front();
  if (!is_step()) {
    wrong(DiagnosticKind::greedy, greedy, fmt::format("`greedy` on {}", label_of(element_)),
          "only a single step can be greedy");
  } else if (!has_quantifier_) {
    wrong(DiagnosticKind::greedy, greedy, fmt::format("`greedy` on {}, which takes one event", label_of(element_)),
          "needs a loop before it: `one_or_more`, `zero_or_more` or `times(…)`");
  } else if (quantifier_.inner == nfa::InnerContiguity::allow_combinations) {
    wrong(DiagnosticKind::greedy, greedy, fmt::format("`greedy` with `allow_combinations` on {}", label_of(element_)));
  }
  quantifier_.greedy = true;
}

void ModifierCheck::check_until() {
  const auto found = of_kind(Modifier::Kind::until);
  if (found.empty()) return;
  if (!quantifier_.loops()) {
    wrong(DiagnosticKind::until, *found.front(),
          fmt::format("`until` on {}, which has an end of its own", label_of(element_)),
          "it ends a loop: `one_or_more`, `zero_or_more` or `times_or_more(…)`");
  } else if (found.size() > 1) {
    wrong(DiagnosticKind::until, *found[1], fmt::format("`until` twice on {}", label_of(element_)),
          "put the conditions together with `or`");
  }
}

}    // namespace

std::string_view word_of(syntax::LinkWord link) {
  switch (link) {
    case syntax::LinkWord::begin: return "begin";
    case syntax::LinkWord::next: return "next";
    case syntax::LinkWord::followed_by: return "followed_by";
    case syntax::LinkWord::followed_by_any: return "followed_by_any";
    case syntax::LinkWord::not_next: return "not_next";
    case syntax::LinkWord::not_followed_by: return "not_followed_by";
  }
  return "";
}

std::string label_of(const syntax::Element& element) {
  if (!element.any_of.empty()) return "`any_of`";
  if (!element.all_of.empty()) return "`all_of`";
  if (!element.group) return fmt::format("step `{}`", element.name ? element.name->text : "");
  if (element.name) return fmt::format("group `{}`", element.name->text);
  return "a group";
}

bool is_negated(const syntax::Element& element) {
  return element.link == syntax::LinkWord::not_next || element.link == syntax::LinkWord::not_followed_by;
}

bool is_quantifier(Modifier::Kind kind) {
  return kind == Modifier::Kind::one_or_more || kind == Modifier::Kind::zero_or_more || kind == Modifier::Kind::times ||
         kind == Modifier::Kind::times_or_more;
}

Quantifier check_modifiers(const syntax::Element& element, Diagnostics& diagnostics) {
  return ModifierCheck(element, diagnostics).run();
}

}    // namespace cepheid::patterns
