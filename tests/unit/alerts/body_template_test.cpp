#include "alerts/channels/body_template.hpp"

#include <gtest/gtest.h>

namespace cepheid::alerts {
namespace {

Message message() {
  Alert alert;
  alert.id = "7";
  alert.name = "fraud";
  alert.severity = "critical";
  alert.title = "say \"hi\"\n";
  alert.time = 1'714'555'800'250;
  alert.row = R"({"amount":100.00})";
  alert.values = {{"user", "u\\1"}};
  return make_message({alert});
}

std::string rendered(std::string_view text) {
  const Result<BodyTemplate> parsed = BodyTemplate::parse(text);
  return parsed ? parsed->render(message()) : "error: " + parsed.error().message;
}

TEST(BodyTemplate, WithinAStringTextsAreEscaped) {
  EXPECT_EQ(rendered(R"({"a": "x ${title} y ${values.user}"})"), R"({"a": "x say \"hi\"\n y u\\1"})");
  EXPECT_EQ(rendered(R"({"a": "${row}", "b": "${count}"})"), R"({"a": "{\"amount\":100.00}", "b": "1"})");
}

TEST(BodyTemplate, OutsideOfAStringValuesAreJson) {
  EXPECT_EQ(
      rendered("[${title},${row},${time},${time_iso},${values},${values.user},${values.none}]"),
      R"(["say \"hi\"\n",{"amount":100.00},1714555800250,"2024-05-01T09:30:00.250Z",{"user":"u\\1"},"u\\1",null])");
}

TEST(BodyTemplate, AQuoteThatIsEscapedEndsNoString) {
  EXPECT_EQ(rendered(R"({"a": "\"${severity}\"", "b\\": ${severity}})"), R"({"a": "\"critical\"", "b\\": "critical"})");
}

TEST(BodyTemplate, AValueThatIsMissingIsNothingWithinAString) {
  EXPECT_EQ(rendered(R"(["${values.none}"])"), R"([""])");
}

TEST(BodyTemplate, TwoDollarsAreOne) {
  EXPECT_EQ(rendered(R"(["$${title} $5"])"), R"(["${title} $5"])");
}

TEST(BodyTemplate, WhatCannotBeIsRefused) {
  EXPECT_EQ(rendered("{\"a\": ${titel}}"), "error: `${titel}` in the body is not known");
  EXPECT_EQ(rendered("{\"a\": ${title"), "error: `${` without `}` in the body");
  EXPECT_EQ(rendered("{\"a\": ${title}"), "error: the body is no JSON");
  EXPECT_EQ(rendered("text"), "error: the body is no JSON");
}

}    // namespace
}    // namespace cepheid::alerts
