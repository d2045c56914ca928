#include "alerts/dispatcher.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/alerts/fakes.hpp"

namespace cepheid::alerts {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr DurationMs kSecond = 1'000;
constexpr DurationMs kMinute = 60'000;
constexpr DurationMs kGrace = 1'000'000'000;

class Dispatching : public testing::Test {
 protected:
  std::unique_ptr<AlertDispatcher> open(AlertRule rule) {
    DispatcherConfig config;
    config.folder = folder_.path();
    config.channels = {{.name = "first", .kind = CustomChannel{first_}},
                       {.name = "second", .kind = CustomChannel{second_}}};
    rule.name = "a";
    if (rule.notify.empty()) rule.notify = {"first"};
    config.rules = {rule};
    Result<std::unique_ptr<AlertDispatcher>> opened = AlertDispatcher::open(std::move(config), {.clock = clock_});
    EXPECT_TRUE(opened) << opened.error().message;
    return *std::move(opened);
  }
  static Alert alert(const std::string& title, TimeMs time, const std::string& user = "u") {
    Alert alert;
    alert.name = "a";
    alert.severity = "warning";
    alert.title = title;
    alert.time = time;
    alert.dedupe_values = {user};
    alert.group_values = {user};
    alert.values = {{"user", user}};
    alert.row = "{\"t\":\"" + title + "\"}";
    return alert;
  }
  std::vector<std::string> sent(AlertDispatcher& dispatcher) {
    dispatcher.stop(kGrace);
    return first_->titles();
  }

  TestFolder folder_;
  std::shared_ptr<JumpingClock> clock_ = std::make_shared<JumpingClock>();
  std::shared_ptr<RecordingChannel> first_ = std::make_shared<RecordingChannel>();
  std::shared_ptr<RecordingChannel> second_ = std::make_shared<RecordingChannel>();
};

TEST_F(Dispatching, AlertsGoToTheChannelsOfTheirRule) {
  const auto dispatcher = open({.notify = {"second"}});
  EXPECT_EQ(dispatcher->raise(alert("x", 0)), Raised::raised);
  dispatcher->stop(kGrace);
  EXPECT_THAT(first_->titles(), IsEmpty());
  EXPECT_THAT(second_->titles(), ElementsAre("x"));
}

TEST_F(Dispatching, RepeatsAreHeldBackByEventTimeAndCounted) {
  const auto dispatcher = open({.dedupe = kMinute});
  EXPECT_EQ(dispatcher->raise(alert("1", 0)), Raised::raised);
  EXPECT_EQ(dispatcher->raise(alert("2", kMinute - 1)), Raised::repeated);
  EXPECT_EQ(dispatcher->raise(alert("3", kMinute)), Raised::raised);
  EXPECT_THAT(sent(*dispatcher), ElementsAre("1", "3"));
  EXPECT_EQ(dispatcher->stats().channels[0].suppressed, 1u);
  EXPECT_EQ(dispatcher->stats().rules[0].raised, 2u);
}

TEST_F(Dispatching, OfMetricsAlertsTheWallClockCounts) {
  const auto dispatcher = open({.wall_clock = true, .dedupe = kMinute});
  EXPECT_EQ(dispatcher->raise(alert("1", 0)), Raised::raised);
  EXPECT_EQ(dispatcher->raise(alert("2", 10 * kMinute)), Raised::repeated);
  clock_->pass(kMinute);
  EXPECT_EQ(dispatcher->raise(alert("3", 0)), Raised::raised);
}

TEST_F(Dispatching, AlertsOfOneGroupWithinTheTimeAreOneMessage) {
  const auto dispatcher = open({.group = kMinute});
  dispatcher->raise(alert("1", 0));
  dispatcher->raise(alert("other", 1, "v"));
  dispatcher->raise(alert("2", kMinute - 1));
  dispatcher->raise(alert("3", kMinute));
  EXPECT_THAT(sent(*dispatcher), ElementsAre("2 alerts: 1", "other", "3"));
  EXPECT_EQ(dispatcher->stats().channels[0].sent, 4u);
}

TEST_F(Dispatching, AGroupIsClosedByEventTimeOrByTheWallClock) {
  for (const bool by_wall_clock : {false, true}) {
    const auto dispatcher = open({.group = kMinute});
    dispatcher->raise(alert("1", 0));
    EXPECT_EQ(dispatcher->stats().channels[0].queued, 1u);
    if (by_wall_clock) clock_->pass(kMinute);
    dispatcher->tick(by_wall_clock ? 0 : kMinute);
    // It is out of the group: the next alert does not join it.
    dispatcher->raise(alert("2", 0));
    const std::vector<std::string> titles = sent(*dispatcher);
    EXPECT_THAT(std::vector<std::string>(titles.end() - 2, titles.end()), ElementsAre("1", "2"));
  }
}

TEST_F(Dispatching, BeyondTheLimitTheRestIsCountedAndSummedUp) {
  const auto dispatcher = open({.limit = 2, .limit_period = kMinute});
  std::vector<Raised> raised;
  for (int i = 0; i < 5; ++i) raised.push_back(dispatcher->raise(alert(std::to_string(i), i)));
  EXPECT_THAT(raised, ElementsAre(Raised::raised, Raised::raised, Raised::limited, Raised::limited, Raised::limited));
  dispatcher->tick(kMinute - 1);
  dispatcher->tick(kMinute);
  dispatcher->raise(alert("next", kMinute));
  EXPECT_THAT(sent(*dispatcher), ElementsAre("0", "1", "3 more alerts `a` were held back", "next"));
  EXPECT_EQ(dispatcher->stats().rules[0].limited, 3u);
}

TEST_F(Dispatching, AtTheEndTheSummaryGoesOut) {
  const auto dispatcher = open({.limit = 1, .limit_period = kMinute});
  dispatcher->raise(alert("0", 0));
  dispatcher->raise(alert("1", 0));
  EXPECT_THAT(sent(*dispatcher), ElementsAre("0", "1 more alerts `a` were held back"));
}

TEST_F(Dispatching, AnAlertThatJoinsAGroupIsNoMessageMore) {
  const auto dispatcher = open({.group = kMinute, .limit = 1, .limit_period = kMinute});
  dispatcher->raise(alert("0", 0));
  EXPECT_EQ(dispatcher->raise(alert("1", 1)), Raised::raised);
  EXPECT_EQ(dispatcher->raise(alert("2", 1, "v")), Raised::limited);
}

TEST_F(Dispatching, ASilenceHoldsUntilItsTime) {
  const auto dispatcher = open({});
  const auto stored = dispatcher->silence(
      {.matchers = {{"user", "u"}, {"severity", "warning"}}, .until = clock_->wall_now() + kMinute});
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_EQ(dispatcher->raise(alert("1", 0)), Raised::silenced);
  EXPECT_EQ(dispatcher->raise(alert("2", 0, "v")), Raised::raised);
  clock_->pass(kMinute);
  EXPECT_EQ(dispatcher->raise(alert("3", 0)), Raised::raised);
  EXPECT_THAT(sent(*dispatcher), ElementsAre("2", "3"));
}

TEST_F(Dispatching, SilencesOfTheFileHoldAndMayBeEdited) {
  folder_.write("silences.json", R"([{"matchers": {"alert": "a"}, "until": "2100-01-01T00:00:00Z"}])");
  const auto dispatcher = open({});
  EXPECT_EQ(dispatcher->raise(alert("1", 0)), Raised::silenced);
  folder_.write("silences.json", "[]");
  clock_->pass(kSecond);
  EXPECT_EQ(dispatcher->raise(alert("2", 0)), Raised::raised);
}

TEST_F(Dispatching, AFileThatIsNotUnderstoodChangesNothingAndIsNotWrittenOver) {
  folder_.write("silences.json", R"([{"matchers": {"alert": "a"}, "until": "2100-01-01T00:00:00Z"}])");
  const auto dispatcher = open({});
  folder_.write("silences.json", "[{");
  clock_->pass(kSecond);
  EXPECT_EQ(dispatcher->raise(alert("1", 0)), Raised::silenced);
  EXPECT_FALSE(dispatcher->silence({.until = 1}));
  EXPECT_EQ(folder_.text_of("silences.json"), "[{");
}

TEST_F(Dispatching, ASilenceThatIsAddedIsInTheFileAndCanBeEnded) {
  const auto dispatcher = open({});
  const auto stored =
      dispatcher->silence({.matchers = {{"user", "u"}}, .until = clock_->wall_now() + kMinute, .comment = "\"x\""});
  ASSERT_TRUE(stored);
  EXPECT_THAT(folder_.text_of("silences.json"), HasSubstr(R"("matchers":{"user":"u"})"));
  EXPECT_TRUE(*dispatcher->end_silence(stored->id));
  EXPECT_FALSE(*dispatcher->end_silence(stored->id));
  EXPECT_EQ(dispatcher->raise(alert("1", 0)), Raised::raised);
}

TEST_F(Dispatching, AResolveGoesToThoseWhoWereTold) {
  const auto dispatcher = open({.resolves = true});
  Alert resolve = alert("", 5);
  resolve.resolve = true;
  EXPECT_EQ(dispatcher->raise(resolve), Raised::not_open);
  dispatcher->raise(alert("1", 0));
  EXPECT_EQ(dispatcher->raise(resolve), Raised::raised);
  EXPECT_EQ(dispatcher->raise(resolve), Raised::not_open);
  EXPECT_THAT(sent(*dispatcher), ElementsAre("1", "Resolved: 1"));
  const std::vector<Message> messages = first_->messages();
  EXPECT_EQ(messages[0].alerts[0].incident, messages[1].alerts[0].incident);
  EXPECT_NE(messages[0].id, messages[1].id);
}

TEST_F(Dispatching, ValuesThatAreNoUtf8HaveAnIncidentToo) {
  const auto dispatcher = open({.resolves = true});
  dispatcher->raise(alert("1", 0, "\xFF"));
  Alert resolve = alert("", 5, "\xFF");
  resolve.resolve = true;
  EXPECT_EQ(dispatcher->raise(resolve), Raised::raised);
}

TEST_F(Dispatching, WhatWasSilencedIsNotResolved) {
  const auto dispatcher = open({.resolves = true});
  ASSERT_TRUE(dispatcher->silence({.until = clock_->wall_now() + kMinute}));
  dispatcher->raise(alert("1", 0));
  Alert resolve = alert("", 5);
  resolve.resolve = true;
  EXPECT_EQ(dispatcher->raise(resolve), Raised::not_open);
}

TEST_F(Dispatching, WithoutRowsForItsTimeAnIncidentIsResolved) {
  const auto dispatcher = open({.dedupe = 10 * kMinute, .resolve_after = kMinute});
  dispatcher->raise(alert("1", 0));
  EXPECT_EQ(dispatcher->raise(alert("again", 30 * kSecond)), Raised::repeated);    // held back, but it is not over
  clock_->pass(kSecond);
  dispatcher->tick(89 * kSecond);
  EXPECT_EQ(dispatcher->stats().rules[0].resolved, 0u);
  clock_->pass(kSecond);
  dispatcher->tick(90 * kSecond);
  EXPECT_THAT(sent(*dispatcher), ElementsAre("1", "Resolved: 1"));
}

TEST_F(Dispatching, ALaterRowResolvesWhatWasSilentBeforeItIsRaisedAnew) {
  const auto dispatcher = open({.resolve_after = kMinute});
  dispatcher->raise(alert("1", 0));
  dispatcher->raise(alert("2", 5 * kMinute));
  EXPECT_THAT(sent(*dispatcher), ElementsAre("1", "Resolved: 1", "2"));
}

TEST_F(Dispatching, AResolveDoesNotArriveBeforeTheGroupOfItsAlert) {
  const auto dispatcher = open({.group = kMinute, .resolves = true});
  dispatcher->raise(alert("1", 0));
  Alert resolve = alert("", 5);
  resolve.resolve = true;
  dispatcher->raise(resolve);
  EXPECT_THAT(sent(*dispatcher), ElementsAre("1", "Resolved: 1"));
}

TEST_F(Dispatching, WhatStaysUnresolvedIsToldToFurtherChannelsOnceAndTheyAreToldTheEnd) {
  const auto dispatcher =
      open({.escalations = {{.severity = "warning", .after = 10 * kMinute, .channels = {"second"}}}});
  dispatcher->raise(alert("1", 0));
  clock_->pass(10 * kMinute - 1);
  dispatcher->tick(0);
  EXPECT_EQ(dispatcher->stats().rules[0].escalated, 0u);
  for (int i = 0; i < 3; ++i) {
    clock_->pass(kMinute);
    dispatcher->tick(0);
  }
  Alert resolve = alert("", 5);
  resolve.resolve = true;
  dispatcher->raise(resolve);
  EXPECT_THAT(sent(*dispatcher), ElementsAre("1", "Resolved: 1"));
  EXPECT_THAT(second_->titles(), ElementsAre("Unresolved for 10m: 1", "Resolved: 1"));
}

TEST_F(Dispatching, EscalationsComeInTheOrderOfTheirTimesAlsoWhereNobodyWasToldBefore) {
  DispatcherConfig config;
  config.folder = folder_.path();
  config.channels = {{.name = "first", .kind = CustomChannel{first_}},
                     {.name = "second", .kind = CustomChannel{second_}}};
  config.rules = {
      {.name = "a",
       .escalations = {{.after = 2 * kMinute, .channels = {"second"}}, {.after = kMinute, .channels = {"first"}}}}};
  const auto dispatcher = *AlertDispatcher::open(std::move(config), {.clock = clock_});
  dispatcher->raise(alert("1", 0));
  for (int i = 0; i < 2; ++i) {
    clock_->pass(kMinute);
    dispatcher->tick(0);
  }
  EXPECT_THAT(sent(*dispatcher), ElementsAre("Unresolved for 1m: 1"));
  EXPECT_THAT(second_->titles(), ElementsAre("Unresolved for 2m: 1"));
}

TEST_F(Dispatching, AnotherSeverityIsNotEscalated) {
  const auto dispatcher = open({.escalations = {{.severity = "critical", .after = kMinute, .channels = {"second"}}}});
  dispatcher->raise(alert("1", 0));
  clock_->pass(10 * kMinute);
  dispatcher->tick(0);
  dispatcher->stop(kGrace);
  EXPECT_THAT(second_->titles(), IsEmpty());
}

TEST_F(Dispatching, WhatAnEarlierProcessOpenedIsResolved) {
  const AlertRule rule{.resolve_after = kMinute};
  {
    const auto dispatcher = open(rule);
    dispatcher->raise(alert("1", 0));
    dispatcher->stop(kGrace);
  }
  const auto dispatcher = open(rule);
  dispatcher->tick(kMinute);
  EXPECT_THAT(sent(*dispatcher), ElementsAre("1", "Resolved: 1"));
}

TEST_F(Dispatching, AHangingChannelHoldsUpNobodyAndWhatWaitsIsSentAfterTheNextStart) {
  first_->hold();
  {
    const auto dispatcher = open({.notify = {"first", "second"}});
    for (int i = 0; i < 3; ++i) EXPECT_EQ(dispatcher->raise(alert(std::to_string(i), i)), Raised::raised);
    while (second_->titles().size() < 3) std::this_thread::yield();
    EXPECT_EQ(dispatcher->stop(0), 3u);
    EXPECT_EQ(dispatcher->raise(alert("late", 9)), Raised::unknown);
  }
  first_->release();
  const auto dispatcher = open({.notify = {"first", "second"}});
  EXPECT_THAT(sent(*dispatcher), ElementsAre("0", "1", "2"));
  EXPECT_THAT(second_->titles(), ElementsAre("0", "1", "2"));
}

TEST_F(Dispatching, ShadowsAreCountedAndSentNowhere) {
  const auto dispatcher = open({.shadow = true});
  EXPECT_EQ(dispatcher->raise(alert("1", 0)), Raised::raised);
  EXPECT_THAT(sent(*dispatcher), IsEmpty());
  EXPECT_EQ(dispatcher->stats().rules[0].raised, 1u);
}

TEST_F(Dispatching, AFolderHasOneDispatcherAtATime) {
  const auto dispatcher = open({});
  DispatcherConfig config;
  config.folder = folder_.path();
  const auto second = AlertDispatcher::open(std::move(config), {.clock = clock_});
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("is used by another process"));
}

TEST_F(Dispatching, ConfigurationsThatCannotWorkAreRefused) {
  const auto problem = [&](std::vector<ChannelConfig> channels, std::vector<AlertRule> rules) {
    DispatcherConfig config;
    config.folder = folder_.path();
    config.channels = std::move(channels);
    config.rules = std::move(rules);
    const auto opened = AlertDispatcher::open(std::move(config), {.clock = clock_});
    return opened ? std::string() : opened.error().message;
  };
  EXPECT_EQ(problem({{.name = "../x"}}, {}),
            "channel `../x`: its name has other characters than letters, digits, `_`, `-`");
  EXPECT_EQ(problem({{.name = "x"}, {.name = "x"}}, {}), "channel `x`: its name is used twice");
  EXPECT_EQ(
      problem({{.name = "x", .kind = FileChannel{"a/x.jsonl"}}, {.name = "y", .kind = FileChannel{"a/./x.jsonl"}}}, {}),
      "channel `y`: channel `x` writes to the same file");
  EXPECT_EQ(problem({{.name = "x", .kind = WebhookChannel{.url = "http://x", .body = "{"}}}, {}),
            "channel `x`: the body is no JSON");
  EXPECT_EQ(problem({}, {{.name = "r", .notify = {"x"}}}), "alert `r`: no channel `x`");
  EXPECT_EQ(problem({{.name = "x", .kind = SlackChannel{}}}, {{.name = "r", .notify = {"x"}}}), "");
}

}    // namespace
}    // namespace cepheid::alerts
