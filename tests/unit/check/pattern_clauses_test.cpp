#include "loaded_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// The clauses beyond Flink: what they make of a pattern.

namespace cepheid::patterns {
namespace {

using nfa::PatternSpec;
using nfa::TypedExpr;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

PatternSpec spec_of(const std::string& body) {
  LoadedRules loaded = load_pattern(body);
  if (!loaded.plan) {
    ADD_FAILURE() << loaded.diagnostics->render();
    return {};
  }
  for (Relation& relation : loaded.plan->relations) {
    if (relation.name == "p") return std::move(std::get<PatternPlan>(relation.body).spec);
  }
  return {};
}

TEST(AnyOf, HasItsAlternativesAndQuantifier) {
  const PatternSpec spec = spec_of(
      "begin a next any_of (begin c next d where d.i < i) e (begin f) times(2, 3) optional consecutive "
      "next g where g.i > c.i within 1h");
  ASSERT_THAT(spec.sequence.elements, SizeIs(3));
  const nfa::Element& choice = spec.sequence.elements[1];
  EXPECT_FALSE(choice.is_step());
  ASSERT_THAT(choice.any_of, SizeIs(2));
  EXPECT_THAT(choice.any_of[0].elements, SizeIs(2));
  EXPECT_EQ(choice.any_of[1].elements.at(0).name, "f");
  EXPECT_EQ(choice.quantifier.to, 3u);
  EXPECT_TRUE(choice.quantifier.optional);
  EXPECT_EQ(choice.quantifier.inner, nfa::InnerContiguity::consecutive);
  EXPECT_THAT(spec.step_names, ElementsAre("a", "c", "d", "f", "g"));
  EXPECT_EQ(choice.any_of[1].elements[0].step, 3);
}

TEST(AllOf, HasItsStepsAndWhatMayLieBetween) {
  const PatternSpec spec = spec_of(
      "begin a next all_of (c where i == 1, d where c.i < i) allow_combinations optional next e within 1h "
      "after_match skip_to_last d");
  const nfa::Element& set = spec.sequence.elements.at(1);
  ASSERT_THAT(set.all_of, SizeIs(2));
  EXPECT_EQ(set.all_of[1].step, 2);
  EXPECT_THAT(set.all_of[1].where, SizeIs(1));
  EXPECT_EQ(set.quantifier.inner, nfa::InnerContiguity::allow_combinations);
  EXPECT_TRUE(set.quantifier.optional);
  EXPECT_EQ(spec.after_match.step, 2);
}

TEST(AllOf, TakesEightSteps) {
  EXPECT_TRUE(load_pattern("begin all_of (k1, k2, k3, k4, k5, k6, k7, k8) within 1h").plan);
  EXPECT_FALSE(load_pattern("begin all_of (k1, k2, k3, k4, k5, k6, k7, k8, k9) within 1h").plan);
}

TEST(AllOf, StepsCanBeOfOneStream) {
  const LoadedRules loaded =
      load(events_stream() + "stream other { schema i int, z int }\n" +
           "pattern p on events, other { begin all_of (a of other where z == 1, c of events) within 1h }");
  const PatternSpec& spec = loaded.body<PatternPlan>("p").spec;
  EXPECT_THAT(spec.sequence.elements.at(0).all_of.at(0).where, SizeIs(2));
}

TEST(WithinOf, NamesStepsBeforeAtAnyDepth) {
  const PatternSpec spec = spec_of(
      "begin (begin a next c) next any_of (begin d within 3s of c) (begin e) within 1s of a within 2s of c within 1h");
  const nfa::Element& choice = spec.sequence.elements.at(1);
  ASSERT_THAT(choice.within_of, SizeIs(2));
  EXPECT_EQ(choice.within_of[0].step, 0);
  EXPECT_EQ(choice.within_of[0].duration, 1'000);
  EXPECT_EQ(choice.within_of[1].step, 1);
  EXPECT_EQ(choice.any_of[0].elements.at(0).within_of.at(0).duration, 3'000);
}

TEST(WithinOf, MayBeAsLongAsWithin) {
  EXPECT_TRUE(load_pattern("begin a followed_by c within 1h of a within 1h").plan);
}

TEST(Absent, StandsInPlaceOfASequence) {
  const LoadedRules loaded = load_pattern("key i, s absent h where b where i == 1 for 5m");
  EXPECT_THAT(loaded.messages(), IsEmpty());
  const PatternSpec& spec = loaded.body<PatternPlan>("p").spec;
  ASSERT_TRUE(spec.absence);
  EXPECT_EQ(spec.absence->name, "h");
  EXPECT_THAT(spec.absence->where, SizeIs(2));
  EXPECT_EQ(spec.absence->duration, 300'000);
  EXPECT_THAT(spec.sequence.elements, IsEmpty());
  EXPECT_THAT(spec.step_names, ElementsAre("h"));
  EXPECT_EQ(fields_of(*loaded.relation("p").layout), "key list of string, since timestamp");
}

TEST(Absent, FirstItemOfEmitComesAfterSince) {
  const LoadedRules loaded =
      load_pattern("absent h for 5m emit gone = since, last = h.i, since = gone + 1, twice = since");
  EXPECT_THAT(loaded.messages(), IsEmpty());
  EXPECT_EQ(fields_of(*loaded.relation("p").layout), "gone timestamp, last int, since timestamp, twice timestamp");
  const auto& emit = loaded.body<PatternPlan>("p").spec.emit;
  ASSERT_THAT(emit, SizeIs(4));
  EXPECT_EQ(emit[0].value.kind, TypedExpr::Kind::item);
  EXPECT_EQ(emit[0].value.field, 0u);
  EXPECT_EQ(emit[1].value.kind, TypedExpr::Kind::step_field);
  EXPECT_EQ(emit[2].value.args.at(0).field, 1u);
  EXPECT_EQ(emit[3].value.field, 3u);    // the item, which hides what was given
}

TEST(Since, IsNoNameInASequence) {
  EXPECT_THAT(load_pattern("begin a emit x = since").messages(), SizeIs(1));
}

TEST(Limit, IsPartOfThePattern) {
  const PatternSpec spec = spec_of("begin a followed_by c limit partial_matches 10_000 per key then block_start");
  EXPECT_EQ(spec.limit.most, 10'000u);
  EXPECT_TRUE(spec.limit.per_key);
  EXPECT_EQ(spec.limit.then, nfa::PartialMatchLimit::Then::block_start);
  EXPECT_FALSE(spec.limit.is_default);
  EXPECT_TRUE(spec_of("begin a").limit.is_default);
}

TEST(Shadow, IsNotedInThePlan) {
  EXPECT_TRUE(load_pattern("begin a shadow").body<PatternPlan>("p").shadow);
  EXPECT_FALSE(load_pattern("begin a").body<PatternPlan>("p").shadow);
}

TEST(States, OfAlternativesAddUpAndOfSetsDouble) {
  EXPECT_TRUE(load_pattern("begin (begin all_of (a, c, d, e) consecutive) times(10) consecutive").plan);
  EXPECT_THAT(load_pattern("begin (begin all_of (a, c, d, e)) times(6251) within 1h").messages(),
              ElementsAre("with a group the pattern counts further than to 100000 in all"));
  EXPECT_THAT(load_pattern("begin any_of (begin a times(50000)) (begin c times(50001)) within 1h").messages(),
              ElementsAre("with `any_of` the pattern counts further than to 100000 in all"));
}

TEST(Lints, OfOneConditionAreToldOnce) {
  EXPECT_THAT(load_pattern("begin a where i == null where i == 1 where i == 2").messages(), SizeIs(1));
  EXPECT_THAT(load_pattern("begin a where i == 1 and i == 2 next c").messages(), SizeIs(1));
}

class Possible : public testing::TestWithParam<const char*> {};

TEST_P(Possible, IsNotWarnedOf) {
  EXPECT_THAT(load_pattern("begin a where " + std::string(GetParam())).messages(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Conditions, Possible,
                         testing::Values("i == 1 and j == 2", "i == 1 or i == 2", "i >= 1 and i <= 1",
                                         "i > 1 and i != 5", "i in (1, 2) and i in (2, 3)", "p == 1.5 and p == 1.50",
                                         "x > 1 and x < 1.5", "i + 1 == 2 and i == 1", "s is null and i is not null",
                                         "not (i == 1) and i == 1", "ts >= 5 and ts <= timestamp(5)",
                                         "s in (\"a\", null)", "true", "false or b", "i between 1 and 1",
                                         "i != 1 and i != 2"));

TEST(PatternKey, IsMadeOfSingleValues) {
  EXPECT_THAT(load_pattern("key s, split(s, \",\") begin a where b").messages(),
              ElementsAre("a key is one value, not list of string"));
  EXPECT_THAT(load_pattern("key data.user begin a where b").messages(),
              ElementsAre("a key is one value, not {id: int}"));
}

class Impossible : public testing::TestWithParam<const char*> {};

TEST_P(Impossible, IsWarnedOfOnce) {
  const LoadedRules loaded = load_pattern("begin a where " + std::string(GetParam()));
  EXPECT_TRUE(loaded.plan);
  ASSERT_THAT(loaded.messages(), SizeIs(1));
  EXPECT_EQ(loaded.diagnostics->sorted().front().kind, DiagnosticKind::lint_never_true);
}

INSTANTIATE_TEST_SUITE_P(Conditions, Impossible,
                         testing::Values("false", "null", "1 == 2", "i == null", "null < i", "b and false",
                                         "false or 1 > 2", "i == 1 and 2 == i", "p == 1.5 and p == 1.51",
                                         "i > 1 and i < 1", "i >= 1 and i < 1", "i in (1, 2) and i in (3, 4)",
                                         "i == 5 and b and i != 5", "s is null and s like \"a\" and s == \"a\"",
                                         "i between 2 and 1", "i < int(\"3\") and i > 3"));

}    // namespace
}    // namespace cepheid::patterns
