#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "nfa/automaton/pattern_spec.hpp"
#include "patterns/check/pattern_scope.hpp"
#include "patterns/syntax/tree.hpp"

namespace cepheid::patterns {

/// The streams of a pattern as its steps see them. Nothing in it if one is unknown or wrong.
struct PatternInputs {
  /// By position in `on`. References into it stay valid.
  std::deque<Fields> of_input;
  std::optional<Fields> of_all;    // of an event of any of them
  std::optional<std::uint32_t> stream_field;
};

/// The steps of a pattern and all that is written about them: names, conditions and bounds, resolved and typed.
class ElementsCheck {
 public:
  ElementsCheck(const syntax::Pattern& pattern, const PatternInputs& inputs, const Callables& callables,
                Diagnostics& diagnostics)
      : pattern_(pattern), inputs_(inputs), callables_(callables), diagnostics_(diagnostics) {}

  /// Makes the steps of a sequence known, and of all that is in it.
  void collect(const syntax::Sequence& sequence);
  /// Makes a step known. `takes`: it takes events.
  void collect(const syntax::Name& name, const Fields* fields, bool takes);
  /// Requires that its steps are known.
  [[nodiscard]] nfa::Sequence check(const syntax::Sequence& sequence);

  [[nodiscard]] const StepsByName& steps() const { return steps_; }
  /// By StepId.
  [[nodiscard]] const std::vector<std::string>& step_names() const { return step_names_; }

 private:
  [[nodiscard]] nfa::Element check_element(const syntax::Element& element);
  void check_conditions(const syntax::Element& element, nfa::Element& checked);
  void add_stream(const syntax::Element& element, nfa::Element& checked);
  void add_bound(const syntax::Modifier& modifier, const syntax::Element& element, nfa::Element& checked);
  [[nodiscard]] PatternScope scope_of(const syntax::Element& element) const;
  [[nodiscard]] const Fields* fields_of(const syntax::Element& element) const;

  const syntax::Pattern& pattern_;
  const PatternInputs& inputs_;
  const Callables& callables_;
  Diagnostics& diagnostics_;
  StepsByName steps_;
  std::vector<std::string> step_names_;
};

}    // namespace cepheid::patterns
