#include "conformance/compare_matches.hpp"

#include <string>

#include <gtest/gtest.h>

namespace cepheid::conformance {
namespace {

JsonTree json(const std::string& text) {
  return parse_json(text).value_or(JsonTree());
}

/// A printed match of one step `a` that took the event 7.
std::string printed(const std::string& times, const std::string& more = {}) {
  return "{\"pattern\":\"p\",\"key\":[\"k\"]," + times + ",\"match\":{\"a\":[{\"id\":7,\"ts\":70}]}" + more + "}\n";
}
const std::string kGood = "\"start\":70,\"end\":70";

TEST(CompareMatches, TheSameMatchesHaveNoDifference) {
  const JsonTree one = json("[{\"pattern\":\"p\",\"match\":{\"a\":[7]}}]");
  EXPECT_EQ(difference(one, printed(kGood)), "");
  EXPECT_EQ(difference(json("[]"), ""), "");
}

TEST(CompareMatches, TellsWhatIsMissingTooMuchOrOfAnotherTime) {
  const JsonTree one = json("[{\"pattern\":\"p\",\"match\":{\"a\":[7]}}]");
  EXPECT_NE(difference(one, ""), "");
  EXPECT_NE(difference(json("[]"), printed(kGood)), "");
  EXPECT_NE(difference(one, printed(kGood) + printed(kGood)), "");
  EXPECT_NE(difference(one, printed("\"start\":70,\"end\":71")), "");
  EXPECT_NE(difference(one, printed(kGood, ",\"timeout\":true")), "");
  EXPECT_NE(difference(one, "no JSON\n"), "");
  EXPECT_NE(difference(json("[{\"pattern\":\"p\",\"key\":[\"other\"],\"match\":{\"a\":[7]}}]"), printed(kGood)), "");
}

TEST(CompareMatches, EmittedNumbersHaveToleranceOnlyIfDouble) {
  const auto emits = [](const std::string& wanted, const std::string& have) {
    return difference(json("[{\"pattern\":\"p\",\"match\":{\"a\":[7]},\"emit\":{\"x\":" + wanted + "}}]"),
                      printed(kGood, ",\"emit\":{\"x\":" + have + "}"))
        .empty();
  };
  EXPECT_TRUE(emits("0.1", "0.10000000000001"));
  EXPECT_TRUE(emits("2.0", "2"));
  EXPECT_FALSE(emits("0.1", "0.1001"));
  EXPECT_FALSE(emits("2", "2.0"));
  EXPECT_FALSE(emits("2", "\"2\""));
  EXPECT_TRUE(emits("{\"decimal\":\"1.50\"}", "1.5"));
  EXPECT_FALSE(emits("{\"decimal\":\"1.50\"}", "1.51"));
  EXPECT_FALSE(emits("null", "0"));
}

}    // namespace
}    // namespace cepheid::conformance
