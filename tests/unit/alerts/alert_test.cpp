#include "alerts/alert.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alerts/text/time_text.hpp"
#include "alerts/text/utf8.hpp"

namespace cepheid::alerts {
namespace {

Alert example() {
  Alert alert;
  alert.name = "fraud";
  alert.severity = "critical";
  alert.title = "t \"1\"\n";
  alert.body = "b";
  alert.time = -5;
  alert.dedupe_values = {"u1", ""};
  alert.group_values = {"g"};
  alert.row = R"({"row":"row","a":100.00,"big":123456789012345678901234567890,"t":"\"row\":"})";
  alert.values = {{"row", "row"}, {"row\":", "}"}};
  alert.incident = "i";
  return alert;
}

TEST(AlertJson, WhatIsWrittenIsReadAgainAndTheRowIsLeftAsItIs) {
  Alert alert = example();
  complete(alert);
  std::string json;
  append_json(json, alert);
  const Result<Alert> read = read_alert(json);
  ASSERT_TRUE(read) << json;
  EXPECT_EQ(read->id, alert.id);
  EXPECT_EQ(read->title, alert.title);
  EXPECT_EQ(read->time, -5);
  EXPECT_EQ(read->dedupe_values, alert.dedupe_values);
  EXPECT_EQ(read->group_values, alert.group_values);
  EXPECT_EQ(read->values, alert.values);
  EXPECT_EQ(read->row, example().row);
  std::string again;
  append_json(again, *read);
  EXPECT_EQ(again, json);
}

TEST(AlertJson, ATextThatIsNoAlertIsRefused) {
  EXPECT_FALSE(read_alert(""));
  EXPECT_FALSE(read_alert("[]"));
  EXPECT_FALSE(read_alert(R"({"id":"x"})"));
  EXPECT_FALSE(read_alert(R"({"id":"x","alert":"y")"));
}

TEST(CompleteAlert, TheIdIsTheSameOnReplayAndAnotherForAnotherRow) {
  Alert first = example();
  Alert again = example();
  Alert other = example();
  other.row = "{}";
  Alert resolved = example();
  resolved.resolve = true;
  for (Alert* alert : {&first, &again, &other, &resolved}) complete(*alert);
  EXPECT_EQ(first.id.size(), 32u);
  EXPECT_EQ(first.id, again.id);
  EXPECT_NE(first.id, other.id);
  EXPECT_NE(first.id, resolved.id);
}

TEST(CompleteAlert, ARowThatIsNoJsonBecomesAStringAndLineEndsGo) {
  Alert alert;
  alert.row = "no {\"json\"\xFF";
  complete(alert);
  EXPECT_EQ(alert.row, "\"no {\\\"json\\\"\xEF\xBF\xBD\"");
  alert.row = "{\n\"a\": 1}";
  complete(alert);
  EXPECT_EQ(alert.row, "{ \"a\": 1}");
}

TEST(Messages, AGroupSaysHowManyThereAreAndTakesTheMostUrgentSeverity) {
  Alert low = example();
  low.id = "1";
  low.severity = "warning";
  Alert high = example();
  high.id = "2";
  high.title.clear();
  const Message message = make_message({low, high});
  EXPECT_EQ(title_of(message), "2 alerts: t \"1\"\n");
  EXPECT_EQ(body_of(message), "t \"1\"\n\nfraud (critical)");
  EXPECT_EQ(severity_of(message), "critical");
  EXPECT_NE(message.id, make_message({high, low}).id);
}

TEST(Utf8, InvalidBytesAreReplacedOneByOneAndValidTextIsLeftAlone) {
  std::string text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z";
  const std::string valid = text;
  repair_utf8(text);
  EXPECT_EQ(text, valid);
  std::string wrong = "\xC0\x80|\xED\xA0\x80|\xF5|\xE2\x82";
  repair_utf8(wrong);
  const std::string r = "\xEF\xBF\xBD";
  EXPECT_EQ(wrong, r + r + "|" + r + r + r + "|" + r + "|" + r + r);
}

TEST(Utf8, NoCharacterIsCut) {
  EXPECT_EQ(cut_utf8("a\xE2\x82\xAC", 3), "a");
  EXPECT_EQ(cut_utf8("a\xE2\x82\xAC", 4), "a\xE2\x82\xAC");
  EXPECT_EQ(shortened("0123456789", 10), "0123456789");
  EXPECT_EQ(shortened("0123456789", 9), "012345\xE2\x80\xA6");
}

TEST(TimeText, TimesAreWrittenInUtc) {
  EXPECT_EQ(iso_8601(1'714'555'800'250), "2024-05-01T09:30:00.250Z");
  EXPECT_EQ(iso_8601(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(iso_8601(kEndOfTime), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(mail_date(1'714'555'800'250), "Wed, 01 May 2024 09:30:00 +0000");
  EXPECT_EQ(duration_text(90'000), "90s");
  EXPECT_EQ(duration_text(7'200'000), "2h");
  EXPECT_EQ(duration_text(1'500), "1500ms");
}

}    // namespace
}    // namespace cepheid::alerts
