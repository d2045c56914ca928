#pragma once

#include <vector>

#include "nfa/expr/typed_expr.hpp"
#include "patterns/source/diagnostics.hpp"
#include "patterns/syntax/tree.hpp"

/// Finds conditions that hold for no event. It looks at what can be told without knowing any event: constants, and
/// comparisons of one value with several constants.
namespace cepheid::patterns {

/// One of several conditions that must all hold, and where it is written.
struct Conjunct {
  nfa::TypedExpr expr;
  Span span;
};

/// Appends the conditions that a condition is made of with `and`. `checked` is what `written` means.
void append_conjuncts(const syntax::Expr& written, const nfa::TypedExpr& checked, std::vector<Conjunct>& to);

/// Warns of the first condition that can't hold by itself or together with those before it; true if there is one.
bool warn_if_never_true(const std::vector<Conjunct>& conjuncts, Diagnostics& diagnostics);

}    // namespace cepheid::patterns
