#pragma once

#include <vector>

#include "reference/model.hpp"

namespace cepheid::reference {

/// The value of an expression for the event at hand and the events that the partial match has taken before it.
[[nodiscard]] Value evaluate(const Expr& expr, const Event& event, const Path& path);

/// Whether all of them are true; null is not true.
[[nodiscard]] bool all_true(const std::vector<Expr>& conditions, const Event& event, const Path& path);

}    // namespace cepheid::reference
