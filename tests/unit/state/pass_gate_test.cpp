#include "runtime/state/pass_gate.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace cepheid::runtime {
namespace {

constexpr int kLookers = 4;
constexpr int kLooks = 2000;

TEST(PassGate, NobodyLooksDuringAPassOrWithAnother) {
  PassGate gate;
  std::atomic<int> inside{0};
  std::atomic<int> together{0};
  std::atomic<int> left{kLookers};
  const auto alone = [&] {
    together += inside.fetch_add(1);
    inside.fetch_sub(1);
  };
  std::vector<std::thread> lookers;
  for (int i = 0; i < kLookers; ++i) {
    lookers.emplace_back([&] {
      for (int look = 0; look < kLooks; ++look) gate.look(alone);
      --left;
    });
  }
  // Passes follow each other without a break: lookers come to an end only if they are let in between.
  while (left != 0) {
    gate.begin_pass();
    alone();
    gate.end_pass();
  }
  for (std::thread& looker : lookers) looker.join();
  EXPECT_EQ(together, 0);
}

TEST(PassGate, LookersWithoutABreakDoNotKeepThePassesOut) {
  PassGate gate;
  std::atomic<bool> ends{false};
  std::atomic<int> looks{0};
  std::vector<std::thread> lookers;
  for (int i = 0; i < kLookers; ++i) {
    lookers.emplace_back([&] {
      while (!ends) gate.look([&] { ++looks; });
    });
  }
  for (int pass = 0; pass < 200; ++pass) {
    gate.begin_pass();
    gate.end_pass();
  }
  ends = true;
  for (std::thread& looker : lookers) looker.join();
  EXPECT_GE(looks, kLookers);
}

TEST(PassGate, APassThatWaitsLetsOthersIn) {
  PassGate gate;
  gate.begin_pass();
  bool looked = false;
  gate.open_during([&] { gate.look([&] { looked = true; }); });
  gate.end_pass();
  EXPECT_TRUE(looked);
}

TEST(PassGate, ALongPassLetsThoseInWhoWait) {
  PassGate gate;
  std::atomic<bool> looked{false};
  gate.begin_pass();
  std::thread looker([&] { gate.look([&] { looked = true; }); });
  while (!looked) gate.let_in();
  gate.end_pass();
  looker.join();
}

}    // namespace
}    // namespace cepheid::runtime
