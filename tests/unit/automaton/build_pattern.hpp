#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "nfa/automaton/pattern_spec.hpp"
#include "tests/unit/expr/build_expr.hpp"

/// Patterns by hand over rows `name string, user string`: the step "a" takes events whose name is "a".
namespace cepheid::nfa::build {

inline std::shared_ptr<const RowLayout> pattern_layout() {
  static const auto layout =
      std::make_shared<const RowLayout>(Schema({{"name", Type::string()}, {"user", Type::string()}}));
  return layout;
}

inline TypedExpr name_is(const std::string& name) {
  return test(Function::equal, {field(pattern_layout()->schema(), "name"), text(name)});
}

class PatternBuilder {
 public:
  PatternBuilder() {
    spec_->name = "p";
    spec_->layout = pattern_layout();
    spec_->inputs.push_back({"events", {0, 1}});
  }

  /// A step that takes events of its own name.
  PatternBuilder& step(Link link, const std::string& name, Quantifier quantifier = {}) {
    spec_->sequence.elements.push_back(element(link, name, quantifier));
    return *this;
  }
  PatternBuilder& add(Element element) {
    spec_->sequence.elements.push_back(std::move(element));
    return *this;
  }
  PatternBuilder& keyed() {
    spec_->key.push_back(field(pattern_layout()->schema(), "user"));
    return *this;
  }
  PatternBuilder& within(DurationMs duration) {
    spec_->within = duration;
    return *this;
  }

  Element element(Link link, const std::string& name, Quantifier quantifier = {}) {
    Element element;
    element.link = link;
    element.name = name;
    element.where.push_back(name_is(name));
    element.quantifier = quantifier;
    if (!element.negated()) {
      element.step = static_cast<StepId>(spec_->step_names.size());
      spec_->step_names.push_back(name);
    }
    return element;
  }

  PatternSpec& spec() { return *spec_; }
  std::shared_ptr<const PatternSpec> done() const { return spec_; }

 private:
  std::shared_ptr<PatternSpec> spec_ = std::make_shared<PatternSpec>();
};

inline Quantifier one_or_more() {
  return {.kind = Quantifier::Kind::at_least};
}
inline Quantifier times(std::uint32_t from, std::uint32_t to) {
  return {.kind = Quantifier::Kind::times, .from = from, .to = to};
}

}    // namespace cepheid::nfa::build
