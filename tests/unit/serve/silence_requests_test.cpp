#include "runtime/serve/silence_requests.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/alerts/fakes.hpp"

namespace cepheid::runtime {
namespace {

using alerts::AlertDispatcher;
using testing::HasSubstr;
using testing::Not;

// The clock stands at 2023-11-14T22:13:20Z.
class SilenceRequestsTest : public testing::Test {
 protected:
  SilenceRequestsTest() {
    Result<std::unique_ptr<AlertDispatcher>> opened =
        AlertDispatcher::open({.folder = folder_.path()}, {.clock = clock_, .log = {}});
    dispatcher_ = *std::move(opened);
  }
  HttpResponse ask(std::string method, std::string_view id = "") {
    return answer_silences(*dispatcher_, id, {.method = std::move(method), .path = ""});
  }
  HttpResponse post(std::string body, std::string type = "application/json") {
    return answer_silences(*dispatcher_, "",
                           {.method = "POST",
                            .path = "",
                            .query = {},
                            .accept = "",
                            .content_type = std::move(type),
                            .body = std::move(body)});
  }

  alerts::TestFolder folder_;
  std::shared_ptr<alerts::JumpingClock> clock_ = std::make_shared<alerts::JumpingClock>();
  std::unique_ptr<AlertDispatcher> dispatcher_;
};

const std::string kMove = R"({"id":"move","matchers":{"user":"u"},"until":"2030-01-01T00:00:00.000Z","comment":"x"})";

TEST_F(SilenceRequestsTest, WhatIsAddedIsAnsweredListedStoredAndEnded) {
  EXPECT_EQ(ask("GET").body, "[\n]\n");
  const HttpResponse added = post(kMove);
  EXPECT_EQ(added.status, 201);
  EXPECT_EQ(added.body, kMove + "\n");
  ASSERT_EQ(added.headers.size(), 1u);
  EXPECT_EQ(added.headers.front(), std::pair(std::string("Location"), std::string("/silences/move")));
  EXPECT_EQ(ask("GET").body, "[\n " + kMove + "\n]\n");
  EXPECT_EQ(ask("HEAD").body, ask("GET").body);
  EXPECT_EQ(ask("GET", "move").body, kMove + "\n");
  EXPECT_EQ(folder_.text_of("silences.json"), ask("GET").body);
  EXPECT_EQ(ask("DELETE", "move").status, 204);
  EXPECT_EQ(ask("DELETE", "move").status, 404);
  EXPECT_EQ(ask("GET", "move").status, 404);
  EXPECT_EQ(folder_.text_of("silences.json"), "[\n]\n");
}

TEST_F(SilenceRequestsTest, OneWithTheSameIdIsReplaced) {
  post(kMove);
  EXPECT_EQ(post(R"({"id": "move", "until": "2031-01-01T00:00:00Z"})").status, 201);
  EXPECT_THAT(ask("GET").body, HasSubstr("2031"));
  EXPECT_THAT(ask("GET").body, Not(HasSubstr("2030")));
}

TEST_F(SilenceRequestsTest, WithoutIdOneIsMade) {
  const HttpResponse first = post(R"({"for": "2h"})");
  ASSERT_EQ(first.headers.size(), 1u);
  EXPECT_EQ(ask("GET", first.headers.front().second.substr(std::string("/silences/").size())).body, first.body);
  EXPECT_EQ(post(R"({"for": "2h", "comment": "again"})").headers, first.headers);
}

TEST_F(SilenceRequestsTest, ADurationCountsFromNow) {
  EXPECT_THAT(post(R"({"for": "1h30m"})").body, HasSubstr(R"("until":"2023-11-14T23:43:20.000Z")"));
  EXPECT_THAT(post(R"({"for": "100000000000d"})").body, HasSubstr(R"("until":"9999-12-31T23:59:59.999Z")"));
  for (const char* duration : {"", "2", "h", "2 h", "-2h", "0s", "99999999999999999999d"}) {
    EXPECT_EQ(post(std::string(R"({"for": ")") + duration + "\"}").status, 400) << duration;
  }
}

TEST_F(SilenceRequestsTest, WhatIsOverIsNotThereAnyMore) {
  post(R"({"id": "short", "for": "1m"})");
  clock_->pass(59'999);
  EXPECT_EQ(ask("GET", "short").status, 200);
  clock_->pass(1);
  EXPECT_EQ(ask("GET", "short").status, 404);
  EXPECT_EQ(ask("GET").body, "[\n]\n");
}

TEST_F(SilenceRequestsTest, OneOfTheFileWithoutIdCanBeEnded) {
  folder_.write("silences.json", R"([{"until": "2030-01-01T00:00:00Z"}])");
  clock_->pass(1'000);
  dispatcher_->tick(0);
  const std::string id = dispatcher_->silences().front().id;
  EXPECT_EQ(ask("GET", id).status, 200);
  EXPECT_EQ(ask("DELETE", id).status, 204);
  EXPECT_EQ(ask("GET").body, "[\n]\n");
}

TEST_F(SilenceRequestsTest, MistakesAreTold) {
  EXPECT_EQ(post("{").status, 400);
  EXPECT_EQ(post("").status, 400);
  EXPECT_EQ(post("[" + kMove + "]").status, 400);
  EXPECT_EQ(post(R"({"matchers": {}})").body, "{\"error\":\"without `until`\"}\n");
  EXPECT_EQ(post(R"({"until": 1700000000000})").body, "{\"error\":\"its end lies in the past\"}\n");
  EXPECT_EQ(post(R"({"until": 1700000000001})").status, 201);
  for (const char* id : {"a/b", "a b", ".", "..", "ä", "%41", "a?b", "a\\nb", "a\\u0000"}) {
    EXPECT_EQ(post(std::string(R"({"for": "1h", "id": ")") + id + "\"}").status, 400) << id;
  }
  EXPECT_EQ(post(R"({"for": "1h", "id": ")" + std::string(100, 'a') + "\"}").status, 201);
  EXPECT_EQ(post(R"({"for": "1h", "id": ")" + std::string(101, 'a') + "\"}").status, 400);
}

TEST_F(SilenceRequestsTest, OnlyJsonIsTaken) {
  for (const char* type : {"application/json", "application/json; charset=utf-8", "Application/JSON;x=y"}) {
    EXPECT_EQ(post(kMove, type).status, 201) << type;
  }
  for (const char* type : {"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                           "application/jsonp", "application/jso", "text/plain; application/json"}) {
    EXPECT_EQ(post(kMove, type).status, 415) << type;
  }
}

TEST_F(SilenceRequestsTest, AFileThatIsNotUnderstoodIsNotWrittenOver) {
  folder_.write("silences.json", "[{");
  EXPECT_EQ(post(kMove).status, 500);
  EXPECT_THAT(post(kMove).body, HasSubstr("is not understood"));
  EXPECT_EQ(ask("DELETE", "move").status, 500);
  EXPECT_EQ(folder_.text_of("silences.json"), "[{");
}

TEST_F(SilenceRequestsTest, AFileThatCannotBeWrittenIsToldAndNothingIsSilenced) {
  std::filesystem::create_directory(folder_.path() / "silences.json.new");    // in the way of writing, for root too
  EXPECT_EQ(post(kMove).status, 500);
  EXPECT_THAT(post(kMove).body, HasSubstr("cannot write"));
  EXPECT_EQ(ask("GET").body, "[\n]\n");
}

TEST(SilenceMethods, AreThoseOfTheListAndOfOne) {
  EXPECT_THAT(silence_methods(""), testing::ElementsAre("GET", "HEAD", "POST"));
  EXPECT_THAT(silence_methods("move"), testing::ElementsAre("GET", "HEAD", "DELETE"));
}

}    // namespace
}    // namespace cepheid::runtime
