#include "patterns/check/pattern_lints.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "nfa/automaton/automaton.hpp"

namespace cepheid::patterns {

namespace {

bool is_strict(nfa::InnerContiguity inner) {
  return inner == nfa::InnerContiguity::consecutive;
}

bool waits_for_ever(const nfa::Sequence& sequence, bool starts_pattern);

/// Can a partial match stay at this element for ever, or go round in it? `starts`: the pattern may begin with it, so
/// that nothing waits for its first event.
bool waits_for_ever(const nfa::Element& element, bool starts) {
  if (element.negated()) return false;
  if (element.within_previous || !element.within_of.empty()) return false;
  const nfa::Quantifier& quantifier = element.quantifier;
  const bool waits_for_first = element.link == nfa::Link::followed_by || element.link == nfa::Link::followed_by_any;
  if (waits_for_first && !starts) return true;
  if (quantifier.loops()) return true;
  const bool waits_for_more = (quantifier.to > 1 || !element.all_of.empty()) && !is_strict(quantifier.inner);
  if (waits_for_more) return true;
  if (element.group) return waits_for_ever(*element.group, starts);
  return std::any_of(element.any_of.begin(), element.any_of.end(),
                     [starts](const nfa::Sequence& alternative) { return waits_for_ever(alternative, starts); });
}

bool waits_for_ever(const nfa::Sequence& sequence, bool starts_pattern) {
  for (std::size_t i = 0; i < sequence.elements.size(); ++i) {
    if (waits_for_ever(sequence.elements[i], starts_pattern && i == 0)) return true;
  }
  return false;
}

void warn_if_unbounded(const syntax::Pattern& pattern, const nfa::PatternSpec& spec, Diagnostics& diagnostics) {
  if (spec.within || !spec.limit.is_default || !waits_for_ever(spec.sequence, true)) return;
  diagnostics.warning(DiagnosticKind::lint_unbounded, pattern.name.span,
                      fmt::format("partial matches of pattern `{}` may wait for ever", pattern.name.text),
                      "`within` or `limit partial_matches` bounds its state");
}

/// The names of the steps that take events, by StepId.
void append_names(const syntax::Sequence& sequence, std::vector<const syntax::Name*>& to) {
  for (const syntax::Element& element : sequence.elements) {
    if (element.group) append_names(*element.group, to);
    for (const syntax::Sequence& alternative : element.any_of) append_names(alternative, to);
    for (const syntax::Element& step : element.all_of) to.push_back(&*step.name);
    const bool takes = element.link != syntax::LinkWord::not_next && element.link != syntax::LinkWord::not_followed_by;
    if (!element.group && element.name && takes) to.push_back(&*element.name);
  }
}

void warn_of_dead_steps(const syntax::Pattern& pattern, const std::vector<nfa::StepId>& dead,
                        Diagnostics& diagnostics) {
  std::vector<const syntax::Name*> names;
  append_names(*pattern.sequence, names);
  if (!dead.empty() && dead.size() == names.size()) {
    diagnostics.warning(DiagnosticKind::lint_unreachable, pattern.name.span,
                        fmt::format("pattern `{}` can never match", pattern.name.text),
                        "what a `greedy` loop or a not-step takes is not left for the others");
    return;
  }
  if (dead.empty()) return;
  std::string all;
  for (const nfa::StepId step : dead) all += fmt::format("{}`{}`", all.empty() ? "" : ", ", names[step]->text);
  diagnostics.warning(DiagnosticKind::lint_unreachable, names[dead.front()]->span,
                      fmt::format("no match reaches step {}", all));
}

void warn_of_skip(const syntax::Pattern& pattern, const nfa::PatternSpec& spec, Diagnostics& diagnostics) {
  const nfa::AfterMatch& skip = spec.after_match;
  const bool to_first = skip.strategy == nfa::SkipStrategy::skip_to_first;
  if (!to_first && skip.strategy != nfa::SkipStrategy::skip_to_last) return;
  const syntax::Name& target = *pattern.after_match->step;
  if (!skip.step) {
    diagnostics.warning(DiagnosticKind::lint_skip_target, target.span,
                        fmt::format("step `{}` takes no event: nothing is ever skipped", target.text));
    return;
  }
  const nfa::Element& first = spec.sequence.elements.front();
  if (!first.is_step() || first.step != *skip.step) return;
  const bool takes_one = !first.quantifier.loops() && first.quantifier.to == 1;
  if (!to_first && !takes_one) return;
  diagnostics.warning(DiagnosticKind::lint_skip_target, target.span,
                      fmt::format("a match begins with step `{}`: nothing is ever skipped", target.text));
}

}    // namespace

void warn_of_pattern(const syntax::Pattern& pattern, const nfa::PatternSpec& spec, bool warned,
                     Diagnostics& diagnostics) {
  if (!pattern.sequence) return;
  const Result<nfa::Automaton> automaton = nfa::Automaton::build(spec);
  if (!automaton) {
    diagnostics.error(DiagnosticKind::too_large, pattern.name.span, automaton.error().message);
    return;
  }
  warn_if_unbounded(pattern, spec, diagnostics);
  warn_of_skip(pattern, spec, diagnostics);
  if (!warned) warn_of_dead_steps(pattern, automaton->dead_steps(), diagnostics);
}

}    // namespace cepheid::patterns
