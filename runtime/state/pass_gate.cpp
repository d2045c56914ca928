#include "runtime/state/pass_gate.hpp"

namespace cepheid::runtime {

void PassGate::begin_pass() {
  std::unique_lock lock(mutex_);
  if (served_ != next_ticket_) {
    job_waits_ = true;
    served_before_ = next_ticket_;
    job_.wait(lock, [&] { return served_ == served_before_; });
    job_waits_ = false;
  }
  in_pass_ = true;
}

void PassGate::end_pass() {
  const std::lock_guard lock(mutex_);
  in_pass_ = false;
  if (served_ != next_ticket_) lookers_.notify_all();
}

void PassGate::open_during(const std::function<void()>& wait) {
  end_pass();
  wait();
  begin_pass();
}

void PassGate::look(const std::function<void()>& look) {
  lookers_count_.fetch_add(1, std::memory_order_relaxed);
  std::unique_lock lock(mutex_);
  const std::uint64_t ticket = next_ticket_++;
  lookers_.wait(lock, [&] { return ticket == served_ && !in_pass_ && (!job_waits_ || ticket < served_before_); });
  // From here on begin_pass() waits for this ticket, and the next looker too.
  lock.unlock();
  look();
  lock.lock();
  ++served_;
  lookers_count_.fetch_sub(1, std::memory_order_relaxed);
  if (job_waits_ && served_ == served_before_) job_.notify_one();
  if (served_ != next_ticket_) lookers_.notify_all();
}

}    // namespace cepheid::runtime
