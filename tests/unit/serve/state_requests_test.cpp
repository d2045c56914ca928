#include "runtime/serve/state_requests.hpp"

#include <string>

#include <gtest/gtest.h>

#include "tests/unit/state/fake_state.hpp"

namespace cepheid::runtime {
namespace {

class StateRequestsTest : public testing::Test {
 protected:
  StateRequestsTest() {
    for (std::int64_t i = 1; i <= 3; ++i) state_.add({"a", i, {0.5}});
  }
  HttpResponse get(std::string_view query, std::string accept = "", std::string_view name = "amounts") {
    return answer_state(reader_, name,
                        {.method = "GET", .path = "", .query = parse_query(query), .accept = std::move(accept)});
  }
  static std::string next_of(const HttpResponse& response) {
    return response.headers.empty() ? "" : response.headers.front().second;
  }

  FakeState state_;
  PassGate gate_;
  StateReader reader_{{&state_}, gate_};
};

const std::string kFirst = R"({"key":{"place":"a","number":1},"value":{"amount":0.5}})";
const std::string kSecond = R"({"key":{"place":"a","number":2},"value":{"amount":0.5}})";
const std::string kThird = R"({"key":{"place":"a","number":3},"value":{"amount":0.5}})";

TEST_F(StateRequestsTest, LinesOrAListAsTheClientWants) {
  EXPECT_EQ(get("place=a").body, kFirst + "\n" + kSecond + "\n" + kThird + "\n");
  EXPECT_EQ(get("place=a", "*/*").content_type, "application/x-ndjson");
  const HttpResponse list = get("place=a", "application/json");
  EXPECT_EQ(list.body, "[" + kFirst + "," + kSecond + "," + kThird + "]\n");
  EXPECT_EQ(list.content_type, "application/json");
  EXPECT_EQ(get("place=b", "application/json").body, "[]\n");
  EXPECT_EQ(get("place=b").body, "");
  EXPECT_EQ(get("place=b").status, 200);
}

TEST_F(StateRequestsTest, PagesAreFollowedByTheHeader) {
  const HttpResponse first = get("limit=2");
  EXPECT_EQ(first.body, kFirst + "\n" + kSecond + "\n");
  ASSERT_EQ(first.headers.size(), 1u);
  EXPECT_EQ(first.headers.front().first, kNextHeader);
  const HttpResponse second = get("limit=2&after=" + next_of(first));
  EXPECT_EQ(second.body, kThird + "\n");
  EXPECT_EQ(next_of(second), "");
}

TEST_F(StateRequestsTest, AFieldMayBeNamedWithItsPrefix) {
  EXPECT_EQ(get("key.place=a&key.number=3").body, kThird + "\n");
}

TEST_F(StateRequestsTest, MistakesAreToldWithTheirStatus) {
  EXPECT_EQ(get("", "", "amount").status, 404);
  EXPECT_EQ(get("amount=1").status, 400);
  EXPECT_EQ(get("place=a&number=x").status, 400);
  for (const char* query :
       {"limit=0", "limit=10001", "limit=-1", "limit=x", "limit=", "limit", "after=0", "after=zz"}) {
    EXPECT_EQ(get(query).status, 400) << query;
  }
  EXPECT_EQ(get("number=1").body,
            "{\"error\":\"`number` can be asked for only with `place`, which comes before it in the key\"}\n");
}

TEST_F(StateRequestsTest, StatesAreListedWithTheirKeys) {
  EXPECT_EQ(list_states(reader_).body,
            R"([{"name":"amounts","key":[{"field":"place","type":"string"},{"field":"number","type":"int"}],"keys":3}])"
            "\n");
}

}    // namespace
}    // namespace cepheid::runtime
