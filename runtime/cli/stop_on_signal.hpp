#pragma once

#include <stop_token>
#include <thread>

namespace cepheid::cli {

/// While it lives, the first SIGINT or SIGTERM requests a stop instead of ending the process; a second one ends it.
/// Make it before other threads, which then leave these signals to it.
class StopOnSignal {
 public:
  StopOnSignal();
  ~StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;

  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }

 private:
  std::stop_source stop_;
  std::jthread waiter_;
};

}    // namespace cepheid::cli
