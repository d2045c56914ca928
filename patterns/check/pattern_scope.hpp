#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "nfa/automaton/pattern_spec.hpp"
#include "patterns/check/scope.hpp"
#include "patterns/syntax/tree.hpp"

namespace cepheid::patterns {

/// A step of a pattern as expressions see it.
struct StepInfo {
  Span span;                         // of its name
  std::optional<nfa::StepId> id;     // none: a not-step, which takes no event
  const Fields* fields = nullptr;    // of its events; null if they are unknown
};
using StepsByName = std::map<std::string, StepInfo, std::less<>>;

/// In a pattern: the event at hand (in `where` and `until`) or the items before (in `emit`), and the events that steps
/// have taken. A step's name hides a field's.
class PatternScope : public Scope {
 public:
  /// What stands in the place of a bare name.
  struct Surroundings {
    const std::string& pattern;
    const StepsByName& steps;
    const Fields* fields = nullptr;    // of the event at hand, or in `emit` what an event could have; null: unknown
    bool event_at_hand = false;
    const EarlierItems* items = nullptr;
    const Callables* callables = nullptr;    // of the event at hand; null: none
  };
  explicit PatternScope(const Surroundings& surroundings) : in_(surroundings) {}

  [[nodiscard]] Typed reference(const syntax::Expr& expr, Diagnostics& diagnostics) const override;
  [[nodiscard]] Typed aggregate(const syntax::Expr& call, nfa::StepAggregate aggregate,
                                Diagnostics& diagnostics) const override;
  [[nodiscard]] const Callables* callables() const override { return in_.callables; }

  /// The step that `name` is; nothing after an error if it is none or takes no event.
  [[nodiscard]] const StepInfo* find_taking_step(const syntax::Name& name, Diagnostics& diagnostics) const;

 private:
  [[nodiscard]] Typed step_field(const syntax::Expr& expr, const StepInfo& step, Diagnostics& diagnostics) const;
  [[nodiscard]] Typed bare_name(const syntax::Expr& expr, Diagnostics& diagnostics) const;
  [[nodiscard]] Typed unknown_name(const syntax::Expr& expr, Diagnostics& diagnostics) const;
  [[nodiscard]] Typed unknown_step(const syntax::Name& name, Span span, Diagnostics& diagnostics) const;
  [[nodiscard]] Typed count(const syntax::Expr& call, Diagnostics& diagnostics) const;

  const Surroundings in_;
};

}    // namespace cepheid::patterns
