#include "loaded_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cepheid::patterns {
namespace {

using nfa::TypedExpr;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

const std::string kStreams =
    "stream risk { schema id string, user_id string, level string, score double, at timestamp, place.name string "
    "time at }\n"
    "stream graded { schema severity int, alert string, id string }\n";
const std::string kChannels =
    "channel slack { slack url \"https://hooks.example.com/x\" }\n"
    "channel off { slack url \"\" }\n"
    "channel log { file \"alerts.jsonl\" }\n";

LoadedRules load_alert(const std::string& clauses, const std::string& on = "risk") {
  return load(kStreams + "alert a on " + on + " { " + clauses + " }\n" + kChannels);
}

TEST(AlertCheck, WithoutSelectItsRowsAreTheInputWithSeverityAndAlert) {
  const LoadedRules loaded = load_alert("severity level resolve when place is null");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  const auto& plan = loaded.body<AlertPlan>("a");
  EXPECT_EQ(fields_of(*loaded.relation("a").layout),
            "id string, user_id string, level string, score double, at timestamp, place.name string, ?place bool, "
            "severity string, alert string");
  EXPECT_EQ(plan.severity_field, 7u);
  ASSERT_THAT(plan.raised, SizeIs(9));
  EXPECT_EQ(plan.raised[7].value.kind, TypedExpr::Kind::field);
  EXPECT_EQ(plan.raised[7].value.field, 2u);
  EXPECT_FALSE(plan.select);
  EXPECT_FALSE(plan.when);
}

TEST(AlertCheck, ItsOwnSeverityTakesTheInputsPlace) {
  const LoadedRules loaded = load_alert("severity string(severity) dedupe 5m by severity", "graded");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  const auto& plan = loaded.body<AlertPlan>("a");
  EXPECT_EQ(fields_of(*loaded.relation("a").layout), "severity string, alert string, id string");
  EXPECT_EQ(plan.severity_field, 0u);
  EXPECT_EQ(plan.raised[0].value.args.at(0).type, Type::int64());
  EXPECT_EQ(plan.dedupe->by.at(0).type, Type::string());
}

TEST(AlertCheck, SelectTakesTheRaisedRow) {
  const LoadedRules loaded = load_alert(
      "when level == \"high\" severity \"critical\" dedupe 5m by user_id, severity "
      "title \"${severity}: ${id} $${x}\" select id, severity, twice = score * 2, four = twice * 2");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  const auto& plan = loaded.body<AlertPlan>("a");
  EXPECT_EQ(fields_of(*loaded.relation("a").layout), "id string, severity string, twice double, four double");
  ASSERT_TRUE(plan.select);
  EXPECT_EQ(plan.select->at(1).value.field, plan.severity_field);
  EXPECT_EQ(plan.select->at(3).value.args.at(0).kind, TypedExpr::Kind::item);
  EXPECT_EQ(plan.dedupe->duration, 300'000);
  EXPECT_EQ(plan.dedupe->by.at(1).field, plan.severity_field);
  ASSERT_THAT(plan.title, SizeIs(4));
  EXPECT_EQ(plan.title[0].value->field, plan.severity_field);
  EXPECT_EQ(plan.title[3].text, " ${x}");
}

TEST(AlertCheck, StarOfSelectIsTheInputsRow) {
  const LoadedRules loaded = load_alert("severity \"x\" select *, n = 1");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  EXPECT_EQ(fields_of(*loaded.relation("a").layout),
            "id string, user_id string, level string, score double, at timestamp, place.name string, n int");
  const LoadedRules graded = load_alert("severity \"x\" select *", "graded");
  ASSERT_TRUE(graded.plan) << graded.diagnostics->render();
  EXPECT_EQ(fields_of(*graded.relation("a").layout), "severity string, alert string, id string");
}

TEST(AlertCheck, IsReadByItsName) {
  const LoadedRules loaded = load(kStreams +
                                  "sink out from a, b to stdout\n"
                                  "alert a on risk { select id, severity }\n"
                                  "alert b on a { severity severity }");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  EXPECT_EQ(fields_of(*loaded.relation("b").layout), "id string, severity string, alert string");
  EXPECT_THAT(loaded.plan->sinks.at(0).inputs, SizeIs(2));
}

TEST(AlertCheck, OnlyChannelsThatAreOnAreNotified) {
  const LoadedRules loaded = load_alert(
      "notify off, log, slack escalate to off after 1m escalate to slack after 1h for critical "
      "escalate to log, off after 5m limit 10 per 1h group 1m by user_id resolve when score < 0.1 shadow");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  ASSERT_THAT(loaded.plan->channels, SizeIs(2));
  const auto& plan = loaded.body<AlertPlan>("a");
  std::vector<std::string> names;
  for (const ChannelId id : plan.notify) names.push_back(loaded.plan->channels[id].name);
  EXPECT_THAT(names, ElementsAre("log", "slack"));
  ASSERT_THAT(plan.escalations, SizeIs(2));
  EXPECT_EQ(plan.escalations[0].after, 300'000);
  EXPECT_THAT(plan.escalations[0].to, ElementsAre(plan.notify[0]));
  EXPECT_EQ(plan.escalations[1].severity, "critical");
  EXPECT_EQ(plan.limit->most, 10);
  EXPECT_EQ(plan.limit->per, 3'600'000);
  EXPECT_EQ(plan.group->duration, 60'000);
  EXPECT_TRUE(plan.resolve_when);
  EXPECT_TRUE(plan.shadow);
}

TEST(AlertCheck, MistakesAreReported) {
  EXPECT_THAT(load_alert("when score severity score dedupe 0s by usr_id group 1m by severity limit 0 per 0s "
                         "title \"${nosuch}\" notify slak, risk, log, log escalate to nobody after 0s "
                         "resolve after 0s select id, nosuch2")
                  .messages(),
              ElementsAre("a condition is true or false, not double", "`severity` is a string, not double",
                          "`dedupe` needs a duration above 0", "unknown field `usr_id` in stream `risk`",
                          "`limit` needs at least 1", "`limit` needs a duration above 0",
                          "unknown field `nosuch` in stream `risk`", "unknown channel `slak`", "`risk` is no channel",
                          "channel `log` twice", "unknown channel `nobody`", "`escalate` needs a duration above 0",
                          "`resolve after` needs a duration above 0", "unknown field `nosuch2` in stream `risk`"));
  EXPECT_THAT(
      load(kStreams + kChannels + "sink o from slack to stdout\nmetrics_alert m when x > 1\nsink p from m to stdout")
          .messages(),
      ElementsAre("`slack` is a channel: it has no rows to read",
                  "`m` is an alert on metrics: it has no rows to read"));
}

TEST(AlertCheck, WhatReadsAWrongAlertIsCheckedWithItsFields) {
  EXPECT_THAT(
      load(kStreams + "alert a on risk { severity score select id, severity }\nsink o from a select severty to stdout")
          .messages(),
      ElementsAre("`severity` is a string, not double", "unknown field `severty` in stream `a`"));
}

const MetricsExpr& condition(const LoadedRules& loaded) {
  return loaded.plan->metrics_alerts.at(0).when;
}

TEST(MetricsAlertCheck, ComparesMetrics) {
  using Kind = MetricsExpr::Kind;
  const LoadedRules loaded = load(
      kChannels +
      "metrics_alert m when errors / metric(\"all\", {stream = \"s\", code = \"5\"}) > 0.05 and not `a:b` between 1 "
      "and 2 or rate(dropped, 1m) > 0 for 30s severity critical notify slack, off dedupe 5m body \"${value}\"");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  const MetricsExpr& either = condition(loaded);
  ASSERT_EQ(either.kind, Kind::or_);
  const MetricsExpr& both = either.args[0];
  ASSERT_EQ(both.kind, Kind::and_);
  const MetricsExpr& ratio = both.args[0].args[0];
  EXPECT_EQ(ratio.kind, Kind::divide);
  EXPECT_EQ(ratio.args[0].name, "errors");
  EXPECT_THAT(ratio.args[1].labels, ElementsAre(Pair("stream", "s"), Pair("code", "5")));
  EXPECT_EQ(both.args[0].args[1].number, 0.05);
  EXPECT_EQ(both.args[1].kind, Kind::not_);
  EXPECT_EQ(both.args[1].args[0].args[0].args[0].name, "a:b");
  const MetricsExpr& rate = either.args[1].args[0];
  EXPECT_EQ(rate.kind, Kind::rate);
  EXPECT_EQ(rate.window, 60'000);
  const MetricsAlertPlan& plan = loaded.plan->metrics_alerts.at(0);
  EXPECT_EQ(plan.hold, 30'000);
  EXPECT_EQ(plan.severity, "critical");
  EXPECT_EQ(plan.dedupe, 300'000);
  EXPECT_THAT(plan.notify, SizeIs(1));
  EXPECT_EQ(plan.body.at(0).value->field, 2u);
}

TEST(MetricsAlertCheck, MistakesAreReported) {
  const auto messages = [](const std::string& when) {
    return load("metrics_alert m when " + when + " notify nobody").messages();
  };
  EXPECT_THAT(messages("latency"),
              ElementsAre("a condition is true or false, not a number", "unknown channel `nobody`"));
  EXPECT_THAT(messages("a.b > 1"), testing::Contains("`a.b` is no metric's name"));
  EXPECT_THAT(messages("a > \"x\""), testing::Contains("metrics are numbers: this is about other values"));
  EXPECT_THAT(messages("rat(a, 1m) > 1"), testing::Contains("no function `rat` on metrics"));
  EXPECT_THAT(messages("rate(a + b, 1m) > 1"), testing::Contains("`rate` is of a metric"));
  EXPECT_THAT(messages("rate(a, 60) > 1"), testing::Contains("`rate` takes a metric and a duration above 0"));
  EXPECT_THAT(messages("(a > 1) + 1 > 0"), testing::Contains("a number is needed here, not a condition"));
  EXPECT_THAT(messages("metric(\"a\", {b = 1}) > 0"), testing::Contains("a label has a constant string as value"));
}

TEST(ChannelCheck, ReadsItsSettings) {
  const LoadedRules loaded = load(
      "channel mail { email to \"a@b.c\" from \"d@e.f\" smtp \"${SMTP}\" user \"u\" password \"${PASSWORD}\" timeout "
      "5s "
      "attempts 3 }\n"
      "channel hook { webhook url \"https://x\" header \"X\" = \"1\" body \"{\\\"t\\\": ${title}, \\\"u\\\": "
      "${values.user.id}, \\\"$${x}\\\"}\" }\n"
      "channel pager { pagerduty routing_key \"\" }\n"
      "channel out { stdout }",
      {{"SMTP", "smtp://localhost"}, {"PASSWORD", "geheim"}});
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  ASSERT_THAT(loaded.plan->channels, SizeIs(3));
  const ChannelPlan& mail = loaded.plan->channels[0];
  EXPECT_EQ(mail.kind, ChannelPlan::Kind::email);
  EXPECT_EQ(*mail.setting("smtp"), "smtp://localhost");
  EXPECT_EQ(*mail.setting("password"), "geheim");
  EXPECT_EQ(*mail.setting("timeout"), "5000");
  EXPECT_EQ(*mail.setting("attempts"), "3");
  EXPECT_EQ(mail.setting("tls"), nullptr);
  const ChannelPlan& hook = loaded.plan->channels[1];
  EXPECT_THAT(hook.headers, ElementsAre(Pair("X", "1")));
  EXPECT_EQ(hook.body, R"({"t": ${title}, "u": ${values.user.id}, "$${x}"})");
  EXPECT_EQ(loaded.plan->channels[2].kind, ChannelPlan::Kind::stdout_);
}

TEST(ChannelCheck, SwitchedOffIsNotThereWhateverItsKind) {
  const LoadedRules loaded = load(
      "channel a { file \"\" } channel b { webhook url \"\" } channel c { kafka \"t\" brokers \"\" }\n"
      "channel d { email to \"a@b.c\" from \"d@e.f\" smtp \"\" }\n"
      "metrics_alert m when x > 1 notify a, b, c, d");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  EXPECT_THAT(loaded.plan->channels, IsEmpty());
  EXPECT_THAT(loaded.plan->metrics_alerts.at(0).notify, IsEmpty());
}

TEST(ChannelCheck, MistakesAreReportedAndSecretsAreNot) {
  EXPECT_THAT(load("channel a { slak url \"x\" }").messages(), ElementsAre("unknown kind of channel `slak`"));
  EXPECT_THAT(load("channel a { slack \"x\" }").messages(),
              ElementsAre("channel `a` has no `url`", "`slack` takes no string right after it"));
  EXPECT_THAT(load("channel a { file }").messages(), ElementsAre("`file` without a path"));
  EXPECT_THAT(load("channel a { kafka \"t\" brokers \"b\" }").messages(), ElementsAre("`kafka` is not supported yet"));
  EXPECT_THAT(load("channel `a/b` { stdout }").messages(),
              ElementsAre("channel `a/b`: the name of a channel has letters, digits, `_` and `-`"));
  EXPECT_THAT(
      load("channel a { slack url \"x\" url \"y\" ulr \"z\" attempts 0 timeout 5 header \"a\" = \"b\" }").messages(),
      ElementsAre("a second `url`", "a channel of kind `slack` has no `ulr`", "`attempts` is a whole number above 0",
                  "`timeout` is a duration above 0", "`header` in a channel of kind `slack`"));
  EXPECT_THAT(load("channel a { webhook url \"x\" body \"${titel} ${a + 1}\" }").messages(),
              ElementsAre("an alert has no `titel`", "only names stand in the body of a channel"));
  const LoadedRules secret =
      load("channel a { email to \"t\" from \"f\" smtp \"s\" password -\"${SECRET}\" }", {{"SECRET", "geheim"}});
  EXPECT_THAT(secret.messages(), ElementsAre("`password` is a constant string"));
  EXPECT_EQ(secret.diagnostics->render().find("geheim"), std::string::npos);
}

}    // namespace
}    // namespace cepheid::patterns
