#pragma once

#include <optional>
#include <vector>

#include "alerts/dispatcher.hpp"
#include "nfa/expr/program.hpp"
#include "patterns/plan/plan.hpp"
#include "runtime/alerting/metrics_condition.hpp"
#include "runtime/codec/row_format.hpp"
#include "runtime/metrics/metric.hpp"

namespace cepheid::runtime {

/// The `metrics_alert` statements of a plan: looks at their conditions, raises what has held long enough, and resolves
/// it when it holds no more. By the wall clock. One thread.
class MetricsAlerts {
 public:
  /// Both must outlive it; the dispatcher was made of the same plan.
  MetricsAlerts(const patterns::Plan& plan, alerts::AlertDispatcher& dispatcher);

  [[nodiscard]] bool empty() const { return watched_.empty(); }
  /// To be called about once a second.
  void look(const std::vector<Metric>& metrics, TimeMs now_ms);

 private:
  struct Watched {
    const patterns::MetricsAlertPlan* plan;
    MetricsCondition condition;
    TextRowWriter title;
    TextRowWriter body;
    std::optional<TimeMs> since_ms;    // it holds since then
    bool raised = false;
    bool from_before = true;    // may be open since an earlier process, which could not end it
  };

  void raise(const Watched& watched, std::optional<double> value, TimeMs now_ms, bool resolve);

  std::vector<Watched> watched_;
  alerts::AlertDispatcher& dispatcher_;
  nfa::EvalScratch scratch_;
};

}    // namespace cepheid::runtime
