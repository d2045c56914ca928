#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>

namespace cepheid::runtime {

/// Keeps those who ask for a job's state away from it while rows are worked on. The job's thread holds the gate during
/// a pass; those who come meanwhile get in, one after the other, before the next pass begins. Who comes after that
/// waits for the pass after it, so neither side can be kept out by the other. A job that waits for bytes does not hold
/// it.
///
/// A pass takes two uncontended locks, about 50 ns.
class PassGate {
 public:
  /// By the job's thread, around a pass. begin_pass() waits for those who came before.
  void begin_pass();
  void end_pass();

  /// By the job's thread, within a pass in which it is going to wait for the world: others may get in meanwhile. All
  /// state must be whole.
  void open_during(const std::function<void()>& wait);

  /// By the job's thread, after each piece of a long pass (a window, a row), where all state is whole: lets those in who
  /// wait. Only each 512th call does, some tenths of a millisecond after the one before, so that changing over costs the
  /// job little.
  void let_in() {
    if (++calls_ % 512 != 0 || lookers_count_.load(std::memory_order_relaxed) == 0) return;
    end_pass();
    begin_pass();
  }

  /// By any other thread: runs `look` while no pass is at work, and nobody else looks. It should be short.
  void look(const std::function<void()>& look);

 private:
  std::uint32_t calls_ = 0;    // of let_in
  std::atomic<std::uint32_t> lookers_count_{0};
  std::mutex mutex_;
  std::condition_variable job_;
  std::condition_variable lookers_;
  std::uint64_t next_ticket_ = 0;      // of those who look
  std::uint64_t served_ = 0;           // tickets below it are done; its holder is the next
  std::uint64_t served_before_ = 0;    // while the job waits: tickets below it come before the pass
  bool job_waits_ = false;
  bool in_pass_ = false;
};

}    // namespace cepheid::runtime
