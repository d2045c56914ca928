#include "runtime/metrics/each_second.hpp"

#include <chrono>
#include <utility>

namespace cepheid::runtime {

EachSecond::EachSecond(std::function<void()> call)
    : call_(std::move(call)), thread_([this](const std::stop_token& stop) { work(stop); }) {}

void EachSecond::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    call_();
    wakes_.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
  }
}

}    // namespace cepheid::runtime
