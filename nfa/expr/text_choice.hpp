#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "nfa/expr/typed_expr.hpp"

namespace cepheid::nfa {

/// A condition that holds if a field is one of some texts: `x in ("a", "b")`, `x == "a" or x == "b"`.
struct TextChoice {
  std::uint32_t field = 0;
  std::vector<std::string_view> texts;    // of the expression; at least two places, not all need differ
};

/// Nothing: the condition is something else.
[[nodiscard]] std::optional<TextChoice> text_choice_of(const TypedExpr& condition);

}    // namespace cepheid::nfa
