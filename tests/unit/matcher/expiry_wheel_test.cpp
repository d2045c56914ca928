#include "nfa/matcher/expiry_wheel.hpp"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cepheid::nfa {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::vector<KeyId> due(ExpiryWheel& wheel, TimeMs now_ms) {
  std::vector<KeyId> keys;
  if (wheel.is_due(now_ms)) wheel.advance(now_ms, [&keys](KeyId key) { keys.push_back(key); });
  return keys;
}

TEST(ExpiryWheel, AKeyComesOutAtItsDeadlineOrA64thOfTheWindowLater) {
  ExpiryWheel wheel(6'400);
  wheel.add(7, 10'000);
  EXPECT_THAT(due(wheel, 9'999), IsEmpty());
  EXPECT_THAT(due(wheel, 10'100), ElementsAre(7));
  EXPECT_THAT(due(wheel, 20'000), IsEmpty());
}

TEST(ExpiryWheel, AKeyAddedWhileOthersComeOutWaitsForItsOwnDeadline) {
  ExpiryWheel wheel(6'400);
  wheel.add(1, 10'000);
  std::vector<KeyId> keys;
  wheel.advance(10'200, [&](KeyId key) {
    keys.push_back(key);
    if (key == 1) wheel.add(2, 16'000);
  });
  EXPECT_THAT(keys, ElementsAre(1));
  EXPECT_THAT(due(wheel, 15'999), IsEmpty());
  EXPECT_THAT(due(wheel, 16'100), ElementsAre(2));
}

TEST(ExpiryWheel, AJumpOverSeveralTurnsBringsOutAll) {
  ExpiryWheel wheel(64);
  for (KeyId key = 0; key < 50; ++key) wheel.add(key, 100 + key);
  EXPECT_EQ(due(wheel, 1'000'000).size(), 50u);
}

TEST(ExpiryWheel, TheEndOfTimeComesAfterEveryDeadline) {
  ExpiryWheel wheel(1);
  wheel.add(1, kEndOfTime);
  wheel.add(2, -5);
  wheel.add(3, kBeginOfTime);
  EXPECT_THAT(due(wheel, kEndOfTime), UnorderedElementsAre(1, 2, 3));
}

}    // namespace
}    // namespace cepheid::nfa
