#include "nfa/matcher/deadlines.hpp"

#include <gtest/gtest.h>

namespace cepheid::nfa {
namespace {

TEST(Deadlines, ComeOutEarliestFirstAndTiesByTheEventThatSetThem) {
  Deadlines deadlines;
  deadlines.add({.deadline_ms = 30, .place = 1, .key = 1, .stamp = 1});
  deadlines.add({.deadline_ms = 10, .place = 3, .key = 3, .stamp = 1});
  deadlines.add({.deadline_ms = 10, .place = 2, .key = 7, .stamp = 1});
  EXPECT_EQ(deadlines.next_ms(), 10);
  EXPECT_EQ(deadlines.take().key, 7u);
  EXPECT_EQ(deadlines.take().key, 3u);
  EXPECT_EQ(deadlines.take().key, 1u);
  EXPECT_TRUE(deadlines.empty());
}

TEST(Deadlines, PurgeLeavesTheOrderOfTheRest) {
  Deadlines deadlines;
  for (KeyId key = 0; key < 100; ++key)
    deadlines.add({.deadline_ms = 1'000 - key, .place = key, .key = key, .stamp = key % 2});
  deadlines.purge([](const Deadlines::Entry& entry) { return entry.stamp == 0; });
  EXPECT_EQ(deadlines.size(), 50u);
  TimeMs last = 0;
  while (!deadlines.empty()) {
    const Deadlines::Entry entry = deadlines.take();
    EXPECT_EQ(entry.stamp, 1u);
    EXPECT_GT(entry.deadline_ms, last);
    last = entry.deadline_ms;
  }
}

}    // namespace
}    // namespace cepheid::nfa
