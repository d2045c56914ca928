#pragma once

#include <chrono>
#include <ctime>

namespace cepheid::runtime {

/// Time on the wall and of the processor since it was started. Processor time is that of the whole process.
class Stopwatch {
 public:
  Stopwatch() { start(); }

  void start() {
    began_ = std::chrono::steady_clock::now();
    cpu_began_ = cpu_now();
  }
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  }
  [[nodiscard]] double cpu_seconds() const { return cpu_now() - cpu_began_; }

 private:
  [[nodiscard]] static double cpu_now() {
    std::timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
  }

  std::chrono::steady_clock::time_point began_;
  double cpu_began_ = 0;
};

}    // namespace cepheid::runtime
