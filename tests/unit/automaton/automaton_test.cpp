#include "nfa/automaton/automaton.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nfa/automaton/draw.hpp"
#include "tests/unit/automaton/build_pattern.hpp"

namespace cepheid::nfa {
namespace {

using namespace build;    // NOLINT: the words of the patterns
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::size_t states_of(const PatternBuilder& pattern) {
  const Result<Automaton> automaton = Automaton::build(*pattern.done());
  return automaton ? automaton->states() : 0;
}

PatternBuilder counted(std::uint32_t to) {
  PatternBuilder pattern;
  pattern.step(Link::begin, "a", times(1, to)).step(Link::followed_by, "b");
  return pattern;
}

TEST(Automaton, GrowsLinearlyWithACount) {
  const std::size_t hundred = states_of(counted(100));
  const std::size_t thousand = states_of(counted(1'000));
  EXPECT_GT(hundred, 100u);
  EXPECT_LE(thousand, 10 * hundred);
}

TEST(Automaton, IsRefusedPastTheBoundAndBuiltOnIt) {
  const PatternBuilder pattern = counted(100);
  const std::size_t states = states_of(pattern);
  EXPECT_TRUE(Automaton::build(*pattern.done(), states));
  const Result<Automaton> refused = Automaton::build(*pattern.done(), states - 1);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("has more than"));
}

TEST(Automaton, EqualConditionsAreOne) {
  PatternBuilder pattern;
  pattern.step(Link::begin, "a");
  Element again = pattern.element(Link::followed_by, "again");
  again.where = {name_is("a")};
  pattern.add(std::move(again));
  EXPECT_EQ(Automaton::build(*pattern.done())->freeze().conditions.size(), 1u);
}

TEST(Automaton, AStepAfterWhichNothingCanFollowIsDead) {
  PatternBuilder pattern;
  pattern.step(Link::begin, "a").step(Link::followed_by, "b");
  EXPECT_THAT(Automaton::build(*pattern.done())->dead_steps(), IsEmpty());

  // A greedy loop over any event leaves nothing for the step behind it.
  PatternBuilder greedy;
  Element all = greedy.element(Link::begin, "all", one_or_more());
  all.where.clear();
  all.quantifier.greedy = true;
  greedy.add(std::move(all)).step(Link::followed_by, "b");
  EXPECT_THAT(Automaton::build(*greedy.done())->dead_steps(), ElementsAre(0, 1));
}

TEST(Automaton, AllOfHasAStateForEachSetOfMissingSteps) {
  PatternBuilder pattern;
  Element set;
  set.link = Link::begin;
  for (const char* name : {"x", "y", "z"}) set.all_of.push_back(pattern.element(Link::begin, name));
  pattern.add(std::move(set));
  EXPECT_EQ(states_of(pattern), 1 + 7);    // the match, and every set but the empty one
}

TEST(Draw, ShowsStatesActionsAndConditions) {
  PatternBuilder pattern;
  pattern.step(Link::begin, "a").step(Link::followed_by, "b");
  EXPECT_EQ(draw_dot(*pattern.done()), R"dot(digraph "p" {
  rankdir=LR;
  node [shape=box, style=rounded];
  s0 [label="a", penwidth=2];
  s1 [label="b"];
  s2 [label="match", shape=doublecircle];
  s0 -> s1 [style=solid, label="take: name == \"a\""];
  s1 -> s2 [style=solid, label="take: name == \"b\""];
  s1 -> s1 [style=dashed, label="ignore: not (name == \"b\")"];
}
)dot");
  EXPECT_THAT(draw_mermaid(*pattern.done()), HasSubstr("s0 -->|\"take: name == #quot;a#quot;\"| s1"));
  EXPECT_THAT(draw_svg(*pattern.done()), HasSubstr(">take: name == &quot;a&quot;</text>"));
}

}    // namespace
}    // namespace cepheid::nfa
