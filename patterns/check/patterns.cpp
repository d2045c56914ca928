#include <algorithm>

#include <fmt/format.h>

#include "patterns/check/expressions.hpp"
#include "patterns/check/items.hpp"
#include "patterns/check/keys.hpp"
#include "patterns/check/layouts.hpp"
#include "patterns/check/modifier_rules.hpp"
#include "patterns/check/never_true.hpp"
#include "patterns/check/pattern_elements.hpp"
#include "patterns/check/pattern_lints.hpp"
#include "patterns/check/pattern_rows.hpp"
#include "patterns/check/pattern_rules.hpp"
#include "patterns/check/pattern_scope.hpp"
#include "patterns/check/statements.hpp"

namespace cepheid::patterns {

namespace {

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

nfa::PartialMatchLimit::Then then_of(syntax::Limit::Then then) {
  switch (then) {
    case syntax::Limit::Then::drop_oldest: return nfa::PartialMatchLimit::Then::drop_oldest;
    case syntax::Limit::Then::drop_newest: return nfa::PartialMatchLimit::Then::drop_newest;
    case syntax::Limit::Then::block_start: return nfa::PartialMatchLimit::Then::block_start;
    case syntax::Limit::Then::fail: return nfa::PartialMatchLimit::Then::fail;
  }
  return nfa::PartialMatchLimit::Then::drop_oldest;
}

/// The steps of a top-level element that are top-level too: a step itself, those of `all_of`.
std::vector<const syntax::Element*> top_level_steps(const syntax::Element& element) {
  std::vector<const syntax::Element*> steps;
  if (element.group || !element.any_of.empty()) return steps;
  if (element.all_of.empty()) steps.push_back(&element);
  for (const syntax::Element& step : element.all_of) steps.push_back(&step);
  return steps;
}

bool has_step(std::string_view name, const syntax::Sequence& sequence) {
  return std::any_of(sequence.elements.begin(), sequence.elements.end(), [name](const syntax::Element& element) {
    const auto inside = [name](const syntax::Sequence& one) { return has_step(name, one); };
    const auto is_it = [name](const syntax::Element& step) { return step.name && step.name->text == name; };
    if (element.group) return inside(*element.group);
    return is_it(element) || std::any_of(element.any_of.begin(), element.any_of.end(), inside) ||
           std::any_of(element.all_of.begin(), element.all_of.end(), is_it);
  });
}

/// "a group", "group `g`" or "`any_of`": what a step that is not top-level is in.
std::string container_of(std::string_view step, const syntax::Sequence& sequence) {
  for (const syntax::Element& element : sequence.elements) {
    bool inside = element.group && has_step(step, *element.group);
    for (const syntax::Sequence& one : element.any_of) inside = inside || has_step(step, one);
    if (inside) return label_of(element);
  }
  return "a group";
}

class PatternCheck {
 public:
  PatternCheck(const syntax::Pattern& pattern, CheckContext& context)
      : pattern_(pattern),
        context_(context),
        diagnostics_(context.diagnostics),
        elements_(pattern, inputs_, context.callables, diagnostics_) {}

  void run();

 private:
  void check_inputs();
  void collect_steps();
  void check_key_and_when();
  void check_sequence();
  void check_absent();
  void check_limit();
  void check_after_match();
  /// The items of `emit` or `on_timeout emit`; false if one is wrong.
  bool check_emit(const std::vector<syntax::Item>& items, std::vector<nfa::NamedExpr>& to);
  const syntax::Pattern& pattern_;
  CheckContext& context_;
  Diagnostics& diagnostics_;
  nfa::PatternSpec spec_;
  std::vector<RelationId> input_ids_;
  PatternInputs inputs_;
  ElementsCheck elements_;
};

void PatternCheck::run() {
  const std::size_t errors = diagnostics_.errors();
  const std::size_t warnings = diagnostics_.warnings();
  spec_.name = pattern_.name.text;
  check_inputs();
  collect_steps();
  check_key_and_when();
  check_sequence();
  check_absent();
  check_limit();
  check_after_match();
  spec_.has_emit = pattern_.emit.has_value();
  spec_.has_timeout_emit = pattern_.timeout_emit.has_value();
  bool rows_ok = inputs_.of_all.has_value() && !pattern_.broken;
  if (pattern_.emit) rows_ok = check_emit(*pattern_.emit, spec_.emit) && rows_ok;
  if (pattern_.timeout_emit) rows_ok = check_emit(*pattern_.timeout_emit, spec_.timeout_emit) && rows_ok;
  if (!rows_ok) return;
  // What the pattern gives is known by now: whatever else is wrong with it, what reads it can be checked.
  auto rows = rows_of_pattern(pattern_, spec_, diagnostics_);
  if (!rows) return;
  if (diagnostics_.errors() == errors)
    warn_of_pattern(pattern_, spec_, diagnostics_.warnings() != warnings, diagnostics_);
  auto layout = std::make_shared<const nfa::RowLayout>(std::move(*rows));
  add_relation(pattern_.name, std::move(layout), PatternPlan{std::move(input_ids_), std::move(spec_), pattern_.shadow},
               context_);
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
    input_ids_.push_back(targets[i].id);
    inputs_.of_input.emplace_back(targets[i].layout->schema(), joined.positions[i]);
  }
  inputs_.of_all = inputs_.of_input.front();
  for (std::size_t i = 1; i < targets.size(); ++i) inputs_.of_all->intersect(joined.positions[i]);
  if (targets.size() == 1) {
    spec_.layout = targets.front().layout;
  } else {
    spec_.stream_field = inputs_.stream_field = static_cast<std::uint32_t>(joined.fields.size());
    joined.fields.push_back({"", Type::int64()});
    spec_.layout = std::make_shared<const nfa::RowLayout>(Schema(std::move(joined.fields)));
  }
  for (std::size_t i = 0; i < targets.size(); ++i) {
    spec_.inputs.push_back({pattern_.inputs[i].text, std::move(joined.positions[i])});
  }
}

void PatternCheck::collect_steps() {
  if (pattern_.sequence) elements_.collect(*pattern_.sequence);
  if (pattern_.absent && pattern_.sequence) {
    diagnostics_.error(DiagnosticKind::other_clause, pattern_.absent->span, "`absent` in a pattern with `begin`",
                       "it stands in place of a sequence: write two patterns");
  } else if (pattern_.absent) {
    elements_.collect(pattern_.absent->name, inputs_.of_all ? &*inputs_.of_all : nullptr, true);
  } else if (!pattern_.sequence && !pattern_.broken) {
    diagnostics_.error(DiagnosticKind::missing_clause, pattern_.name.span,
                       fmt::format("pattern `{}` has no `begin`", pattern_.name.text),
                       "a pattern is a sequence: `begin step where …`");
  }
  spec_.step_names = elements_.step_names();
}

void PatternCheck::check_key_and_when() {
  if (!inputs_.of_all) return;
  const std::string where = pattern_.inputs.size() == 1
                                ? fmt::format("stream `{}`", pattern_.inputs.front().text)
                                : fmt::format("all streams of pattern `{}`", pattern_.name.text);
  const RowScope scope(*inputs_.of_all, where);
  spec_.key = key_values(pattern_.key, scope, diagnostics_);
  if (!pattern_.when) return;
  spec_.when =
      check_condition(*pattern_.when, RowScope(*inputs_.of_all, where, nullptr, &context_.callables), diagnostics_);
}

void PatternCheck::check_sequence() {
  if (pattern_.within) spec_.within = pattern_.within->ms;
  if (!pattern_.sequence) return;
  spec_.sequence = elements_.check(*pattern_.sequence);
  check_neighbours(*pattern_.sequence, spec_.sequence, pattern_.within, diagnostics_);
  (void)count_states(*pattern_.sequence, spec_.sequence, diagnostics_);
}

void PatternCheck::check_absent() {
  if (!pattern_.absent || pattern_.sequence) return;
  const syntax::Absent& absent = *pattern_.absent;
  const auto refuse = [&](Span span, std::string_view clause) {
    diagnostics_.error(DiagnosticKind::other_clause, span, fmt::format("`{}` in a pattern with `absent`", clause),
                       "it is about partial matches: here there are none");
  };
  if (pattern_.within) refuse(pattern_.within->span, "within");
  if (pattern_.after_match) refuse(pattern_.after_match->span, "after_match");
  if (pattern_.timeout_emit && !pattern_.timeout_emit->empty()) {
    refuse(pattern_.timeout_emit->front().span, "on_timeout");
  }
  if (pattern_.limit) refuse(pattern_.limit->span, "limit");
  if (absent.duration_ms == 0 && !pattern_.broken) {
    diagnostics_.error(DiagnosticKind::window, absent.span, "`absent` for no time at all");
  }

  nfa::Absence& absence = spec_.absence.emplace();
  absence.name = absent.name.text;
  absence.duration = absent.duration_ms;
  const PatternScope scope({.pattern = pattern_.name.text,
                            .steps = elements_.steps(),
                            .fields = inputs_.of_all ? &*inputs_.of_all : nullptr,
                            .event_at_hand = true,
                            .callables = &context_.callables});
  const std::size_t warnings = diagnostics_.warnings();
  std::vector<Conjunct> conjuncts;
  for (const syntax::Expr& where : absent.where) {
    auto condition = check_condition(where, scope, diagnostics_);
    if (!condition) continue;
    if (nfa::looks_back(*condition)) {
      diagnostics_.error(DiagnosticKind::other_clause, where.span,
                         fmt::format("the condition of `absent` looks at an event of `{}` before", absent.name.text),
                         "it sees the event at hand only");
    }
    append_conjuncts(where, *condition, conjuncts);
    absence.where.push_back(std::move(*condition));
  }
  if (diagnostics_.warnings() == warnings) warn_if_never_true(conjuncts, diagnostics_);
}

void PatternCheck::check_limit() {
  if (!pattern_.limit) return;
  const syntax::Limit& limit = *pattern_.limit;
  if (limit.most < 1) {
    diagnostics_.error(DiagnosticKind::quantifier, limit.span, "a limit of no partial match at all",
                       "the number begins at 1");
    return;
  }
  spec_.limit = {.most = static_cast<std::uint64_t>(limit.most), .per_key = limit.per_key, .then = then_of(limit.then)};
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
    for (const syntax::Element* step : top_level_steps(element)) {
      if (!step->name) continue;
      names.push_back(step->name->text);
      if (step->name->text != target.text) continue;
      spec_.after_match.step = elements_.steps().at(target.text).id;
      return;
    }
  }
  const bool in_group = elements_.steps().contains(target.text);
  diagnostics_.error(
      DiagnosticKind::skip_target, target.span,
      in_group ? fmt::format("step `{}` is inside {}", target.text, container_of(target.text, *pattern_.sequence))
               : fmt::format("no step `{}` in pattern `{}`", target.text, pattern_.name.text),
      in_group ? "`after_match` takes a step that is in no group and no `any_of`"
               : did_you_mean(nearest_name(target.text, names)));
}

bool PatternCheck::check_emit(const std::vector<syntax::Item>& items, std::vector<nfa::NamedExpr>& to) {
  Items checked(spec_.absence ? std::vector<Field>{{"since", Type::timestamp()}} : std::vector<Field>{});
  const PatternScope scope({.pattern = pattern_.name.text,
                            .steps = elements_.steps(),
                            .fields = inputs_.of_all ? &*inputs_.of_all : nullptr,
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
