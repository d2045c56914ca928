// Random patterns on random events: the engine gives what the naive matcher gives, in whatever way it is made to work,
// and rejects what it rejects. CEPHEID_PROPERTY_PAIRS: how many pairs; CEPHEID_SEED: of the first of them. A failing
// pair is printed with its own seed, shrunk, as a rule file and events.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "property/clauses.hpp"
#include "property/comparison.hpp"
#include "property/engine_under_test.hpp"
#include "property/mutations.hpp"
#include "property/shrink.hpp"
#include "reference/print.hpp"
#include "reference/read.hpp"

namespace cepheid::property {
namespace {

constexpr std::size_t kMaxFailures = 20;    // shown; more would say no more

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(Engine, GivesWhatTheNaiveMatcherGives) {
  const std::uint64_t first = from_environment("CEPHEID_SEED", 1);
  const std::uint64_t pairs = from_environment("CEPHEID_PROPERTY_PAIRS", 2'000);
  std::cout << fmt::format("CEPHEID_SEED={} CEPHEID_PROPERTY_PAIRS={}\n", first, pairs);
  ClauseCounts counts;
  std::size_t rejected = 0;
  std::size_t failures = 0;
  for (std::uint64_t seed = first; seed < first + pairs && failures < kMaxFailures; ++seed) {
    const Pair pair = make_pair(seed);
    const std::optional<Outcome> expected = expected_outcome(pair);
    if (!expected) continue;
    if (expected->rejected) {
      ++rejected;
    } else {
      counts.add(pair, !expected->matches.empty());
    }
    if (!differs(pair)) continue;
    ++failures;
    ADD_FAILURE() << report(seed, shrink(pair, differs));
  }
  std::cout << fmt::format("{}rejected: {} pairs\n", counts.table(), rejected);
  if (pairs < 1'000 || failures == kMaxFailures) return;    // too few to judge the generator
  EXPECT_EQ(counts.neglected(), std::vector<std::string>{});
  EXPECT_GT(rejected * 100, pairs * 2);
}

TEST(Rules, OfRandomPatternsAreReadAsTheyAreWritten) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    const std::string rules = reference::to_rules(make_pair(seed).pattern);
    const auto read = reference::read_rules(rules);
    ASSERT_TRUE(std::holds_alternative<std::vector<reference::Pattern>>(read)) << std::get<std::string>(read) << rules;
    EXPECT_EQ(reference::to_rules(std::get<std::vector<reference::Pattern>>(read).front()), rules);
  }
}

// An engine that takes one clause for another is found out: otherwise the test above would prove little.
TEST(Engine, IsFoundOutByRandomPairsIfItIsWrong) {
  constexpr std::uint64_t kPairs = 2'000;    // of those in which the mutation changes the pattern
  constexpr std::uint64_t kMaxSeeds = 100'000;
  std::map<std::string, std::uint64_t> tried;
  std::set<std::string> caught;
  const std::vector<Mutation> mutations = all_mutations();
  for (std::uint64_t seed = 1; seed < kMaxSeeds && caught.size() < mutations.size(); ++seed) {
    const Pair pair = make_pair(seed);
    const std::optional<Outcome> expected = expected_outcome(pair);
    if (!expected || expected->rejected) continue;
    for (const Mutation& mutation : mutations) {
      if (caught.contains(mutation.name) || tried[mutation.name] == kPairs) continue;
      LoadedPattern loaded(reference::to_rules(pair.pattern));
      if (!loaded.diagnostics().empty() || !mutation.apply(loaded.spec())) continue;
      ++tried[mutation.name];
      if (loaded.run(pair.events, Way::row_by_row) != expected->matches && !differs(pair)) caught.insert(mutation.name);
    }
  }
  for (const Mutation& mutation : mutations) {
    EXPECT_TRUE(caught.contains(mutation.name)) << mutation.name << ", tried on " << tried[mutation.name] << " pairs";
    std::cout << fmt::format("{:28} after {:4} pairs\n", mutation.name, tried[mutation.name]);
  }
}

}    // namespace
}    // namespace cepheid::property
