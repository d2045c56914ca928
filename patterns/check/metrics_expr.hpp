#pragma once

#include <optional>

#include "patterns/plan/plan.hpp"
#include "patterns/source/diagnostics.hpp"
#include "patterns/syntax/tree.hpp"

namespace cepheid::patterns {

/// The condition of a `metrics_alert`, in which a name is a metric; nothing if it is wrong (reported). Depth of
/// recursion: that of the expression, which the parser bounds.
[[nodiscard]] std::optional<MetricsExpr> check_metrics_condition(const syntax::Expr& expr, Diagnostics& diagnostics);

}    // namespace cepheid::patterns
