#include "nfa/matcher/equal_configs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nfa/automaton/automaton.hpp"
#include "tests/unit/automaton/build_pattern.hpp"

namespace cepheid::nfa {
namespace {

using namespace build;    // NOLINT: the words of the patterns
using testing::SizeIs;

using Config = std::vector<StateId>;
using Configs = EqualStates<Config>;

Configs configs_of(const PatternBuilder& pattern) {
  return find_equal_configs(Automaton::build(*pattern.done())->freeze());
}

Quantifier greedy_loop() {
  Quantifier quantifier = one_or_more();
  quantifier.greedy = true;
  return quantifier;
}

// Behind the loop a start waits for the next of it or for what follows: in two states, as good as the loop's one.
TEST(EqualConfigs, AGreedyLoopStaysOneStateWhateverPasses) {
  PatternBuilder pattern;
  pattern.step(Link::begin, "a").step(Link::followed_by, "b", greedy_loop()).step(Link::followed_by, "c");
  const Configs equal = configs_of(pattern);
  ASSERT_TRUE(equal.found());
  // In the loop; and waiting for b, as before it, or when c has been taken from it.
  EXPECT_THAT(equal.representatives(), SizeIs(2));
  for (const Config& config : equal.representatives()) {
    EXPECT_THAT(config, SizeIs(1));
    EXPECT_EQ(equal.representative(config), config);
  }
}

TEST(EqualConfigs, StatesThatWaitForDifferentStepsDiffer) {
  PatternBuilder pattern;
  pattern.step(Link::begin, "a").step(Link::followed_by, "b").step(Link::followed_by, "c");
  EXPECT_THAT(configs_of(pattern).representatives(), SizeIs(2));
}

// The step's events may be taken as well as passed by: a start has many paths.
TEST(EqualConfigs, OfStartsWithSeveralPathsNoneAreFound) {
  PatternBuilder pattern;
  pattern.step(Link::begin, "a").step(Link::followed_by_any, "b").step(Link::followed_by, "c");
  const Configs equal = configs_of(pattern);
  EXPECT_FALSE(equal.found());
  const Config config{1, 2};
  EXPECT_EQ(equal.representative(config), config);
}

}    // namespace
}    // namespace cepheid::nfa
