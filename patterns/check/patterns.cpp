#include <deque>

#include <fmt/format.h>

#include "patterns/check/expressions.hpp"
#include "patterns/check/items.hpp"
#include "patterns/check/layouts.hpp"
#include "patterns/check/pattern_rows.hpp"
#include "patterns/check/pattern_rules.hpp"
#include "patterns/check/pattern_scope.hpp"
#include "patterns/check/statements.hpp"
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

nfa::SkipStrategy strategy_of(syntax::AfterMatch::Kind kind) {
  switch (kind) {
    case syntax::AfterMatch::Kind::no_skip: return nfa::SkipStrategy::no_skip;
    case syntax::AfterMatch::Kind::skip_to_next: return nfa::SkipStrategy::skip_to_next;
    case syntax::AfterMatch::Kind::skip_past_last: return nfa::SkipStrategy::skip_past_last;
    case syntax::AfterMatch::Kind::skip_to_first: return nfa::SkipStrategy::skip_to_first;
    case syntax::AfterMatch::Kind::skip_to_last: return nfa::SkipStrategy::skip_to_last;
  }
  return nfa::SkipStrategy::no_skip;
}

class PatternCheck {
 public:
  PatternCheck(const syntax::Pattern& pattern, CheckContext& context)
      : pattern_(pattern), context_(context), diagnostics_(context.diagnostics) {}

  void run();

 private:
  void check_inputs();
  void collect_steps(const syntax::Sequence& sequence);
  void check_key_and_when();
  void check_sequence();
  [[nodiscard]] nfa::Sequence typed_sequence(const syntax::Sequence& sequence);
  [[nodiscard]] nfa::Element typed_element(const syntax::Element& element);
  void check_modifier(const syntax::Modifier& modifier, const syntax::Element& element, nfa::Element& typed);
  void add_of(const syntax::Element& element, nfa::Element& typed);
  void check_after_match();
  /// The items of `emit` or `on_timeout emit`; false if one is wrong.
  bool check_emit(const std::vector<syntax::Item>& items, std::vector<nfa::NamedExpr>& to);
  [[nodiscard]] const Fields* fields_of_step(const syntax::Element& element) const;

  const syntax::Pattern& pattern_;
  CheckContext& context_;
  Diagnostics& diagnostics_;
  nfa::PatternSpec spec_;
  std::vector<RelationId> inputs_;
  /// By position in `on`; all are there, or none if an input is unknown or wrong. References into it stay valid.
  std::deque<Fields> input_fields_;
  std::optional<Fields> fields_;    // of an event of any input
  StepsByName steps_;
};

void PatternCheck::run() {
  spec_.name = pattern_.name.text;
  check_inputs();
  if (pattern_.sequence) {
    collect_steps(*pattern_.sequence);
  } else if (!pattern_.broken) {
    diagnostics_.error(DiagnosticKind::missing_clause, pattern_.name.span,
                       fmt::format("pattern `{}` has no `begin`", pattern_.name.text),
                       "a pattern is a sequence: `begin step where …`");
  }
  check_key_and_when();
  check_sequence();
  check_after_match();
  spec_.has_emit = pattern_.emit.has_value();
  spec_.has_timeout_emit = pattern_.timeout_emit.has_value();
  bool rows_ok = fields_.has_value() && !pattern_.broken;
  if (pattern_.emit) rows_ok = check_emit(*pattern_.emit, spec_.emit) && rows_ok;
  if (pattern_.timeout_emit) rows_ok = check_emit(*pattern_.timeout_emit, spec_.timeout_emit) && rows_ok;
  if (!rows_ok) return;
  // What the pattern gives is known by now: whatever else is wrong with it, what reads it can be checked.
  auto rows = rows_of_pattern(pattern_, spec_, diagnostics_);
  if (!rows) return;
  auto layout = std::make_shared<const nfa::RowLayout>(std::move(*rows));
  add_relation(pattern_.name, std::move(layout), PatternPlan{std::move(inputs_), std::move(spec_)}, context_);
}

void PatternCheck::check_inputs() {
  std::vector<Relations::Target> targets;
  for (std::size_t i = 0; i < pattern_.inputs.size(); ++i) {
    const syntax::Name& name = pattern_.inputs[i];
    const auto same = [&name](const syntax::Name& other) { return other.text == name.text; };
    if (std::any_of(pattern_.inputs.begin(), pattern_.inputs.begin() + static_cast<std::ptrdiff_t>(i), same)) {
      diagnostics_.error(DiagnosticKind::duplicate_name, name.span, fmt::format("stream `{}` twice", name.text));
      continue;
    }
    if (auto target = context_.relations.find(name, diagnostics_)) targets.push_back(std::move(*target));
  }
  if (targets.empty() || targets.size() != pattern_.inputs.size()) return;

  JoinedLayout joined = join_layouts(targets);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    inputs_.push_back(targets[i].id);
    input_fields_.emplace_back(targets[i].layout->schema(), joined.positions[i]);
  }
  fields_ = input_fields_.front();
  for (std::size_t i = 1; i < targets.size(); ++i) fields_->intersect(joined.positions[i]);
  if (targets.size() == 1) {
    spec_.layout = targets.front().layout;
  } else {
    spec_.stream_field = static_cast<std::uint32_t>(joined.fields.size());
    joined.fields.push_back({"", Type::int64()});
    spec_.layout = std::make_shared<const nfa::RowLayout>(Schema(std::move(joined.fields)));
  }
  for (std::size_t i = 0; i < targets.size(); ++i) {
    spec_.inputs.push_back({pattern_.inputs[i].text, std::move(joined.positions[i])});
  }
}

const Fields* PatternCheck::fields_of_step(const syntax::Element& element) const {
  if (!fields_) return nullptr;
  if (!element.of) return &*fields_;
  for (std::size_t i = 0; i < pattern_.inputs.size(); ++i) {
    if (pattern_.inputs[i].text == element.of->text) return &input_fields_[i];
  }
  return nullptr;
}

void PatternCheck::collect_steps(const syntax::Sequence& sequence) {
  for (const syntax::Element& element : sequence.elements) {
    if (element.group) {
      collect_steps(*element.group);
      continue;
    }
    if (!element.name) continue;
    const syntax::Name& name = *element.name;
    const bool takes = element.link != syntax::LinkWord::not_next && element.link != syntax::LinkWord::not_followed_by;
    StepInfo step{.span = name.span, .fields = fields_of_step(element)};
    if (takes && spec_.step_names.size() < kMaxStepsPerPattern) {
      step.id = static_cast<nfa::StepId>(spec_.step_names.size());
    } else if (takes) {
      if (spec_.step_names.size() == kMaxStepsPerPattern) {
        diagnostics_.error(DiagnosticKind::too_large, name.span,
                           fmt::format("a pattern of more than {} steps", kMaxStepsPerPattern));
      }
      step.id = 0;
    }
    if (!steps_.emplace(name.text, step).second) {
      diagnostics_.error(DiagnosticKind::duplicate_name, name.span,
                         fmt::format("a second step `{}` in pattern `{}`", name.text, pattern_.name.text));
      continue;
    }
    if (takes) spec_.step_names.push_back(name.text);
  }
}

void PatternCheck::check_key_and_when() {
  if (!fields_) return;
  const std::string where = pattern_.inputs.size() == 1
                                ? fmt::format("stream `{}`", pattern_.inputs.front().text)
                                : fmt::format("all streams of pattern `{}`", pattern_.name.text);
  const RowScope scope(*fields_, where);
  for (const syntax::Expr& key : pattern_.key) {
    Typed value = check_expression(key, scope, diagnostics_);
    if (value.ok) spec_.key.push_back(std::move(value.expr));
  }
  if (pattern_.when) spec_.when = check_condition(*pattern_.when, scope, diagnostics_);
}

void PatternCheck::check_sequence() {
  if (pattern_.within) spec_.within = pattern_.within->ms;
  if (!pattern_.sequence) return;
  spec_.sequence = typed_sequence(*pattern_.sequence);
  check_neighbours(*pattern_.sequence, spec_.sequence, pattern_.within, diagnostics_);
  (void)count_states(*pattern_.sequence, spec_.sequence, diagnostics_);
}

nfa::Sequence PatternCheck::typed_sequence(const syntax::Sequence& sequence) {
  nfa::Sequence typed;
  typed.elements.reserve(sequence.elements.size());
  for (const syntax::Element& element : sequence.elements) typed.elements.push_back(typed_element(element));
  return typed;
}

nfa::Element PatternCheck::typed_element(const syntax::Element& element) {
  nfa::Element typed;
  typed.link = link_of(element.link);
  if (element.name) typed.name = element.name->text;
  typed.quantifier = check_modifiers(element, diagnostics_);
  if (element.group) {
    typed.group = std::make_unique<nfa::Sequence>(typed_sequence(*element.group));
  } else if (element.name) {
    const auto step = steps_.find(element.name->text);
    if (step != steps_.end() && step->second.id) typed.step = *step->second.id;
    if (element.of) add_of(element, typed);
  }
  for (const syntax::Modifier& modifier : element.modifiers) check_modifier(modifier, element, typed);
  return typed;
}

/// `of STREAM` is one more condition: on the field that says where an event came from.
void PatternCheck::add_of(const syntax::Element& element, nfa::Element& typed) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < pattern_.inputs.size(); ++i) {
    names.push_back(pattern_.inputs[i].text);
    if (pattern_.inputs[i].text != element.of->text) continue;
    if (!spec_.stream_field) return;
    std::vector<nfa::TypedExpr> args;
    args.push_back(read_row(*spec_.stream_field, Type::int64()));
    args.push_back(make_constant(Type::int64(), Value{static_cast<std::int64_t>(i)}));
    typed.where.push_back(make_call(nfa::Function::equal, Type::boolean(), std::move(args)));
    return;
  }
  diagnostics_.error(DiagnosticKind::unknown_stream, element.of->span,
                     fmt::format("`{}` is no stream of pattern `{}`", element.of->text, pattern_.name.text),
                     did_you_mean(nearest_name(element.of->text, names)));
}

void PatternCheck::check_modifier(const syntax::Modifier& modifier, const syntax::Element& element,
                                  nfa::Element& typed) {
  switch (modifier.kind) {
    case syntax::Modifier::Kind::where:
    case syntax::Modifier::Kind::until: {
      if (element.group && modifier.kind == syntax::Modifier::Kind::where) return;    // refused by check_modifiers
      const PatternScope scope(
          {.pattern = pattern_.name.text, .steps = steps_, .fields = fields_of_step(element), .event_at_hand = true});
      auto condition = check_condition(modifier.expr, scope, diagnostics_);
      if (!condition) return;
      if (modifier.kind == syntax::Modifier::Kind::until) {
        typed.until = std::move(*condition);
      } else {
        typed.where.push_back(std::move(*condition));
      }
      return;
    }
    case syntax::Modifier::Kind::within_previous: typed.within_previous = modifier.from; return;
    default: return;
  }
}

void PatternCheck::check_after_match() {
  if (!pattern_.after_match) return;
  const syntax::AfterMatch& after_match = *pattern_.after_match;
  spec_.after_match.strategy = strategy_of(after_match.kind);
  spec_.after_match.or_fail = after_match.or_fail;
  if (!after_match.step || !pattern_.sequence) return;
  const syntax::Name& target = *after_match.step;
  std::vector<std::string_view> names;
  for (const syntax::Element& element : pattern_.sequence->elements) {
    if (element.group || !element.name) continue;
    names.push_back(element.name->text);
    if (element.name->text != target.text) continue;
    spec_.after_match.step = steps_.at(target.text).id;
    return;
  }
  const bool in_group = steps_.contains(target.text);
  diagnostics_.error(
      DiagnosticKind::skip_target, target.span,
      in_group ? fmt::format("step `{}` is inside a group", target.text)
               : fmt::format("no step `{}` in pattern `{}`", target.text, pattern_.name.text),
      in_group ? "`after_match` takes a step that is in no group" : did_you_mean(nearest_name(target.text, names)));
}

bool PatternCheck::check_emit(const std::vector<syntax::Item>& items, std::vector<nfa::NamedExpr>& to) {
  Items checked;
  const PatternScope scope({.pattern = pattern_.name.text,
                            .steps = steps_,
                            .fields = fields_ ? &*fields_ : nullptr,
                            .event_at_hand = false,
                            .items = &checked});
  if (!checked.add(items, scope, nullptr, diagnostics_)) return false;
  to = checked.take();
  return true;
}

}    // namespace

void check_pattern(const syntax::Pattern& pattern, CheckContext& context) {
  PatternCheck(pattern, context).run();
}

}    // namespace cepheid::patterns
