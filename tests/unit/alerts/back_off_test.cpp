#include "alerts/delivery/back_off.hpp"

#include <gtest/gtest.h>

namespace cepheid::alerts {
namespace {

constexpr double kMost = 0.999999999;

TEST(BackOff, EachWaitIsTwiceAsLongUpToTheLongest) {
  const RetryConfig config{.first_ms = 1000, .longest_ms = 5000};
  EXPECT_EQ(back_off(config, 1, {}, kMost), 999);
  EXPECT_EQ(back_off(config, 2, {}, kMost), 1999);
  EXPECT_EQ(back_off(config, 3, {}, kMost), 3999);
  EXPECT_EQ(back_off(config, 4, {}, kMost), 4999);
  EXPECT_EQ(back_off(config, 5000, {}, kMost), 4999);
}

TEST(BackOff, TheJitterIsTheUpperHalf) {
  const RetryConfig config{.first_ms = 1000};
  EXPECT_EQ(back_off(config, 1, {}, 0), 500);
  EXPECT_EQ(back_off(config, 1, {}, 0.5), 750);
}

TEST(BackOff, RetryAfterCountsWhereItIsLonger) {
  const RetryConfig config{.first_ms = 1000, .longest_ms = 5000, .longest_retry_after_ms = 60'000};
  EXPECT_EQ(back_off(config, 1, 30'000, 0), 30'000);
  EXPECT_EQ(back_off(config, 1, 10, 0), 500);
  EXPECT_EQ(back_off(config, 1, 1'000'000, 0), 60'000);
}

}    // namespace
}    // namespace cepheid::alerts
