#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace cepheid::runtime {

/// How long things took, by classes of time. One thread records, any may read meanwhile: what is read may miss the last
/// ones, and its sum may be a little ahead.
class Latencies {
 public:
  /// Upper ends of the classes, in seconds; behind them one for all that took longer.
  static constexpr std::array<double, 16> kBounds = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                     0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};

  struct Counts {
    std::array<std::uint64_t, kBounds.size() + 1> in_class{};
    double sum_s = 0;
  };

  /// `count` things took `time` each.
  void record(std::chrono::nanoseconds time, std::uint64_t count) {
    const double seconds = std::chrono::duration<double>(time).count();
    std::size_t at = 0;
    while (at < kBounds.size() && seconds > kBounds[at]) ++at;
    add(in_class_[at], count);
    add(sum_s_, seconds * static_cast<double>(count));
  }

  [[nodiscard]] Counts get() const {
    Counts counts;
    for (std::size_t i = 0; i < in_class_.size(); ++i) {
      counts.in_class[i] = in_class_[i].load(std::memory_order_relaxed);
    }
    counts.sum_s = sum_s_.load(std::memory_order_relaxed);
    return counts;
  }

 private:
  template <typename T>
  static void add(std::atomic<T>& to, T more) {
    to.store(to.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
  }

  std::array<std::atomic<std::uint64_t>, kBounds.size() + 1> in_class_{};
  std::atomic<double> sum_s_{0};
};

}    // namespace cepheid::runtime
