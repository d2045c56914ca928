#include "alerts/rules/silence.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cepheid::alerts {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::StartsWith;

constexpr TimeMs kNoon = 1'714'564'800'000;    // 2024-05-01T12:00:00Z

std::string problem_of(std::string_view json) {
  const Result<Silence> silence = read_silence(json);
  return silence ? "none" : silence.error().message;
}

TEST(SilenceText, IsReadAsItIsWritten) {
  const Silence written{
      .id = "move", .matchers = {{"alert", "a"}, {"user", "\"u\"\n"}}, .until = kNoon + 1'001, .comment = "häh?"};
  EXPECT_EQ(silence_text(written),
            R"({"id":"move","matchers":{"alert":"a","user":"\"u\"\n"},"until":"2024-05-01T12:00:01.001Z",)"
            R"("comment":"häh?"})");
  const Result<Silence> read = read_silence(silence_text(written));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->id, written.id);
  EXPECT_EQ(read->matchers, written.matchers);
  EXPECT_EQ(read->until, written.until);
  EXPECT_EQ(read->comment, written.comment);
}

TEST(SilenceText, OfEveryMillisecondIsReadAsItIsWritten) {
  for (TimeMs until = kNoon; until < kNoon + 1'000; ++until) {
    ASSERT_EQ(read_silence(silence_text({.until = until}))->until, until);
  }
}

TEST(SilenceText, AListIsReadAsItIsWritten) {
  EXPECT_EQ(silences_text({}), "[\n]\n");
  const std::vector<Silence> written = {{.id = "a", .until = 1}, {.id = "b", .until = 2}};
  const Result<std::vector<Silence>> read = read_silences(silences_text(written));
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ(read->back().id, "b");
  EXPECT_EQ(read_silences("[\n]\n")->size(), 0u);
}

TEST(SilenceText, TheEndIsATimeOrMilliseconds) {
  for (const char* json : {R"({"until": 1714564800000})", R"({"until": "2024-05-01T12:00:00Z"})",
                           R"({"until": "2024-05-01T12:00:00.000Z"})", R"({"until": "2024-05-01T14:00:00+02:00"})"}) {
    const Result<Silence> silence = read_silence(json);
    ASSERT_TRUE(silence) << json;
    EXPECT_EQ(silence->until, kNoon) << json;
  }
}

TEST(SilenceText, WithoutIdOneIsMadeOfMatchersAndEnd) {
  const auto id = [](std::string_view json) { return read_silence(json)->id; };
  const std::string one = id(R"({"matchers": {"user": "u"}, "until": 1})");
  EXPECT_NE(one, "");
  EXPECT_EQ(id(R"({"until": 1, "comment": "x", "id": "", "matchers": {"user": "u"}})"), one);
  EXPECT_NE(id(R"({"matchers": {"user": "v"}, "until": 1})"), one);
  EXPECT_NE(id(R"({"matchers": {"user": "u"}, "until": 2})"), one);
}

TEST(SilenceText, ATextMayHoldAZero) {
  const Result<Silence> silence = read_silence(R"({"matchers": {"a\u0000b": "c\u0000d"}, "until": 1})");
  ASSERT_TRUE(silence);
  EXPECT_THAT(silence->matchers, ElementsAre(Pair(std::string("a\0b", 3), std::string("c\0d", 3))));
}

TEST(SilenceText, WhatIsNoneIsToldWithItsReason) {
  EXPECT_EQ(problem_of(""), "no JSON in UTF-8");
  EXPECT_EQ(problem_of(R"({"until": 1)"), "no JSON in UTF-8");
  EXPECT_EQ(problem_of(R"({"until": 1} x)"), "no JSON in UTF-8");
  EXPECT_EQ(problem_of("{\"until\": 1, \"comment\": \"\xff\"}"), "no JSON in UTF-8");
  EXPECT_EQ(problem_of("[]"), "no object");
  EXPECT_EQ(problem_of("{}"), "without `until`");
  EXPECT_EQ(problem_of(R"({"until": 1, "until": 2})"), "its end is told twice");
  EXPECT_EQ(problem_of(R"({"until": 1, "matchers": {"a": 1}})"), "a value in `matchers` is no string");
  EXPECT_EQ(problem_of(R"({"until": 1, "matchers": []})"), "`matchers` is not known, or has a wrong type");
  EXPECT_EQ(problem_of(R"({"until": 1, "matcher": {}})"), "`matcher` is not known, or has a wrong type");
  EXPECT_EQ(problem_of(R"({"until": 1, "id": 1})"), "`id` is not known, or has a wrong type");
  EXPECT_EQ(problem_of(R"({"until": 1, "for": "2h"})"), "`for` is not known, or has a wrong type");
  for (const char* until : {"1.5", "true", "null", "\"\"", "\"tomorrow\"", "\"2024-05-01T25:00:00Z\"",
                            "\"2024-05-01T-5:00:00Z\"", "\"2024-02-30T00:00:00Z\"", "\"2024-05-01T12:00:nanZ\""}) {
    EXPECT_THAT(problem_of(std::string(R"({"until": )") + until + "}"), StartsWith("`until` is neither")) << until;
  }
}

TEST(SilenceText, OfAListTheErrorSaysWhichOne) {
  const Result<std::vector<Silence>> read = read_silences(R"([{"until": 1}, {"comment": "x"}])");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, "silence 2: without `until`");
  EXPECT_FALSE(read_silences(R"({"until": 1})"));
}

TEST(SilenceText, NestingAsDeepAsTheTextIsLongDoesNoHarm) {
  const std::string deep(1'000'000, '[');
  EXPECT_EQ(problem_of(deep), "no JSON in UTF-8");
  EXPECT_EQ(problem_of(deep + std::string(deep.size(), ']')), "no object");
  EXPECT_FALSE(read_silences(deep + std::string(deep.size(), ']')));
}

TEST(SilenceText, ADurationIsReadWhereItIsAllowed) {
  const UntilAfter until_after = [](std::string_view duration) -> std::optional<TimeMs> {
    return duration == "2h" ? std::optional(kNoon) : std::nullopt;
  };
  EXPECT_EQ(read_silence(R"({"for": "2h"})", until_after)->until, kNoon);
  EXPECT_EQ(read_silence(R"({"until": 1})", until_after)->until, 1);
  for (const char* json : {R"({"for": "2"})", R"({"for": 2})", R"({"for": "2h", "until": 1})"}) {
    EXPECT_FALSE(read_silence(json, until_after)) << json;
  }
  EXPECT_THAT(read_silence("{}", until_after).error().message, HasSubstr("`until`"));
}

}    // namespace
}    // namespace cepheid::alerts
