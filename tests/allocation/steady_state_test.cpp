// An event costs no allocation once an engine is warm: what it needs for as many keys and partial matches as there are
// is there, and used again.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "bench/pattern_engine.hpp"
#include "bench/shop_events.hpp"
#include "tests/allocation/counted_allocations.hpp"

namespace cepheid {
namespace {

TEST(CountedAllocations, EachIsCountedWithItsPlace) {
  CountedAllocations allocations;
  const auto number = std::make_unique<int>(1);
  const std::vector<int> numbers(1'000, *number);
  allocations.stop();
  EXPECT_EQ(numbers.size(), 1'000u);
  EXPECT_EQ(allocations.count(), 2u);
  EXPECT_FALSE(allocations.places().empty());
}

/// Runs the rules over 100,000 events of 2,000 users, which is ten windows of ten minutes, and counts over 200,000
/// more.
void expect_no_allocation(const std::string& rules) {
  constexpr std::size_t kWarmUp = 100'000;
  constexpr std::size_t kCounted = 200'000;
  bench::PatternEngine run(bench::load_plan(rules), {.texts_stay = true});
  SymbolTable texts;
  const std::vector<bench::ShopEvent> events =
      bench::make_shop_events({.events = kWarmUp + kCounted, .users = 2'000, .seed = 1});
  const nfa::Batch rows = bench::to_rows(events, run.layout(), texts);
  run.push(rows, 0, kWarmUp);
  const std::uint64_t matches = run.matches();

  CountedAllocations allocations;
  run.push(rows, kWarmUp, kWarmUp + kCounted);
  allocations.stop();
  EXPECT_EQ(allocations.count(), 0u) << "the first of them, for `addr2line -Cfpie test_allocation`:\n"
                                     << allocations.places();
  EXPECT_GT(run.matches(), matches);
}

TEST(SteadyState, AFilterAllocatesNothing) {
  expect_no_allocation(bench::read_rules("W7.cep"));
}

TEST(SteadyState, AFunnelOverAllUsersAllocatesNothing) {
  std::string rules = bench::read_rules("W1.cep");
  const std::string key = "key user";
  ASSERT_NE(rules.find(key), std::string::npos);
  expect_no_allocation(rules.erase(rules.find(key), key.size()));
}

TEST(SteadyState, AFunnelByUserAllocatesNothing) {
  expect_no_allocation(bench::read_rules("W1.cep"));
}

}    // namespace
}    // namespace cepheid
