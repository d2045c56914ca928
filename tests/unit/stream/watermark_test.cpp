#include "runtime/stream/watermark.hpp"

#include <gtest/gtest.h>

namespace cepheid::runtime {
namespace {

TEST(Watermark, IsTheLargestTimeSeenLessTheLateness) {
  Watermark watermark(10);
  EXPECT_EQ(watermark.low_ms(), kBeginOfTime);
  EXPECT_TRUE(watermark.note(100));
  EXPECT_EQ(watermark.low_ms(), 90);
  EXPECT_FALSE(watermark.note(95));
  EXPECT_FALSE(watermark.note(100));
  EXPECT_EQ(watermark.low_ms(), 90);
}

TEST(Watermark, StaysAtTheEndOfTime) {
  Watermark watermark(0);
  watermark.end();
  EXPECT_FALSE(watermark.note(5));
  EXPECT_EQ(watermark.low_ms(), kEndOfTime);
}

TEST(Watermark, StopsAtTheBeginOfTimeInsteadOfOverflowing) {
  Watermark watermark(1'000);
  EXPECT_FALSE(watermark.note(kBeginOfTime + 5));
  EXPECT_EQ(watermark.low_ms(), kBeginOfTime);
}

TEST(Watermark, AnotherLatenessStandsInPlaceOfTheStreams) {
  EXPECT_EQ(with_lateness(90, 10, 30), 70);
  EXPECT_EQ(with_lateness(90, 10, 0), 100);
  EXPECT_EQ(with_lateness(kEndOfTime, 10, 30), kEndOfTime);
  EXPECT_EQ(with_lateness(kBeginOfTime, 10, 0), kBeginOfTime);
}

}    // namespace
}    // namespace cepheid::runtime
