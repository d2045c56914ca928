#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "alerts/channel_config.hpp"
#include "alerts/channels/channel.hpp"
#include "alerts/clock.hpp"
#include "alerts/delivery/dead_letters.hpp"
#include "alerts/delivery/journal.hpp"
#include "alerts/stats.hpp"

namespace cepheid::alerts {

/// What the threads of a dispatcher share.
struct Surroundings {
  std::shared_ptr<Clock> clock;
  std::uint64_t seed = 0;    // of the jitter
  /// Called from any thread, now and then, with one line for the log; it must not call the dispatcher. May be empty.
  std::function<void(const std::string&)> log;
};

/// One channel with all that waits for it: a journal, a queue of places in it, a thread that sends.
///
/// Whoever accept()s writes one line to the journal and never waits for the receiver. Each accepted alert is in the
/// journal until it has been sent or is in the dead letters: a process that ends at any moment loses none, but one may
/// go out twice. Messages go out in order, one at a time; a message that fails holds up those behind it until it is
/// delivered or given up. Thread-safe.
class Outbox {
 public:
  struct Parts {
    std::string name;
    RetryConfig retry;
    QueueConfig queue;
    std::unique_ptr<Journal> journal;
    std::shared_ptr<Channel> channel;
    DeadLetters dead_letters;
  };

  /// Queues what an earlier process left in the journal and starts the thread.
  Outbox(Parts parts, Surroundings surroundings);
  /// Stops without grace.
  ~Outbox();
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  enum class Acceptance : std::uint8_t {
    journaled,
    dead_lettered,    // too much waits, or the journal cannot be written
    lost,             // the dead letters cannot be written either
  };
  struct Accepted {
    Acceptance acceptance = Acceptance::journaled;
    RecordPlace place;    // if journaled
  };

  /// Makes the alert safe. It is sent once its place is given to send(); `group` says which others it goes out with if
  /// the process ends before that; empty: alone. `alert_json` is what append_json() wrote.
  [[nodiscard]] Accepted accept(std::string_view alert_json, std::string_view group);
  /// Queues one message of these accepted alerts.
  void send(std::vector<RecordPlace> alerts);

  /// Counts an alert that was not accepted because a rule held it back.
  void count_suppressed();

  /// The thread sends what is queued until the steady time `deadline`, then it stops; what is left stays in the
  /// journal.
  void stop_at(TimeMs deadline);
  /// Waits for the thread's end. Requires stop_at() before; by one thread at a time.
  void join();

  [[nodiscard]] ChannelStats stats() const;
  [[nodiscard]] const std::string& name() const { return parts_.name; }

 private:
  using Lock = std::unique_lock<std::mutex>;

  void queue_recovered();
  void run();
  /// Sends the first message of the queue or gives it up; false: it stays, the thread is to stop.
  bool deliver_first(Lock& lock);
  /// Reads the alerts of a message; what cannot be read is counted as lost and left out.
  std::vector<std::string> read_texts(const std::vector<RecordPlace>& places);
  Attempt attempt(const Message& message, Lock& lock);
  bool give_up(const std::vector<std::string>& texts, const std::string& reason, int attempts, Lock& lock);
  /// Waits for `duration`; false: the thread is to stop before that.
  bool wait(DurationMs duration, Lock& lock);
  void finish_first(Lock& lock);
  [[nodiscard]] bool time_is_up() const;
  double random();
  void log(const std::string& line) const;

  Parts parts_;
  Surroundings surroundings_;
  std::mt19937_64 random_;    // the thread's own
  bool failing_ = false;      // the thread's own: the last attempt failed
  TimeMs next_log_ = 0;       // the thread's own: not before this steady time is it logged again what was given up

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::vector<RecordPlace>> queue_;
  ChannelStats stats_;
  bool refusing_ = false;    // the last alert was not accepted
  std::optional<TimeMs> deadline_;
  std::thread thread_;
};

}    // namespace cepheid::alerts
