#include "runtime/alerting/job_alerts.hpp"

#include <chrono>
#include <utility>

namespace cepheid::runtime {

JobAlerts::JobAlerts(std::unique_ptr<alerts::AlertDispatcher> dispatcher, std::function<void()> each_second)
    : dispatcher_(std::move(dispatcher)),
      each_second_(std::move(each_second)),
      ticker_([this](const std::stop_token& stop) { tick(stop); }) {}

JobAlerts::~JobAlerts() {
  stop(0);
}

void JobAlerts::on_event_time(TimeMs low_ms) {
  // At the end of the input what is open stays so: stop() sends what waits.
  if (low_ms == kEndOfTime) return;
  if (low_ms > low_ms_.load(std::memory_order_relaxed)) low_ms_.store(low_ms, std::memory_order_relaxed);
}

void JobAlerts::tick(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    wakes_.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
    if (stop.stop_requested()) return;
    if (each_second_) each_second_();
    dispatcher_->tick(low_ms_.load(std::memory_order_relaxed));
  }
}

std::size_t JobAlerts::stop(DurationMs grace) {
  if (ticker_.joinable()) {
    ticker_.request_stop();
    ticker_.join();
  }
  return dispatcher_->stop(grace);
}

}    // namespace cepheid::runtime
