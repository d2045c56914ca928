#include "alerts/delivery/outbox.hpp"

#include <algorithm>
#include <csignal>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <pthread.h>

#include "alerts/delivery/back_off.hpp"

namespace cepheid::alerts {

namespace {

constexpr DurationMs kBetweenLogs = 60'000;    // of alerts given up: a receiver that is gone must not fill the log

// A record of the journal is `GROUP JSON`: the group's name has no space, and none for an alert that goes alone.
std::string record_of(std::string_view alert_json, std::string_view group) {
  std::string record;
  record.reserve(group.size() + 1 + alert_json.size());
  return record.append(group).append(1, ' ').append(alert_json);
}

std::string_view group_in(std::string_view record) {
  return record.substr(0, std::min(record.find(' '), record.size()));
}

/// The program's signals are not this thread's business, and a receiver that hangs up is an error of write(), no signal
/// that ends the process.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}    // namespace

Outbox::Outbox(Parts parts, Surroundings surroundings)
    : parts_(std::move(parts)), surroundings_(std::move(surroundings)), random_(surroundings_.seed) {
  stats_.name = parts_.name;
  queue_recovered();
  thread_ = std::thread([this] { run(); });
}

Outbox::~Outbox() {
  if (!thread_.joinable()) return;
  stop_at(surroundings_.clock->steady_now());
  join();
}

void Outbox::queue_recovered() {
  if (parts_.journal->damaged_lines() > 0) {
    log(fmt::format("channel `{}`: {} lines of its journal are damaged and left out", parts_.name,
                    parts_.journal->damaged_lines()));
  }
  std::map<std::string, std::size_t, std::less<>> groups;    // positions in the queue
  for (const RecordPlace& place : parts_.journal->take_recovered()) {
    ++stats_.recovered;
    ++stats_.queued;
    const Result<std::string> record = parts_.journal->read(place);
    const std::string group(record ? group_in(*record) : std::string_view());
    const auto known = groups.find(group);
    if (!group.empty() && known != groups.end()) {
      queue_[known->second].push_back(place);
      continue;
    }
    if (!group.empty()) groups.emplace(group, queue_.size());
    queue_.push_back({place});
  }
}

Outbox::Accepted Outbox::accept(std::string_view alert_json, std::string_view group) {
  const Lock lock(mutex_);
  ++stats_.accepted;
  std::string reason;
  if (stats_.queued >= parts_.queue.alerts) {
    reason = fmt::format("{} alerts wait for the channel already", stats_.queued);
  } else if (Result<RecordPlace> place = parts_.journal->append(record_of(alert_json, group)); !place) {
    reason = place.error().message;
  } else {
    ++stats_.queued;
    refusing_ = false;
    return {Acceptance::journaled, *place};
  }
  if (!std::exchange(refusing_, true)) {
    log(fmt::format("channel `{}`: alerts go to the dead letters: {}", parts_.name, reason));
  }
  if (Result<void> written = parts_.dead_letters.append(alert_json, reason, 0, surroundings_.clock->wall_now());
      !written) {
    ++stats_.lost;
    log(fmt::format("channel `{}`: an alert is lost: {}", parts_.name, written.error().message));
    return {Acceptance::lost, {}};
  }
  ++stats_.failed;
  return {Acceptance::dead_lettered, {}};
}

void Outbox::send(std::vector<RecordPlace> alerts) {
  if (alerts.empty()) return;
  {
    const Lock lock(mutex_);
    queue_.push_back(std::move(alerts));
  }
  changed_.notify_all();
}

void Outbox::count_suppressed() {
  const Lock lock(mutex_);
  ++stats_.suppressed;
}

void Outbox::stop_at(TimeMs deadline) {
  {
    const Lock lock(mutex_);
    deadline_ = deadline;
  }
  changed_.notify_all();
}

void Outbox::join() {
  if (thread_.joinable()) thread_.join();
}

ChannelStats Outbox::stats() const {
  const Lock lock(mutex_);
  return stats_;
}

bool Outbox::time_is_up() const {
  return deadline_ && surroundings_.clock->steady_now() >= *deadline_;
}

void Outbox::run() {
  block_signals();
  Lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return !queue_.empty() || deadline_; });
    if (queue_.empty() || time_is_up() || !deliver_first(lock)) return;
  }
}

bool Outbox::deliver_first(Lock& lock) {
  const std::vector<std::string> texts = read_texts(queue_.front());
  std::vector<Alert> alerts;
  lock.unlock();    // a large group takes a while to understand
  for (const std::string& text : texts) {
    if (Result<Alert> alert = read_alert(text)) alerts.push_back(*std::move(alert));
  }
  lock.lock();
  if (alerts.size() < texts.size()) {
    if (!give_up(texts, "its record in the journal is damaged", 0, lock)) return false;
    finish_first(lock);
    return true;
  }
  if (alerts.empty()) {
    finish_first(lock);
    return true;
  }
  const Message message = make_message(std::move(alerts));
  for (int number = 1;; ++number) {
    const Attempt tried = attempt(message, lock);
    if (tried.outcome == Outcome::stopped) return false;
    if (tried.outcome == Outcome::delivered) {
      if (std::exchange(failing_, false)) log(fmt::format("channel `{}`: works again", parts_.name));
      stats_.sent += texts.size();
      finish_first(lock);
      return true;
    }
    if (!std::exchange(failing_, true)) log(fmt::format("channel `{}`: {}", parts_.name, tried.reason));
    if (tried.outcome == Outcome::refused || number >= parts_.retry.attempts) {
      if (!give_up(texts, tried.reason, number, lock)) return false;
      finish_first(lock);
      return true;
    }
    if (!wait(back_off(parts_.retry, number, tried.retry_after, random()), lock)) return false;
    ++stats_.retried;
  }
}

std::vector<std::string> Outbox::read_texts(const std::vector<RecordPlace>& places) {
  std::vector<std::string> texts;
  for (const RecordPlace& place : places) {
    Result<std::string> record = parts_.journal->read(place);
    if (!record) {
      ++stats_.lost;
      log(fmt::format("channel `{}`: an alert is lost: {}", parts_.name, record.error().message));
      continue;
    }
    const std::size_t begin = group_in(*record).size() + 1;
    texts.push_back(record->substr(std::min(begin, record->size())));
  }
  return texts;
}

Attempt Outbox::attempt(const Message& message, Lock& lock) {
  lock.unlock();
  Attempt tried = parts_.channel->send(message, [this] {
    const Lock held(mutex_);
    return time_is_up();
  });
  lock.lock();
  return tried;
}

bool Outbox::give_up(const std::vector<std::string>& texts, const std::string& reason, int attempts, Lock& lock) {
  for (const std::string& text : texts) {
    for (;;) {
      const Result<void> written = parts_.dead_letters.append(text, reason, attempts, surroundings_.clock->wall_now());
      if (written) break;
      // The alert is still in the journal: better to hold up the channel than to lose it.
      log(fmt::format("channel `{}`: {}", parts_.name, written.error().message));
      if (!wait(parts_.retry.longest_ms, lock)) return false;
    }
  }
  stats_.failed += texts.size();
  if (const TimeMs now = surroundings_.clock->steady_now(); now >= next_log_) {
    log(fmt::format("channel `{}`: {} alerts are in the dead letters, the last one after {} attempts: {}", parts_.name,
                    stats_.failed, attempts, reason));
    next_log_ = now + kBetweenLogs;
  }
  return true;
}

bool Outbox::wait(DurationMs duration, Lock& lock) {
  const TimeMs until = add_saturated(surroundings_.clock->steady_now(), duration);
  surroundings_.clock->wait_until(changed_, lock, until, [&] { return deadline_ && *deadline_ <= until; });
  return !deadline_ || *deadline_ > until;
}

void Outbox::finish_first(Lock&) {
  stats_.queued -= queue_.front().size();
  const Result<void> written = parts_.journal->finish(queue_.front());
  if (!written) log(fmt::format("channel `{}`: {}", parts_.name, written.error().message));
  queue_.pop_front();
}

double Outbox::random() {
  return std::uniform_real_distribution<double>(0, 1)(random_);
}

void Outbox::log(const std::string& line) const {
  if (surroundings_.log) surroundings_.log(line);
}

}    // namespace cepheid::alerts
