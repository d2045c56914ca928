#include "alerts/rules/deduplication.hpp"

#include <gtest/gtest.h>

namespace cepheid::alerts {
namespace {

using Values = std::vector<std::string>;

TEST(Deduplication, ARowIsHeldBackWhileItsTimeIsLessThanTheLastRaisedOneAndTheDuration) {
  Deduplication dedupe(100);
  EXPECT_FALSE(dedupe.held_back(Values{"u"}, 1000));
  EXPECT_TRUE(dedupe.held_back(Values{"u"}, 1099));
  EXPECT_FALSE(dedupe.held_back(Values{"u"}, 1100));
}

TEST(Deduplication, ARowThatIsHeldBackDoesNotMoveTheTimeOn) {
  Deduplication dedupe(100);
  EXPECT_FALSE(dedupe.held_back(Values{"u"}, 1000));
  EXPECT_TRUE(dedupe.held_back(Values{"u"}, 1090));
  EXPECT_FALSE(dedupe.held_back(Values{"u"}, 1150));
}

TEST(Deduplication, ALateRowIsHeldBackHoweverLateItIs) {
  Deduplication dedupe(100);
  EXPECT_FALSE(dedupe.held_back(Values{"u"}, 1000));
  EXPECT_TRUE(dedupe.held_back(Values{"u"}, -5000));
}

TEST(Deduplication, EachListOfValuesIsByItself) {
  Deduplication dedupe(100);
  EXPECT_FALSE(dedupe.held_back(Values{"ab", "c"}, 0));
  EXPECT_FALSE(dedupe.held_back(Values{"a", "bc"}, 0));
  EXPECT_FALSE(dedupe.held_back(Values{"abc"}, 0));
  EXPECT_FALSE(dedupe.held_back(Values{"abc", ""}, 0));
  EXPECT_FALSE(dedupe.held_back(Values{}, 0));
  EXPECT_TRUE(dedupe.held_back(Values{}, 0));
}

TEST(Deduplication, LongValuesThatDifferAreTwo) {
  Deduplication dedupe(100);
  const std::string text(10'000, 'x');
  EXPECT_FALSE(dedupe.held_back(Values{text + "a"}, 0));
  EXPECT_FALSE(dedupe.held_back(Values{text + "b"}, 0));
  EXPECT_TRUE(dedupe.held_back(Values{text + "a"}, 0));
}

TEST(Deduplication, BeyondTheMostListsTheOldestAreForgotten) {
  Deduplication dedupe(1'000'000, 16);
  for (int user = 0; user < 1000; ++user) {
    EXPECT_FALSE(dedupe.held_back(Values{std::to_string(user)}, user));
    EXPECT_LE(dedupe.size(), 16u);
  }
  EXPECT_TRUE(dedupe.held_back(Values{"999"}, 1000));
  EXPECT_FALSE(dedupe.held_back(Values{"0"}, 1000));
}

TEST(Deduplication, AtTheEndsOfTimeNothingOverflows) {
  Deduplication dedupe(100);
  EXPECT_FALSE(dedupe.held_back(Values{"u"}, kEndOfTime - 1));
  EXPECT_TRUE(dedupe.held_back(Values{"u"}, kEndOfTime - 1));
}

}    // namespace
}    // namespace cepheid::alerts
