#include "loaded_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// The rules about steps and modifiers: semantics.md's table of what is refused, row by row, and what is not.

namespace cepheid::patterns {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Refused {
  const char* body;
  const char* message;
  const char* marked;
};

class RefusedPattern : public testing::TestWithParam<Refused> {};

TEST_P(RefusedPattern, IsReportedOnceAtItsPlace) {
  const LoadedRules loaded = load_pattern(GetParam().body);
  EXPECT_FALSE(loaded.plan);
  EXPECT_THAT(loaded.messages(), ElementsAre(GetParam().message));
  EXPECT_EQ(loaded.marked(), GetParam().marked);
}

INSTANTIATE_TEST_SUITE_P(
    DuplicateNames, RefusedPattern,
    testing::Values(Refused{"begin a next a", "a second step `a` in pattern `p`", "a"},
                    Refused{"begin (begin a) next (begin a)", "a second step `a` in pattern `p`", "a"},
                    Refused{"begin a not_next a next c", "a second step `a` in pattern `p`", "a"}));

INSTANTIATE_TEST_SUITE_P(
    Quantifiers, RefusedPattern,
    testing::Values(Refused{"begin a one_or_more times(2)",
                            "a second quantifier on step `a`: `times` after `one_or_more`", "times(2)"},
                    Refused{"begin (begin a) times(2) one_or_more",
                            "a second quantifier on a group: `one_or_more` after `times`", "one_or_more"},
                    Refused{"begin a times(0)", "step `a` that takes no event", "times(0)"},
                    Refused{"begin a times_or_more(0)", "step `a` that takes no event", "times_or_more(0)"},
                    Refused{"begin a times(3, 2)", "from 3 to 2 times", "times(3, 2)"},
                    Refused{"begin a times(0, 0)", "step `a` that takes no event", "times(0, 0)"}));

INSTANTIATE_TEST_SUITE_P(Optional, RefusedPattern,
                         testing::Values(Refused{"begin a optional optional next b", "`optional` twice on step `a`",
                                                 "optional"},
                                         Refused{"begin a zero_or_more optional next b",
                                                 "`optional` on step `a`, which may be left out already", "optional"},
                                         Refused{"begin a optional times(0, 2) next b",
                                                 "`optional` on step `a`, which may be left out already", "optional"}));

INSTANTIATE_TEST_SUITE_P(
    NotSteps, RefusedPattern,
    testing::Values(
        Refused{"begin a not_next n times(2) next b", "`times` on step `n`, which takes no event", "times(2)"},
        Refused{"begin a not_next n one_or_more next b", "`one_or_more` on step `n`, which takes no event",
                "one_or_more"},
        Refused{"begin a not_followed_by n greedy next b", "`greedy` on step `n`, which takes no event", "greedy"},
        Refused{"begin a not_next n optional next b", "`optional` on step `n`, which takes no event", "optional"},
        Refused{"begin a not_followed_by (begin n) next b", "`not_followed_by` before a group", "not_followed_by"},
        Refused{"begin a optional not_next n next b", "`not_next` right after step `a`, which may be left out",
                "not_next"},
        Refused{"begin a zero_or_more not_followed_by n next b",
                "`not_followed_by` right after step `a`, which may be left out", "not_followed_by"},
        Refused{"begin a times(0, 2) not_next n next b", "`not_next` right after step `a`, which may be left out",
                "not_next"},
        Refused{"begin g (begin a) optional not_next n next b",
                "`not_next` right after group `g`, which may be left out", "not_next"},
        Refused{"begin a not_followed_by n", "`not_followed_by` at the end of a pattern without `within`",
                "not_followed_by"},
        Refused{"begin a not_followed_by n not_followed_by m within 10s",
                "two `not_followed_by` at the end of a pattern", "not_followed_by"},
        Refused{"begin (begin a not_followed_by n) next b within 10s", "`not_followed_by` at the end of a group",
                "not_followed_by"}));

INSTANTIATE_TEST_SUITE_P(
    Greedy, RefusedPattern,
    testing::Values(Refused{"begin a greedy next b", "`greedy` on step `a`, which takes one event", "greedy"},
                    Refused{"begin (begin a) one_or_more greedy next b", "`greedy` on a group", "greedy"},
                    Refused{"begin a one_or_more greedy allow_combinations next b",
                            "`greedy` with `allow_combinations` on step `a`", "greedy"},
                    Refused{"begin a one_or_more greedy next b zero_or_more",
                            "step `b`, which may be left out, right after step `a`, which is greedy", "zero_or_more"},
                    Refused{"begin a times(2) greedy next (begin b) optional",
                            "a group, which may be left out, right after step `a`, which is greedy", "optional"}));

INSTANTIATE_TEST_SUITE_P(
    Contiguity, RefusedPattern,
    testing::Values(
        Refused{"begin a consecutive next b", "`consecutive` on step `a`, which takes one event", "consecutive"},
        Refused{"begin a allow_combinations next b", "`allow_combinations` on step `a`, which takes one event",
                "allow_combinations"},
        Refused{"begin a consecutive one_or_more consecutive", "`consecutive` twice on step `a`", "consecutive"},
        Refused{"begin a one_or_more consecutive allow_combinations",
                "`consecutive` and `allow_combinations` on step `a`: either, not both", "allow_combinations"}));

INSTANTIATE_TEST_SUITE_P(
    Until, RefusedPattern,
    testing::Values(
        Refused{"begin a until b", "`until` on step `a`, which has an end of its own", "until b"},
        Refused{"begin a times(1, 3) until b", "`until` on step `a`, which has an end of its own", "until b"},
        Refused{"begin (begin a) times(2) until b", "`until` on a group, which has an end of its own", "until b"},
        Refused{"begin a one_or_more until b until i == 1", "`until` twice on step `a`", "until i == 1"}));

INSTANTIATE_TEST_SUITE_P(
    OtherClauses, RefusedPattern,
    testing::Values(Refused{"begin a after_match skip_to_first c", "no step `c` in pattern `p`", "c"},
                    Refused{"begin (begin a) next b after_match skip_to_last a", "step `a` is inside a group", "a"},
                    Refused{"begin a next g (begin b) after_match skip_to_last g", "no step `g` in pattern `p`", "g"},
                    Refused{"begin a next b within 60ms of_previous within 50ms",
                            "`within … of_previous` on step `b` is longer than the pattern's `within`",
                            "within 60ms of_previous"},
                    Refused{"begin g (begin a) where b one_or_more", "`where` on group `g`", "where b"}));

class AcceptedPattern : public testing::TestWithParam<const char*> {};

TEST_P(AcceptedPattern, Loads) {
  const LoadedRules loaded = load_pattern(GetParam());
  EXPECT_FALSE(loaded.diagnostics->has_errors()) << loaded.diagnostics->render();
  EXPECT_TRUE(loaded.plan);
}

INSTANTIATE_TEST_SUITE_P(NotRefused, AcceptedPattern,
                         testing::Values("begin a followed_by_any c one_or_more greedy next d",
                                         "begin a next (begin c)", "begin a optional next c zero_or_more",
                                         "begin a not_next c", "begin a next (begin c not_next d next e) next f",
                                         "begin a one_or_more greedy next c times(0, 2) next d",
                                         "begin a not_followed_by c within 10s of_previous",
                                         "begin a not_next c not_followed_by d within 10s",
                                         "begin a not_followed_by c next d after_match skip_to_first c",
                                         "begin a next c within 50ms of_previous within 50ms", "begin p next c",
                                         "begin a greedy times(2, 3) next c"));

TEST(PatternQuantifier, TimesFromZeroIsTimesFromOneOptional) {
  const LoadedRules loaded = load_pattern("begin a next c times(0, 3) consecutive next d");
  const nfa::Quantifier& quantifier = loaded.body<PatternPlan>("p").spec.sequence.elements[1].quantifier;
  EXPECT_EQ(quantifier.kind, nfa::Quantifier::Kind::times);
  EXPECT_EQ(quantifier.from, 1u);
  EXPECT_EQ(quantifier.to, 3u);
  EXPECT_TRUE(quantifier.optional);
  EXPECT_EQ(quantifier.inner, nfa::InnerContiguity::consecutive);
}

TEST(PatternQuantifier, CountsMultiplyUpToTheLimit) {
  EXPECT_THAT(load_pattern("begin (begin a times(1000)) times(100) within 1h").messages(), IsEmpty());
  EXPECT_THAT(load_pattern("begin (begin a times(1000)) times(101)").messages(),
              ElementsAre("with a group the pattern counts further than to 100000 in all"));
}

TEST(PatternSkip, NotStepIsATargetThatNeverTookAnEvent) {
  const LoadedRules loaded = load_pattern("begin a not_next n next c after_match skip_to_first n or_fail");
  const nfa::AfterMatch& after_match = loaded.body<PatternPlan>("p").spec.after_match;
  EXPECT_EQ(after_match.strategy, nfa::SkipStrategy::skip_to_first);
  EXPECT_FALSE(after_match.step);
  EXPECT_TRUE(after_match.or_fail);
}

}    // namespace
}    // namespace cepheid::patterns
