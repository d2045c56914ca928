#include "alerts/clock.hpp"

#include <chrono>

namespace cepheid::alerts {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimeMs wall_now() const override {
    return duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  }
  [[nodiscard]] TimeMs steady_now() const override {
    return duration_cast<milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
  }
  void wait_until(std::condition_variable& changed, std::unique_lock<std::mutex>& lock, TimeMs until,
                  const std::function<bool()>& done) override {
    const std::chrono::steady_clock::time_point end{milliseconds{until}};
    changed.wait_until(lock, end, done);
  }
};

}    // namespace

std::shared_ptr<Clock> system_clock() {
  return std::make_shared<SystemClock>();
}

}    // namespace cepheid::alerts
