#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

#include "cepheid/time.hpp"

namespace cepheid::alerts {

/// The time that passes outside of the events. Shared by all threads of a dispatcher.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Milliseconds since the epoch; may jump.
  [[nodiscard]] virtual TimeMs wall_now() const = 0;
  /// Milliseconds since some moment; never goes back.
  [[nodiscard]] virtual TimeMs steady_now() const = 0;
  /// Waits until `done()` holds, looked at whenever `changed` is notified, or the steady time `until` has come. `lock`
  /// is held when it returns, and while `done` runs.
  virtual void wait_until(std::condition_variable& changed, std::unique_lock<std::mutex>& lock, TimeMs until,
                          const std::function<bool()>& done) = 0;
};

/// The system's clocks.
[[nodiscard]] std::shared_ptr<Clock> system_clock();

}    // namespace cepheid::alerts
