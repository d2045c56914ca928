#include "runtime/alerting/metrics_alerts.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "patterns/plan/load.hpp"
#include "runtime/alerting/dispatcher_config.hpp"
#include "unit/alerts/fakes.hpp"

namespace cepheid::runtime {
namespace {

using alerts::JumpingClock;
using alerts::RecordingChannel;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr DurationMs kSecond = 1'000;
constexpr DurationMs kGrace = 1'000'000'000;

/// One `metrics_alert` over the gauge `load`, whose channel keeps what it is sent. Time passes when a test says so.
class WatchedMetrics : public testing::Test {
 protected:
  void start(const std::string& alert) {
    dispatcher_.reset();
    const patterns::SourceFile source("test.cep",
                                      "channel kept { stdout }\nmetrics_alert busy " + alert + " notify kept");
    patterns::Diagnostics diagnostics(source);
    plan_ = patterns::load_rules(source, {}, diagnostics);
    ASSERT_TRUE(plan_) << diagnostics.render();
    Result<alerts::DispatcherConfig> config = dispatcher_config(*plan_, folder_.path(), "");
    ASSERT_TRUE(config) << config.error().message;
    config->channels.front().kind = alerts::CustomChannel{channel_};
    auto opened = alerts::AlertDispatcher::open(std::move(*config), {.clock = clock_});
    ASSERT_TRUE(opened) << opened.error().message;
    dispatcher_ = std::move(*opened);
    metrics_alerts_.emplace(*plan_, *dispatcher_);
  }
  /// The gauge has this value for so many seconds, and is looked at at the beginning of each.
  void load(double value, int seconds = 1) {
    for (int i = 0; i < seconds; ++i) {
      look({{.name = "load", .kind = Metric::Kind::gauge, .help = "", .series = {{.labels = {}, .value = value}}}});
    }
  }
  void load_is_absent() { look({}); }
  /// The titles of what was sent, resolves with their word before it.
  std::vector<std::string> sent() {
    dispatcher_->stop(kGrace);
    std::vector<std::string> titles;
    for (const alerts::Message& message : channel_->messages()) {
      for (const alerts::Alert& alert : message.alerts) {
        titles.push_back((alert.resolve ? "resolved " : "") + alert.title);
      }
    }
    return titles;
  }

 private:
  void look(const std::vector<Metric>& metrics) {
    metrics_alerts_->look(metrics, clock_->wall_now());
    clock_->pass(kSecond);
  }

  alerts::TestFolder folder_;
  std::shared_ptr<JumpingClock> clock_ = std::make_shared<JumpingClock>();
  std::shared_ptr<RecordingChannel> channel_ = std::make_shared<RecordingChannel>();
  std::optional<patterns::Plan> plan_;
  std::unique_ptr<alerts::AlertDispatcher> dispatcher_;
  std::optional<MetricsAlerts> metrics_alerts_;
};

const std::string kTitle = " title \"${value}\"";

TEST_F(WatchedMetrics, AreRaisedOnceWhenTheConditionHolds) {
  start("when load > 5" + kTitle);
  load(5);
  load(6);
  load(7, 10);
  EXPECT_THAT(sent(), ElementsAre("6"));
}

TEST_F(WatchedMetrics, AreRaisedWhenItHasHeldForTheTime) {
  start("when load > 5 for 3s" + kTitle);
  load(6, 3);
  EXPECT_THAT(sent(), IsEmpty());
  start("when load > 5 for 3s" + kTitle);
  load(6, 3);
  load(7);
  EXPECT_THAT(sent(), ElementsAre("7"));
}

TEST_F(WatchedMetrics, ABreakBeginsTheTimeAnew) {
  start("when load > 5 for 3s" + kTitle);
  for (int i = 0; i < 10; ++i) {
    load(6, 3);
    load(5);
  }
  EXPECT_THAT(sent(), IsEmpty());
}

TEST_F(WatchedMetrics, WithDedupeTheyAreToldAgainAfterItsTimeByTheWallClock) {
  start("when load > 5 dedupe 10s" + kTitle);
  for (int i = 0; i < 25; ++i) load(100 + i);
  EXPECT_THAT(sent(), ElementsAre("100", "110", "120"));
}

TEST_F(WatchedMetrics, AreResolvedWhenTheConditionHoldsNoMoreAndRaisedAnew) {
  start("when load > 5" + kTitle);
  load(6);
  load(4, 5);
  load(8);
  EXPECT_THAT(sent(), ElementsAre("6", "resolved 6", "8"));
}

TEST_F(WatchedMetrics, AnAbsentMetricRaisesNothingAndEndsWhatWasRaised) {
  start("when load < 5" + kTitle);
  load_is_absent();
  load(4);
  load_is_absent();
  EXPECT_THAT(sent(), ElementsAre("4", "resolved 4"));
}

TEST_F(WatchedMetrics, WhatAnEarlierProcessRaisedIsResolvedOnceTheMetricIsThere) {
  start("when load > 5 title \"busy\"");
  load(6);
  EXPECT_THAT(sent(), ElementsAre("busy"));
  start("when load > 5 title \"busy\"");
  load_is_absent();
  EXPECT_THAT(sent(), ElementsAre("busy"));
  start("when load > 5 title \"busy\"");
  load_is_absent();
  load(4, 3);
  EXPECT_THAT(sent(), ElementsAre("busy", "resolved busy"));
}

}    // namespace
}    // namespace cepheid::runtime
