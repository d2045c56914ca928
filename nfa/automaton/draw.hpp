#pragma once

#include <string>

#include "nfa/automaton/pattern_spec.hpp"

namespace cepheid::nfa {

/// A pattern's automaton as a picture: states as nodes, TAKE as solid arrows with their condition, IGNORE as dashed,
/// PROCEED as dotted ones. Empty if the pattern has too many states to be built (Automaton::kMaxAutomatonStates).

/// For Graphviz.
[[nodiscard]] std::string draw_dot(const PatternSpec& spec);
/// For Markdown.
[[nodiscard]] std::string draw_mermaid(const PatternSpec& spec);
/// By itself: states in columns by their distance from the start.
[[nodiscard]] std::string draw_svg(const PatternSpec& spec);

/// An expression as a person would write it, with the pattern's field and step names.
[[nodiscard]] std::string describe(const TypedExpr& expression, const PatternSpec& spec);

}    // namespace cepheid::nfa
