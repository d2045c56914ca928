#include "patterns/check/pattern_elements.hpp"

#include <fmt/format.h>

#include "patterns/check/expressions.hpp"
#include "patterns/check/modifier_rules.hpp"
#include "patterns/check/never_true.hpp"
#include "patterns/source/limits.hpp"

namespace cepheid::patterns {

namespace {

nfa::Link link_of(syntax::LinkWord word) {
  switch (word) {
    case syntax::LinkWord::begin: return nfa::Link::begin;
    case syntax::LinkWord::next: return nfa::Link::next;
    case syntax::LinkWord::followed_by: return nfa::Link::followed_by;
    case syntax::LinkWord::followed_by_any: return nfa::Link::followed_by_any;
    case syntax::LinkWord::not_next: return nfa::Link::not_next;
    case syntax::LinkWord::not_followed_by: return nfa::Link::not_followed_by;
  }
  return nfa::Link::begin;
}

}    // namespace

const Fields* ElementsCheck::fields_of(const syntax::Element& element) const {
  if (!inputs_.of_all) return nullptr;
  if (!element.of) return &*inputs_.of_all;
  for (std::size_t i = 0; i < pattern_.inputs.size(); ++i) {
    if (pattern_.inputs[i].text == element.of->text) return &inputs_.of_input[i];
  }
  return nullptr;
}

PatternScope ElementsCheck::scope_of(const syntax::Element& element) const {
  return PatternScope({.pattern = pattern_.name.text,
                       .steps = steps_,
                       .fields = fields_of(element),
                       .event_at_hand = true,
                       .callables = &callables_});
}

void ElementsCheck::collect(const syntax::Sequence& sequence) {
  for (const syntax::Element& element : sequence.elements) {
    if (element.group) collect(*element.group);
    for (const syntax::Sequence& alternative : element.any_of) collect(alternative);
    for (const syntax::Element& step : element.all_of) {
      if (step.name) collect(*step.name, fields_of(step), true);
    }
    if (!element.group && element.name) collect(*element.name, fields_of(element), !is_negated(element));
  }
}

void ElementsCheck::collect(const syntax::Name& name, const Fields* fields, bool takes) {
  StepInfo step{.span = name.span, .fields = fields};
  if (takes && step_names_.size() < kMaxStepsPerPattern) {
    step.id = static_cast<nfa::StepId>(step_names_.size());
  } else if (takes) {
    if (step_names_.size() == kMaxStepsPerPattern) {
      diagnostics_.error(DiagnosticKind::too_large, name.span,
                         fmt::format("a pattern of more than {} steps", kMaxStepsPerPattern));
    }
    step.id = 0;
  }
  if (!steps_.emplace(name.text, step).second) {
    diagnostics_.error(DiagnosticKind::duplicate_name, name.span,
                       fmt::format("a second step `{}` in pattern `{}`", name.text, pattern_.name.text));
    return;
  }
  if (takes) step_names_.push_back(name.text);
}

nfa::Sequence ElementsCheck::check(const syntax::Sequence& sequence) {
  nfa::Sequence checked;
  checked.elements.reserve(sequence.elements.size());
  for (const syntax::Element& element : sequence.elements) checked.elements.push_back(check_element(element));
  return checked;
}

nfa::Element ElementsCheck::check_element(const syntax::Element& element) {
  nfa::Element checked;
  checked.link = link_of(element.link);
  if (element.name) checked.name = element.name->text;
  checked.quantifier = check_modifiers(element, diagnostics_);
  if (element.group) checked.group = std::make_unique<nfa::Sequence>(check(*element.group));
  for (const syntax::Sequence& alternative : element.any_of) checked.any_of.push_back(check(alternative));
  for (const syntax::Element& step : element.all_of) checked.all_of.push_back(check_element(step));
  if (checked.is_step() && element.name) {
    const auto step = steps_.find(element.name->text);
    if (step != steps_.end() && step->second.id) checked.step = *step->second.id;
    if (element.of) add_stream(element, checked);
  }
  check_conditions(element, checked);
  return checked;
}

/// `of STREAM` is one more condition: on the field that says where an event came from.
void ElementsCheck::add_stream(const syntax::Element& element, nfa::Element& checked) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < pattern_.inputs.size(); ++i) {
    names.push_back(pattern_.inputs[i].text);
    if (pattern_.inputs[i].text != element.of->text) continue;
    if (!inputs_.stream_field) return;
    std::vector<nfa::TypedExpr> args;
    args.push_back(read_row(*inputs_.stream_field, Type::int64()));
    args.push_back(make_constant(Type::int64(), Value{static_cast<std::int64_t>(i)}));
    checked.where.push_back(make_call(nfa::Function::equal, Type::boolean(), std::move(args)));
    return;
  }
  diagnostics_.error(DiagnosticKind::unknown_stream, element.of->span,
                     fmt::format("`{}` is no stream of pattern `{}`", element.of->text, pattern_.name.text),
                     did_you_mean(nearest_name(element.of->text, names)));
}

void ElementsCheck::check_conditions(const syntax::Element& element, nfa::Element& checked) {
  const PatternScope scope = scope_of(element);
  const std::size_t warnings = diagnostics_.warnings();
  std::vector<Conjunct> conjuncts;
  for (const syntax::Modifier& modifier : element.modifiers) {
    switch (modifier.kind) {
      case syntax::Modifier::Kind::where: {
        if (!checked.is_step()) break;    // refused by check_modifiers
        auto condition = check_condition(modifier.expr, scope, diagnostics_);
        if (!condition) break;
        append_conjuncts(modifier.expr, *condition, conjuncts);
        checked.where.push_back(std::move(*condition));
        break;
      }
      case syntax::Modifier::Kind::until:
        if (auto condition = check_condition(modifier.expr, scope, diagnostics_)) checked.until = std::move(*condition);
        break;
      case syntax::Modifier::Kind::within_previous: checked.within_previous = modifier.from; break;
      case syntax::Modifier::Kind::within_of: add_bound(modifier, element, checked); break;
      default: break;
    }
  }
  // What each condition says by itself is known; what they say together is not.
  if (diagnostics_.warnings() == warnings) warn_if_never_true(conjuncts, diagnostics_);
}

void ElementsCheck::add_bound(const syntax::Modifier& modifier, const syntax::Element& element, nfa::Element& checked) {
  const syntax::Name& name = *modifier.step;
  const StepInfo* step = scope_of(element).find_taking_step(name, diagnostics_);
  if (step == nullptr) return;
  if (step->span.begin >= element.span.begin) {
    diagnostics_.error(DiagnosticKind::window, name.span,
                       fmt::format("step `{}` does not stand before {}", name.text, label_of(element)),
                       "the time is counted from an event taken before");
    return;
  }
  checked.within_of.push_back({*step->id, modifier.from});
}

}    // namespace cepheid::patterns
