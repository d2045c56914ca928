#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace cepheid::runtime {

/// Calls a function about once a second, on a thread of its own, as long as it lives; the end waits for a call that is
/// under way.
class EachSecond {
 public:
  explicit EachSecond(std::function<void()> call);

 private:
  void work(const std::stop_token& stop);

  std::function<void()> call_;
  std::mutex mutex_;    // of the wait
  std::condition_variable_any wakes_;
  std::jthread thread_;    // the last member: it reads the others
};

}    // namespace cepheid::runtime
