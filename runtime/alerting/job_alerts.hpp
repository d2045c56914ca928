#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

#include "alerts/dispatcher.hpp"
#include "runtime/operators/alert_listener.hpp"

namespace cepheid::runtime {

/// The way from a job's alerts to a dispatcher: hands alerts on, and once a second, also while the job waits for rows,
/// tells it how far event time has come.
class JobAlerts final : public AlertListener {
 public:
  /// `each_second` is called on a thread of its own before the dispatcher is told of the time; may be empty.
  JobAlerts(std::unique_ptr<alerts::AlertDispatcher> dispatcher, std::function<void()> each_second);
  ~JobAlerts() override;

  void on_alert(alerts::Alert alert) override { dispatcher_->raise(std::move(alert)); }
  void on_event_time(TimeMs low_ms) override;

  /// Sends what waits, for at most `grace`; gives how many alerts are left for the next start.
  std::size_t stop(DurationMs grace);

  [[nodiscard]] alerts::AlertDispatcher& dispatcher() { return *dispatcher_; }

 private:
  void tick(const std::stop_token& stop);

  std::unique_ptr<alerts::AlertDispatcher> dispatcher_;
  std::function<void()> each_second_;
  std::atomic<TimeMs> low_ms_ = kBeginOfTime;    // set by the job's thread only
  std::mutex mutex_;                             // of the wait for the next second
  std::condition_variable_any wakes_;
  std::jthread ticker_;    // the last member: it reads the others
};

}    // namespace cepheid::runtime
