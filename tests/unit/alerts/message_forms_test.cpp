#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alerts/channels/http_sender.hpp"
#include "alerts/channels/mail_message.hpp"
#include "alerts/channels/make_channel.hpp"
#include "alerts/channels/pagerduty_event.hpp"
#include "alerts/channels/secrets.hpp"
#include "alerts/channels/slack_message.hpp"
#include "alerts/text/json_text.hpp"

namespace cepheid::alerts {
namespace {

using testing::HasSubstr;
using testing::Not;

Alert example() {
  Alert alert;
  alert.id = "7";
  alert.name = "fraud";
  alert.severity = "critical";
  alert.title = "Look";
  alert.time = 1'714'555'800'250;
  alert.incident = "inc";
  return alert;
}

TEST(SlackMessage, RowsCannotMentionAnybody) {
  Alert alert = example();
  alert.title = "<!channel> & \xF0\x9F\x98\x80";
  alert.values = {{"<a>", "<@U1>"}};
  const std::string json = slack_message(make_message({alert}));
  EXPECT_THAT(json, HasSubstr("&lt;!channel&gt; &amp;"));
  EXPECT_THAT(json, Not(HasSubstr("<")));
}

TEST(SlackMessage, LongTextsAreCutAndStayJson) {
  Alert alert = example();
  alert.title = std::string(5'000, '<');
  alert.body = std::string(10'000, '&');
  for (int i = 0; i < 100; ++i) alert.values.emplace_back(std::string(900, 'k'), std::string(9'000, '>'));
  const std::string json = slack_message(make_message({alert}));
  EXPECT_TRUE(is_json(json));
  EXPECT_LT(json.size(), 40'000u);
}

TEST(PagerDutyEvent, AResolveHasTheKeyOfItsTrigger) {
  const PagerDutyChannel config{.routing_key = "k"};
  Alert alert = example();
  EXPECT_THAT(pagerduty_event(alert, config), HasSubstr(R"("event_action":"trigger","dedup_key":"inc")"));
  alert.resolve = true;
  EXPECT_THAT(pagerduty_event(alert, config), HasSubstr(R"("event_action":"resolve","dedup_key":"inc")"));
}

TEST(PagerDutyEvent, OfAGroupTheLastAlertOfEachIncidentIsSent) {
  Alert a = example();
  a.incident = "a";
  Alert b = example();
  b.incident = "b";
  Alert a2 = a;
  a2.id = "8";
  const Message message = make_message({a, b, a2});
  const std::vector<const Alert*> last = last_of_each_incident(message);
  ASSERT_EQ(last.size(), 2u);
  EXPECT_EQ(last[0]->incident, "b");
  EXPECT_EQ(last[1]->id, "8");
}

std::string header_lines(const std::string& mail) {
  return mail.substr(0, mail.find("\r\n\r\n"));
}

std::string mail_of(const Alert& alert, const std::string& to = "ops@example.com") {
  return mail_message(make_message({alert}), *read_mailboxes("Cepheid <cep@example.com>"), *read_mailboxes(to), 0);
}

TEST(Mail, ATitleCannotMakeAHeader) {
  Alert alert = example();
  alert.title = "a\r\nBcc: evil@example.com\r\n\r\nbody";
  alert.id = "x\r\nBcc: evil@example.com";
  const std::string mail = mail_of(alert);
  EXPECT_THAT(header_lines(mail), Not(HasSubstr("\nBcc")));
  EXPECT_THAT(header_lines(mail), HasSubstr("Subject: [critical] a  Bcc: evil@example.com"));
}

TEST(Mail, HeaderLinesAreShortAndAscii) {
  Alert alert = example();
  for (int i = 0; i < 100; ++i) alert.title += " \xE2\x82\xAC\xF0\x9F\x98\x80";
  std::string rest = mail_of(alert, "N\xC3\xA4me \"x\" <a@b.c>, plain \"y\" <d@e.f>");
  while (!rest.empty()) {
    const std::size_t end = rest.find("\r\n");
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end, 78u);
    for (const char c : rest.substr(0, end)) ASSERT_TRUE(c >= 0x20 && c < 0x7F);
    rest.erase(0, end + 2);
  }
}

TEST(Mail, TheMessageIdIsTheSameWhenItIsSentAgain) {
  const auto id_of = [](const std::string& mail) { return mail.substr(mail.find("Message-ID"), 60); };
  Alert other = example();
  other.id = "8";
  EXPECT_EQ(id_of(mail_of(example())), id_of(mail_of(example())));
  EXPECT_NE(id_of(mail_of(example())), id_of(mail_of(other)));
}

TEST(Mail, AddressesThatCouldEndACommandAreRefused) {
  for (const char* text :
       {"", ",", "a", "@b", "a@", "a@b\r\nRCPT TO:<c@d>", "<a@b> x", "a b@c", "a@b>c@d", "x\n <a@b>", "\xC3\xA4@b.c"}) {
    EXPECT_FALSE(read_mailboxes(text)) << text;
  }
  const auto read = read_mailboxes("a@b.c , \"x\" <d+e@f.g>");
  ASSERT_TRUE(read);
  EXPECT_EQ((*read)[0].address, "a@b.c");
  EXPECT_EQ((*read)[1].address, "d+e@f.g");
}

TEST(ReasonOfAReceiver, ASecretIsNeverShown) {
  Secrets secrets;
  secrets.add("https://hooks.example.com/services/T0AAAA/B0BBBB/cccc");
  secrets.add("0123456789abcdef");
  EXPECT_EQ(secrets.shown("invalid_payload\nmore"), "invalid_payload");
  EXPECT_EQ(secrets.shown("no service at /services/x"), "");
  EXPECT_EQ(secrets.shown("unknown token cccc"), "");
  EXPECT_EQ(secrets.shown("key 0123456789abcdef is wrong"), "");
  EXPECT_EQ(secrets.shown("<html>"), "");
  EXPECT_EQ(secrets.shown(std::string(95, 'x') + " 0123456789abcdef"), "");
}

TEST(ChannelSettings, WhatCannotWorkIsRefusedWithoutShowingIt) {
  const auto problem = [](auto kind) {
    const auto made = make_channel(ChannelConfig{.name = "c", .kind = std::move(kind)}, system_clock());
    return made ? std::string() : made.error().message;
  };
  EXPECT_EQ(problem(SlackChannel{.url = "ftp://secret"}), "the URL begins with neither `https://` nor `http://`");
  EXPECT_EQ(problem(WebhookChannel{.url = "http://x/\r\nsecret"}), "the URL has a space or a control character in it");
  EXPECT_EQ(problem(WebhookChannel{.url = "http://x", .headers = {{"A", "b\r\nC: d"}}}),
            "the header `A` has a control character in its value");
  EXPECT_EQ(problem(WebhookChannel{.url = "http://x", .headers = {{"A:", "b"}}}),
            "a header's name has a wrong character");
  EXPECT_THAT(problem(EmailChannel{.to = "a@b", .from = "c@d", .server = "http://x"}), HasSubstr("`smtp` is neither"));
  EXPECT_EQ(problem(EmailChannel{.to = "a@b", .from = "c@d", .server = "mail.example.com:25"}), "");
}

TEST(ChannelSettings, AnEmptyAddressSwitchesAChannelOff) {
  EXPECT_TRUE(switched_off({.name = "c", .kind = SlackChannel{}}));
  EXPECT_TRUE(switched_off({.name = "c", .kind = PagerDutyChannel{}}));
  EXPECT_TRUE(switched_off({.name = "c", .kind = EmailChannel{.to = "a@b"}}));
  EXPECT_FALSE(switched_off({.name = "c", .kind = StdoutChannel{}}));
}

}    // namespace
}    // namespace cepheid::alerts
