#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "alerts/channels/channel.hpp"
#include "alerts/clock.hpp"

namespace cepheid::alerts {

/// A folder that goes with the test.
class TestFolder {
 public:
  TestFolder() {
    std::string name = testing::TempDir() + "/cepheid-alerts-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::string text_of(const std::string& file) const {
    std::ifstream stream(path_ / file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void write(const std::string& file, const std::string& text) const {
    std::ofstream(path_ / file, std::ios::binary | std::ios::trunc) << text;
  }
  /// Names of the files that begin with `prefix`.
  [[nodiscard]] std::size_t count(const std::string& prefix) const {
    std::size_t found = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      found += entry.path().filename().string().starts_with(prefix) ? 1 : 0;
    }
    return found;
  }

 private:
  std::filesystem::path path_;
};

/// Time that stands still, but for whoever waits for it: then it jumps to what is waited for.
class JumpingClock final : public Clock {
 public:
  [[nodiscard]] TimeMs wall_now() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  [[nodiscard]] TimeMs steady_now() const override { return wall_now(); }
  void wait_until(std::condition_variable&, std::unique_lock<std::mutex>&, TimeMs until,
                  const std::function<bool()>& done) override {
    if (done()) return;
    const std::lock_guard lock(mutex_);
    if (until > now_) waits_.push_back(until - now_);
    now_ = std::max(now_, until);
  }

  void pass(DurationMs duration) {
    const std::lock_guard lock(mutex_);
    now_ += duration;
  }
  /// How long each wait was.
  [[nodiscard]] std::vector<DurationMs> waits() const {
    const std::lock_guard lock(mutex_);
    return waits_;
  }

 private:
  mutable std::mutex mutex_;
  TimeMs now_ = 1'700'000'000'000;
  std::vector<DurationMs> waits_;
};

/// Keeps what it is sent, and answers as it was told to: first what is in the list, then `delivered`.
class RecordingChannel final : public Channel {
 public:
  explicit RecordingChannel(std::deque<Attempt> answers = {}) : answers_(std::move(answers)) {}

  Attempt send(const Message& message, const std::function<bool()>& cancelled) override {
    while (held_ && !cancelled()) std::this_thread::yield();
    const std::lock_guard lock(mutex_);
    if (held_) return {.outcome = Outcome::stopped};
    Attempt answer;
    if (!answers_.empty()) {
      answer = answers_.front();
      answers_.pop_front();
    }
    if (answer.outcome == Outcome::delivered) messages_.push_back(message);
    return answer;
  }

  /// From now on it hangs until it is cancelled or released.
  void hold() { held_ = true; }
  void release() { held_ = false; }

  [[nodiscard]] std::vector<Message> messages() const {
    const std::lock_guard lock(mutex_);
    return messages_;
  }
  /// The titles of the messages.
  [[nodiscard]] std::vector<std::string> titles() const {
    std::vector<std::string> titles;
    for (const Message& message : messages()) titles.push_back(title_of(message));
    return titles;
  }

 private:
  mutable std::mutex mutex_;
  std::atomic<bool> held_ = false;
  std::deque<Attempt> answers_;
  std::vector<Message> messages_;
};

}    // namespace cepheid::alerts
