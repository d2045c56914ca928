#include "runtime/testing/row_matching.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cepheid::runtime {
namespace {

using testing::ElementsAre;
using Found = std::optional<std::size_t>;

TEST(RowMatching, ARowMayHaveMoreThanIsWanted) {
  EXPECT_THAT(match_rows({R"({"a": 1})"}, {R"({"a":2,"b":1})", R"({"b":7,"a":1})"}), ElementsAre(Found(1)));
  EXPECT_THAT(match_rows({R"({"a": {"b": 1}})"}, {R"({"a":{"b":1,"c":2}})"}), ElementsAre(Found(0)));
  EXPECT_THAT(match_rows({R"({"a": 1})"}, {R"({"b":1})"}), ElementsAre(std::nullopt));
}

TEST(RowMatching, NumbersAreComparedAsNumbersAndNothingElse) {
  EXPECT_THAT(match_rows({R"({"a": 5})"}, {R"({"a":5.0})"}), ElementsAre(Found(0)));
  EXPECT_THAT(match_rows({R"({"a": 5})"}, {R"({"a":"5"})"}), ElementsAre(std::nullopt));
  EXPECT_THAT(match_rows({R"({"a": 9007199254740993})"}, {R"({"a":9007199254740992})"}), ElementsAre(std::nullopt));
  EXPECT_THAT(match_rows({R"({"a": null})"}, {R"({"a":null})"}), ElementsAre(Found(0)));
}

TEST(RowMatching, ListsAreInOrderAndOfOneLength) {
  EXPECT_THAT(match_rows({R"({"a": [1, {"b": 2}]})"}, {R"({"a":[1,{"b":2,"c":3}]})"}), ElementsAre(Found(0)));
  EXPECT_THAT(match_rows({R"({"a": [1]})"}, {R"({"a":[1,2]})"}), ElementsAre(std::nullopt));
  EXPECT_THAT(match_rows({R"({"a": [1, 2]})"}, {R"({"a":[2,1]})"}), ElementsAre(std::nullopt));
}

TEST(RowMatching, EachRowIsFoundOnceAndAsManyAsPossibleFindOne) {
  // The first wish fits both rows, the second only the first row.
  EXPECT_THAT(match_rows({R"({"a": 1})", R"({"a": 1, "b": 1})"}, {R"({"a":1,"b":1})", R"({"a":1,"b":2})"}),
              ElementsAre(Found(1), Found(0)));
  EXPECT_THAT(match_rows({R"({"a": 1})", R"({"a": 1})"}, {R"({"a":1})"}), ElementsAre(Found(0), std::nullopt));
}

}    // namespace
}    // namespace cepheid::runtime
