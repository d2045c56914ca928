#include "nfa/matcher/equal_path_states.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nfa/automaton/automaton.hpp"
#include "tests/unit/automaton/build_pattern.hpp"

namespace cepheid::nfa {
namespace {

using namespace build;    // NOLINT: the words of the patterns
using testing::SizeIs;

EqualStates<PathStates> states_of(const PatternBuilder& pattern) {
  return find_equal_path_states(Automaton::build(*pattern.done())->freeze());
}

Quantifier combinations() {
  Quantifier loop = one_or_more();
  loop.inner = InnerContiguity::allow_combinations;
  return loop;
}

TEST(EqualPathStates, ALoopStaysOneSetWhateverPasses) {
  PatternBuilder pattern;
  pattern.step(Link::begin, "a").step(Link::followed_by_any, "b", combinations()).step(Link::followed_by_any, "c");
  const EqualStates<PathStates> equal = states_of(pattern);
  ASSERT_TRUE(equal.found());
  // Waiting for b; in the loop, its next event and c being waited for.
  ASSERT_THAT(equal.representatives(), SizeIs(2));
  for (const PathStates& states : equal.representatives()) {
    EXPECT_THAT(states.first, SizeIs(1));
    EXPECT_EQ(equal.representative(states), states);
  }
}

// A path in the loop is a match each time; what it waits for is what it waited for before.
TEST(EqualPathStates, ALoopAtTheEndIsAsGoodAsItsBeginning) {
  PatternBuilder pattern;
  pattern.step(Link::begin, "a").step(Link::followed_by_any, "b", combinations());
  EXPECT_THAT(states_of(pattern).representatives(), SizeIs(1));
}

TEST(EqualPathStates, OfManyConditionsNoneAreFound) {
  PatternBuilder pattern;
  Element any = pattern.element(Link::begin, "a");
  for (int i = 0; i < 9; ++i) {
    any.where.push_back(
        test(Function::not_equal, {field(pattern_layout()->schema(), "user"), text(std::to_string(i))}));
  }
  pattern.add(std::move(any)).step(Link::followed_by_any, "b");
  EXPECT_FALSE(states_of(pattern).found());
}

}    // namespace
}    // namespace cepheid::nfa
