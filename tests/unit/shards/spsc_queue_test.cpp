#include "runtime/shards/spsc_queue.hpp"

#include <cstdint>
#include <memory>
#include <thread>

#include <gtest/gtest.h>

namespace cepheid::runtime {
namespace {

TEST(SpscQueue, GivesItemsInTheOrderInWhichTheyWerePut) {
  SpscQueue<int> queue(4);
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(queue.push(i));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(queue.pop(), i);
}

TEST(SpscQueue, ItsRoomIsUsedAgain) {
  SpscQueue<std::unique_ptr<int>> queue(2);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(queue.push(std::make_unique<int>(i)));
    EXPECT_EQ(**queue.pop(), i);
  }
}

TEST(SpscQueue, WhatWasPutBeforeItWasClosedIsStillThere) {
  SpscQueue<int> queue(4);
  queue.push(1);
  queue.push(2);
  queue.close();
  EXPECT_FALSE(queue.push(3));
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.pop(), 2);
  EXPECT_EQ(queue.pop(), std::nullopt);
  EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(SpscQueue, ItsEndWakesAConsumerThatWaits) {
  SpscQueue<int> queue(1);
  std::jthread consumer([&] { EXPECT_EQ(queue.pop(), std::nullopt); });
  queue.close();
}

TEST(SpscQueue, ItsEndWakesAProducerThatWaitsForRoom) {
  SpscQueue<int> queue(1);
  queue.push(1);
  std::jthread producer([&] { EXPECT_FALSE(queue.push(2)); });
  queue.close();
  producer.join();
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(SpscQueue, AProducerNeverHasMoreInItThanItsRoom) {
  SpscQueue<std::uint64_t> queue(8);
  std::atomic<std::uint64_t> taken{0};
  constexpr std::uint64_t kItems = 2000;
  std::jthread producer([&] {
    for (std::uint64_t i = 0; i < kItems; ++i) {
      queue.push(i);
      // One more may be in the consumer's hands.
      EXPECT_LE(i + 1, taken.load() + 8 + 1);
    }
  });
  for (std::uint64_t i = 0; i < kItems; ++i) {
    ASSERT_EQ(queue.pop(), i);
    ++taken;
  }
}

TEST(SpscQueue, ManyItemsComeWholeFromThreadToThread) {
  for (const std::size_t room : {2, 64}) {
    SpscQueue<std::pair<std::uint64_t, std::uint64_t>> queue(room);
    constexpr std::uint64_t kItems = 20'000;
    std::jthread producer([&] {
      for (std::uint64_t i = 0; i < kItems; ++i) queue.push({i, ~i});
      queue.close();
    });
    std::uint64_t next = 0;
    while (const auto item = queue.pop()) {
      ASSERT_EQ(item->first, next);
      ASSERT_EQ(item->second, ~next);
      ++next;
    }
    EXPECT_EQ(next, kItems);
  }
}

}    // namespace
}    // namespace cepheid::runtime
