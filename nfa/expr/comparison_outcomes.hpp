#pragma once

#include "nfa/expr/compare.hpp"
#include "nfa/expr/typed_expr.hpp"

namespace cepheid::nfa {

/// The outcomes of the left side against the right for which a comparison holds; 0: it is none.
[[nodiscard]] inline Outcome comparison_outcomes(Function function) {
  switch (function) {
    case Function::equal: return kEqual;
    case Function::not_equal: return kLess | kGreater;
    case Function::less: return kLess;
    case Function::less_equal: return kLess | kEqual;
    case Function::greater: return kGreater;
    case Function::greater_equal: return kGreater | kEqual;
    default: return 0;
  }
}

}    // namespace cepheid::nfa
