#include "alerts/delivery/outbox.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "alerts/channels/make_channel.hpp"
#include "unit/alerts/fakes.hpp"

namespace cepheid::alerts {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Le;

constexpr DurationMs kLong = 1'000'000'000;

const Attempt kFails{.outcome = Outcome::failed, .reason = "status 500"};
const Attempt kRefuses{.outcome = Outcome::refused, .reason = "status 400"};

class Outboxes : public testing::Test {
 protected:
  std::unique_ptr<Outbox> open(std::shared_ptr<Channel> channel, RetryConfig retry = {}, QueueConfig queue = {}) {
    auto journal = Journal::open(folder_.path(), "j", {.most_bytes = queue.bytes});
    EXPECT_TRUE(journal);
    return std::make_unique<Outbox>(Outbox::Parts{.name = "c",
                                                  .retry = retry,
                                                  .queue = queue,
                                                  .journal = *std::move(journal),
                                                  .channel = std::move(channel),
                                                  .dead_letters = DeadLetters(folder_.path() / "dead.jsonl", "c")},
                                    Surroundings{.clock = clock_});
  }
  static Outbox::Accepted accept(Outbox& outbox, const std::string& id, const std::string& group = {}) {
    Alert alert;
    alert.id = id;
    alert.name = "a";
    alert.title = id;
    std::string json;
    append_json(json, alert);
    return outbox.accept(json, group);
  }
  static void send(Outbox& outbox, const std::string& id) {
    const Outbox::Accepted accepted = accept(outbox, id);
    if (accepted.acceptance == Outbox::Acceptance::journaled) outbox.send({accepted.place});
  }
  /// Sends all that can be sent.
  void drain(Outbox& outbox) {
    outbox.stop_at(clock_->steady_now() + kLong);
    outbox.join();
  }

  TestFolder folder_;
  std::shared_ptr<JumpingClock> clock_ = std::make_shared<JumpingClock>();
};

TEST_F(Outboxes, AMessageThatFailsIsTriedAgainAfterWaitsThatDouble) {
  const auto channel = std::make_shared<RecordingChannel>(std::deque<Attempt>{kFails, kFails, kFails});
  const auto outbox = open(channel, {.attempts = 4, .first_ms = 1000});
  send(*outbox, "1");
  drain(*outbox);
  EXPECT_THAT(channel->titles(), ElementsAre("1"));
  EXPECT_THAT(clock_->waits(),
              ElementsAre(AllOf(Ge(500), Le(1000)), AllOf(Ge(1000), Le(2000)), AllOf(Ge(2000), Le(4000))));
  EXPECT_EQ(outbox->stats().retried, 3u);
  EXPECT_EQ(outbox->stats().sent, 1u);
  EXPECT_EQ(outbox->stats().queued, 0u);
}

TEST_F(Outboxes, RetryAfterIsWaitedFor) {
  const auto channel = std::make_shared<RecordingChannel>(
      std::deque<Attempt>{{.outcome = Outcome::failed, .reason = "status 429", .retry_after = 42'000}});
  const auto outbox = open(channel);
  send(*outbox, "1");
  drain(*outbox);
  EXPECT_THAT(clock_->waits(), ElementsAre(42'000));
}

TEST_F(Outboxes, AfterTheLastAttemptItIsInTheDeadLettersAndTheNextOneGoesOut) {
  const auto channel = std::make_shared<RecordingChannel>(std::deque<Attempt>{kFails, kFails});
  const auto outbox = open(channel, {.attempts = 2});
  send(*outbox, "1");
  send(*outbox, "2");
  drain(*outbox);
  EXPECT_THAT(channel->titles(), ElementsAre("2"));
  EXPECT_THAT(folder_.text_of("dead.jsonl"),
              AllOf(HasSubstr(R"("attempts":2,"reason":"status 500","alert":{"id":"1")")));
  EXPECT_EQ(outbox->stats().failed, 1u);
}

TEST_F(Outboxes, WhatIsRefusedIsNotTriedAgain) {
  const auto channel = std::make_shared<RecordingChannel>(std::deque<Attempt>{kRefuses});
  const auto outbox = open(channel);
  send(*outbox, "1");
  drain(*outbox);
  EXPECT_THAT(clock_->waits(), IsEmpty());
  EXPECT_THAT(folder_.text_of("dead.jsonl"), HasSubstr("status 400"));
}

TEST_F(Outboxes, BeyondTheQueueAlertsGoToTheDeadLettersAtOnce) {
  const auto channel = std::make_shared<RecordingChannel>();
  channel->hold();
  const auto outbox = open(channel, {}, {.alerts = 2});
  for (const char* id : {"1", "2", "3"}) send(*outbox, id);
  EXPECT_EQ(outbox->stats().queued, 2u);
  EXPECT_EQ(outbox->stats().failed, 1u);
  EXPECT_THAT(folder_.text_of("dead.jsonl"), HasSubstr(R"("alert":{"id":"3")"));
  channel->release();
  drain(*outbox);
  EXPECT_THAT(channel->titles(), ElementsAre("1", "2"));
}

TEST_F(Outboxes, BeyondTheBytesToo) {
  const auto channel = std::make_shared<RecordingChannel>();
  channel->hold();
  const auto outbox = open(channel, {}, {.bytes = 300});
  for (const char* id : {"1", "2", "3"}) send(*outbox, id);
  EXPECT_GT(outbox->stats().failed, 0u);
  EXPECT_EQ(outbox->stats().failed + outbox->stats().queued, 3u);
  EXPECT_THAT(folder_.text_of("dead.jsonl"), HasSubstr("has reached its 300 bytes"));
}

TEST_F(Outboxes, WhatIsLeftAtTheDeadlineIsSentAfterTheNextStart) {
  const auto hanging = std::make_shared<RecordingChannel>();
  hanging->hold();
  {
    const auto outbox = open(hanging);
    for (const char* id : {"1", "2"}) send(*outbox, id);
    outbox->stop_at(clock_->steady_now());
    outbox->join();
    EXPECT_EQ(outbox->stats().queued, 2u);
  }
  const auto channel = std::make_shared<RecordingChannel>();
  const auto outbox = open(channel);
  EXPECT_EQ(outbox->stats().recovered, 2u);
  send(*outbox, "3");
  drain(*outbox);
  EXPECT_THAT(channel->titles(), ElementsAre("1", "2", "3"));
}

TEST_F(Outboxes, AnOpenGroupGoesOutAsOneAfterTheNextStart) {
  {
    const auto outbox = open(std::make_shared<RecordingChannel>());
    accept(*outbox, "1", "g");
    accept(*outbox, "2");
    accept(*outbox, "3", "g");
  }
  const auto channel = std::make_shared<RecordingChannel>();
  drain(*open(channel));
  EXPECT_THAT(channel->titles(), ElementsAre("2 alerts: 1", "2"));
}

TEST_F(Outboxes, ADamagedRecordIsInTheDeadLetters) {
  folder_.write("j.00000001.journal", "+1 no json\n");
  const auto channel = std::make_shared<RecordingChannel>();
  drain(*open(channel));
  EXPECT_THAT(channel->titles(), IsEmpty());
  EXPECT_THAT(folder_.text_of("dead.jsonl"), HasSubstr(R"("alert":"json")"));
}

TEST_F(Outboxes, AReaderOfStandardOutputThatIsGoneIsAnErrorAndDoesNotEndTheProcess) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  ::close(ends[0]);
  const auto outbox = open(*make_channel({.name = "c", .kind = StdoutChannel{ends[1]}}, clock_), {.attempts = 2});
  send(*outbox, "1");
  drain(*outbox);
  ::close(ends[1]);
  EXPECT_THAT(folder_.text_of("dead.jsonl"), HasSubstr("cannot write: Broken pipe"));
}

TEST_F(Outboxes, WhereTheDeadLettersCannotBeWrittenAnAlertStaysInTheJournal) {
  std::filesystem::create_directory(folder_.path() / "dead.jsonl");
  const auto channel = std::make_shared<RecordingChannel>(std::deque<Attempt>{kRefuses});
  const auto outbox = open(channel);
  send(*outbox, "1");
  outbox->stop_at(clock_->steady_now() + 1000);
  outbox->join();
  EXPECT_EQ(outbox->stats().queued, 1u);
  EXPECT_EQ(outbox->stats().failed, 0u);
}

}    // namespace
}    // namespace cepheid::alerts
