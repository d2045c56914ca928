#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "alerts/dispatcher.hpp"
#include "runtime/alerting/metrics_alerts.hpp"
#include "runtime/operators/alert_listener.hpp"

namespace cepheid::runtime {

/// The way from a job's alerts, and from metrics, to a dispatcher.
class JobAlerts final : public AlertListener {
 public:
  /// `plan` must outlive it; the dispatcher was made of it.
  JobAlerts(const patterns::Plan& plan, std::unique_ptr<alerts::AlertDispatcher> dispatcher)
      : dispatcher_(std::move(dispatcher)), metrics_alerts_(plan, *dispatcher_) {}

  void on_alert(alerts::Alert alert) override { dispatcher_->raise(std::move(alert)); }
  void on_event_time(TimeMs low_ms) override {
    // At the end of the input what is open stays so: stop() sends what waits.
    if (low_ms == kEndOfTime) return;
    // Only the job's thread sets it.
    if (low_ms > low_ms_.load(std::memory_order_relaxed)) low_ms_.store(low_ms, std::memory_order_relaxed);
  }

  /// Does it ask for metrics?
  [[nodiscard]] bool watches_metrics() const { return !metrics_alerts_.empty(); }
  /// To be called about once a second, also while the job waits for rows, always on one thread: tells the dispatcher
  /// how far event time has come, and looks at the conditions on metrics (which may be empty if it does not watch
  /// them).
  void tick(const std::vector<Metric>& metrics, TimeMs now_ms) {
    metrics_alerts_.look(metrics, now_ms);
    dispatcher_->tick(low_ms_.load(std::memory_order_relaxed));
  }

  [[nodiscard]] alerts::AlertDispatcher& dispatcher() { return *dispatcher_; }

 private:
  std::unique_ptr<alerts::AlertDispatcher> dispatcher_;
  MetricsAlerts metrics_alerts_;
  std::atomic<TimeMs> low_ms_ = kBeginOfTime;
};

}    // namespace cepheid::runtime
