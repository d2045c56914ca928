#include <atomic>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "alerts/channels/make_channel.hpp"

namespace cepheid::alerts {
namespace {

Message message(const std::string& id, const std::string& body = {}) {
  Alert alert;
  alert.id = id;
  alert.name = "a";
  alert.body = body;
  return make_message({alert});
}

class Pipe : public testing::Test {
 protected:
  Pipe() {
    EXPECT_EQ(::pipe2(ends_, O_CLOEXEC), 0);
    channel_ = *make_stdout_channel({.descriptor = ends_[1]});
  }
  ~Pipe() override {
    for (const int end : ends_) ::close(end);
  }
  /// What can be read now.
  std::string read() {
    ::fcntl(ends_[0], F_SETFL, O_NONBLOCK);
    std::string text(1 << 20, '\0');
    const ssize_t got = ::read(ends_[0], text.data(), text.size());
    text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return text;
  }

  int ends_[2] = {-1, -1};
  std::shared_ptr<Channel> channel_;
};

TEST_F(Pipe, AnAlertIsALine) {
  EXPECT_EQ(channel_->send(message("1"), [] { return false; }).outcome, Outcome::delivered);
  const std::string text = read();
  EXPECT_TRUE(text.starts_with(R"({"id":"1","alert":"a")"));
  EXPECT_TRUE(text.ends_with("}\n"));
}

TEST_F(Pipe, AReaderThatDoesNotReadBlocksNobodyForEverAndTheNextLineBeginsAnew) {
  const Attempt attempt = channel_->send(message("1", std::string(1 << 20, 'x')), [] { return true; });
  EXPECT_EQ(attempt.outcome, Outcome::stopped);
  EXPECT_FALSE(read().empty());
  EXPECT_EQ(channel_->send(message("2"), [] { return false; }).outcome, Outcome::delivered);
  EXPECT_TRUE(read().starts_with("\n{\"id\":\"2\""));
}

}    // namespace
}    // namespace cepheid::alerts
