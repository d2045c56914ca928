#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/syntax/tree_printer.hpp"

namespace cepheid::patterns {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(TestStatement, HoldsRowsOfJson) {
  const Parsed parsed(R"(test "a quick one" {
        given payments: {"user": "u\"1", "n": -1.5e-3, "at": [1, {"x": null}, []]},    # twice
                        {}
        given no: {"a": true}
        expect risk: {"level": "critical",    # so it is
                      "n": "${CEP_WORD}"}
        expect no alerts
    }
    sink o from a to stdout)");
  ASSERT_THAT(parsed.mistakes(), IsEmpty());
  ASSERT_THAT(parsed.file.statements, SizeIs(2));
  const auto& test = parsed.statement<syntax::Test>();
  EXPECT_EQ(test.title.text, "a quick one");
  ASSERT_THAT(test.given, SizeIs(2));
  ASSERT_THAT(test.given[0].rows, SizeIs(2));
  EXPECT_EQ(test.given[0].rows[0].json, R"({"user":"u\"1","n":-1.5e-3,"at":[1,{"x":null},[]]})");
  ASSERT_THAT(test.given[0].rows[0].members, SizeIs(3));
  EXPECT_EQ(test.given[0].rows[0].members[2].text, "at");
  EXPECT_EQ(test.given[0].rows[1].json, "{}");
  EXPECT_EQ(test.given[1].name.text, "no");
  ASSERT_THAT(test.expect, SizeIs(2));
  EXPECT_EQ(test.expect[0].rows.at(0).json, R"({"level":"critical","n":"${CEP_WORD}"})");
  EXPECT_EQ(test.expect[1].name.text, "alerts");
  EXPECT_THAT(test.expect[1].rows, IsEmpty());
}

TEST(TestStatement, MistakesStayInTheirClauses) {
  const Parsed parsed(R"(test "x" {
        given a {"x": 1}
        given b: {x: 1}
        given c: {"x": 'one'}
        given d: {"x": 1_000}
        given e: [1]
        given f: {"x": 1,}
        given g: {"x": 10m}
        expect i: {"x" 1}
        given j: {"x": 01}
        given k: {"y": 1}
        expct h: {}
    })");
  EXPECT_THAT(parsed.mistakes_with_hints(),
              ElementsAre("2:17 syntax: expected `:`, found `{`", "3:19 syntax: expected a field in `\"…\"`, found `x`",
                          "4:24 syntax: expected a value of JSON, found a string",
                          "5:24 syntax: expected a value of JSON, found `1_000`",
                          "6:18 syntax: expected a row: `{\"field\": value, …}`, found `[`",
                          "7:26 syntax: expected a field in `\"…\"`, found `}`",
                          "8:24 syntax: expected a value of JSON, found `10m`", "9:24 syntax: expected `:`, found `1`",
                          "10:24 syntax: expected a value of JSON, found `01`",
                          "12:9 syntax: unexpected `expct` | did you mean `expect`?"));
  EXPECT_THAT(parsed.statement<syntax::Test>().given, SizeIs(1));
}

}    // namespace
}    // namespace cepheid::patterns
