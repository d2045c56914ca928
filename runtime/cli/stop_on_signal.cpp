#include "runtime/cli/stop_on_signal.hpp"

#include <csignal>
#include <initializer_list>

namespace cepheid::cli {

namespace {

sigset_t signal_set(std::initializer_list<int> members) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int member : members) sigaddset(&signals, member);
  return signals;
}

const sigset_t kStops = signal_set({SIGINT, SIGTERM});

// How the waiting thread is told that it is not needed any more; blocked everywhere, so that it can do no harm.
constexpr int kNotNeeded = SIGUSR1;

}    // namespace

StopOnSignal::StopOnSignal() {
  const sigset_t waited = signal_set({SIGINT, SIGTERM, kNotNeeded});
  ::pthread_sigmask(SIG_BLOCK, &waited, nullptr);
  waiter_ = std::jthread([this, waited] {
    int signal = 0;
    if (::sigwait(&waited, &signal) != 0 || signal == kNotNeeded) return;
    stop_.request_stop();
    // From here on nobody waits for the signals: the next one does what it always did.
    ::pthread_sigmask(SIG_UNBLOCK, &kStops, nullptr);
    // The thread stays to be the one that is not blocked.
    const sigset_t last = signal_set({kNotNeeded});
    ::sigwait(&last, &signal);
  });
}

StopOnSignal::~StopOnSignal() {
  ::pthread_kill(waiter_.native_handle(), kNotNeeded);
  waiter_.join();
  ::pthread_sigmask(SIG_UNBLOCK, &kStops, nullptr);
}

}    // namespace cepheid::cli
