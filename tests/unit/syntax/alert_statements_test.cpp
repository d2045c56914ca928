#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/syntax/tree_printer.hpp"

namespace cepheid::patterns {
namespace {

using syntax::Alert;
using syntax::Channel;
using syntax::MetricsAlert;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(AlertStatement, HasItsClausesInAnyOrder) {
  const Parsed parsed(R"(alert a on s, t {
        notify slack, mail
        select *, x = severity
        title "x ${user} of ${n + 1}"  body "b"
        escalate to pager after 10m for critical
        escalate to boss, pager after 1h
        limit 100 per 1h
        group 1m by place
        resolve when ok
        dedupe 5m by user, severity
        severity if(level == "critical", "critical", "warning")
        when level in ("high", "critical")
        shadow
    })");
  ASSERT_THAT(parsed.mistakes(), IsEmpty());
  const auto& alert = parsed.statement<Alert>();
  EXPECT_FALSE(alert.broken);
  EXPECT_THAT(alert.inputs, SizeIs(2));
  EXPECT_THAT(alert.notify, SizeIs(2));
  EXPECT_THAT(*alert.select, SizeIs(2));
  EXPECT_THAT(*alert.title, SizeIs(4));
  ASSERT_THAT(alert.escalations, SizeIs(2));
  EXPECT_EQ(alert.escalations[0].after.ms, 600'000);
  EXPECT_EQ(alert.escalations[0].severity->text, "critical");
  EXPECT_THAT(alert.escalations[1].to, SizeIs(2));
  EXPECT_FALSE(alert.escalations[1].severity);
  EXPECT_EQ(alert.limit->most, 100);
  EXPECT_EQ(alert.limit->per.ms, 3'600'000);
  EXPECT_EQ(print(alert.group->by.at(0)), "place");
  EXPECT_EQ(print(*alert.resolve->when), "ok");
  EXPECT_THAT(alert.dedupe->by, SizeIs(2));
  EXPECT_EQ(print(*alert.when), "(in level 'high' 'critical')");
  EXPECT_TRUE(alert.shadow);
}

TEST(AlertStatement, ItsWordsAreNamesWhereNoClauseCanBegin) {
  const Parsed parsed(R"(stream s { schema title string, body string, notify int, group int, severity string }
    alert a on s {
        when title == body and group > notify
        severity severity
        dedupe 5m by title, severity
        select title, body, notify, group, severity, limit = group
    })");
  ASSERT_THAT(parsed.mistakes(), IsEmpty());
  const auto& alert = parsed.statement<Alert>(1);
  EXPECT_EQ(print(*alert.when), "(and (== title body) (> group notify))");
  EXPECT_EQ(print(*alert.severity), "severity");
  EXPECT_THAT(*alert.select, SizeIs(6));
}

TEST(AlertStatement, MistakesStayInTheirClauses) {
  const Parsed parsed(R"(alert a on s {
        severty "x"
        dedupe soon
        limit many per 1h
        limit 5 1h
        resolve never
        escalate mail after 1m
        title 5
        notify slack, mail
        where x
    })");
  EXPECT_THAT(
      parsed.mistakes_with_hints(),
      ElementsAre(
          "2:9 syntax: unexpected `severty` | did you mean `severity`?",
          "3:16 syntax: expected a duration, found `soon`", "4:15 syntax: expected a whole number, found `many`",
          "5:9 duplicate-clause: a second `limit` | each clause stands once", "5:17 syntax: expected `per`, found `1h`",
          "6:17 syntax: expected `when` or `after`, found `never`", "7:18 syntax: expected `to`, found `mail`",
          "8:15 syntax: expected a string, found `5`", "10:9 syntax: unexpected `where` | did you mean `when`?"));
  EXPECT_THAT(parsed.statement<Alert>().notify, SizeIs(2));
  EXPECT_THAT(parsed.statement<Alert>().escalations, IsEmpty());
}

TEST(MetricsAlertStatement, HasNoBraces) {
  const Parsed parsed(R"(metrics_alert slow when latency_p99 > 500 and not `a:b` < 1 for 30s severity critical
        notify mail, slack dedupe 5m title "slow: ${value}"
    metrics_alert lost when rate(lost, 1m) > 0 severity "very bad"
    channel mail { email to "a@b.c" })");
  ASSERT_THAT(parsed.mistakes(), IsEmpty());
  ASSERT_THAT(parsed.file.statements, SizeIs(3));
  const auto& slow = parsed.statement<MetricsAlert>(0);
  EXPECT_EQ(print(*slow.when), "(and (> latency_p99 500) (not (< a:b 1)))");
  EXPECT_EQ(slow.hold->ms, 30'000);
  EXPECT_EQ(slow.severity->text, "critical");
  EXPECT_THAT(slow.notify, SizeIs(2));
  EXPECT_EQ(slow.dedupe->ms, 300'000);
  EXPECT_EQ(parsed.statement<MetricsAlert>(1).severity->text, "very bad");
}

TEST(ChannelStatement, HasAKindAndSettings) {
  const Parsed parsed(
      R"(channel mail { email to "ops" from "us" smtp "${CEP_EMPTY}" password "${file:secret}" attempts 3 }
    channel hook { webhook url "${CEP_WORD}" header "X-A" = "1" header "X-B" = "2" body "{\"t\": ${title}}" timeout 5s }
    channel log { file "a.jsonl" }
    channel out { stdout }
    channel topic { kafka "t" brokers "b" option "acks" = "all" })");
  ASSERT_THAT(parsed.mistakes(), IsEmpty());
  const auto& mail = parsed.statement<Channel>(0);
  EXPECT_EQ(mail.kind.text, "email");
  ASSERT_THAT(mail.settings, SizeIs(5));
  EXPECT_EQ(mail.settings[1].name.text, "from");
  EXPECT_EQ(mail.settings[3].value.text, "a\nb");
  const auto& hook = parsed.statement<Channel>(1);
  EXPECT_THAT(hook.headers, SizeIs(2));
  EXPECT_THAT(*hook.body, SizeIs(3));
  EXPECT_EQ(hook.settings.at(1).value.integer, 5000);
  EXPECT_EQ(parsed.statement<Channel>(2).target->text, "a.jsonl");
  EXPECT_FALSE(parsed.statement<Channel>(3).target);
  EXPECT_THAT(parsed.statement<Channel>(4).options, SizeIs(1));
}

TEST(ChannelStatement, MistakesStayInTheirSettings) {
  const Parsed parsed(R"(channel a { slack url = "x" header "X" "y" user "u" }
    channel b { })");
  EXPECT_THAT(
      parsed.mistakes(),
      ElementsAre("1:23 syntax: expected a value, found `=`", "1:40 syntax: expected `=`, found a string",
                  "2:17 syntax: expected what kind of channel it is: `slack`, `email`, `webhook`, …, found `}`"));
}

}    // namespace
}    // namespace cepheid::patterns
