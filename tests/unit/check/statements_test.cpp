#include "loaded_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Streams, derived streams and sinks: what the plan holds, and what is refused.

namespace cepheid::patterns {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> relation_names(const LoadedRules& loaded) {
  std::vector<std::string> names;
  if (!loaded.plan) return {loaded.diagnostics->render()};
  for (const Relation& relation : loaded.plan->relations) names.push_back(relation.name);
  return names;
}

TEST(Statements, MayStandInAnyOrder) {
  const LoadedRules loaded =
      load("sink out from c to stdout stream c = from b stream b = from a stream a { schema i int }");
  EXPECT_THAT(relation_names(loaded), ElementsAre("a", "b", "c"));
}

TEST(Statements, ThatReadEachOtherAreACircle) {
  const LoadedRules loaded = load("stream a = from b stream b = from c stream c = from a stream d = from c");
  EXPECT_THAT(loaded.messages(), ElementsAre("`a` reads `b` reads `c` reads `a`: a circle"));
}

TEST(Statements, LongCircleIsNotNamedInFull) {
  std::string text;
  for (int n = 0; n < 20; ++n)
    text += "stream s" + std::to_string(n) + " = from s" + std::to_string((n + 1) % 20) + "\n";
  EXPECT_THAT(load(text).messages(),
              ElementsAre("`s0` reads `s1` reads `s2` reads `s3` reads `s4` reads `s5` reads `s6` "
                          "reads `s7` reads … reads `s0`: a circle"));
}

TEST(Statements, ChainMayBeAsLongAsTheFile) {
  std::string text;
  for (int n = 20'000; n > 0; --n) text += "stream s" + std::to_string(n) + " = from s" + std::to_string(n - 1) + "\n";
  EXPECT_THAT(load(text + "stream s0 { schema i int }").messages(), IsEmpty());
}

TEST(Statements, OneNameTwiceIsReportedWhereverItIsGiven) {
  const LoadedRules loaded =
      load("stream a { schema i int late to b invalid to c } stream c = from a sink b from a to stdout");
  EXPECT_THAT(loaded.messages(), ElementsAre("a second `c`", "a second `b`"));
}

TEST(Statements, UnknownStreamIsReportedOnceWithTheNearest) {
  const LoadedRules loaded = load(events_stream() + "stream a = from evnts where nosuch stream b = from a where no");
  EXPECT_THAT(loaded.messages(), ElementsAre("unknown stream `evnts`"));
  EXPECT_EQ(loaded.diagnostics->sorted()[0].hint, "did you mean `events`?");
}

TEST(Statements, SinkHasNoRows) {
  const LoadedRules loaded = load(events_stream() + "sink out from events to stdout stream a = from out");
  EXPECT_THAT(loaded.messages(), ElementsAre("`out` is a sink: it has no rows to read"));
}

TEST(Stream, FirstSourceThatIsOnCounts) {
  const LoadedRules loaded =
      load("stream a { from kafka \"t\" brokers \"\" from file \"\" from file \"x\" from stdin schema i int }");
  const auto& from = loaded.body<SourcePlan>("a").from;
  ASSERT_TRUE(from);
  EXPECT_EQ(from->kind, Address::Kind::file);
  EXPECT_EQ(from->target, "x");
}

TEST(Stream, WithoutASourceThatIsOnIsFedFromOutside) {
  EXPECT_FALSE(load("stream a { from file \"\" schema i int }").body<SourcePlan>("a").from);
}

TEST(Stream, RequiresItsTimeAndWhatItNames) {
  const LoadedRules loaded =
      load("stream a { schema i int, ts timestamp, data.x int time ts require data, i, ts lateness 5s idle 1m }");
  const auto& source = loaded.body<SourcePlan>("a");
  EXPECT_EQ(fields_of(*loaded.relation("a").layout), "i int, ts timestamp, data.x int, ?data bool");
  EXPECT_EQ(source.time_field, 1u);
  EXPECT_THAT(source.required, ElementsAre(1u, 3u, 0u));
  EXPECT_EQ(source.lateness, 5'000);
  EXPECT_EQ(source.idle, 60'000);
}

TEST(Stream, KeepsNoPresenceOfObjectsThatNobodyNames) {
  EXPECT_EQ(fields_of(*load("stream a { schema data.x int }").relation("a").layout), "data.x int");
}

TEST(Stream, GivesLateAndInvalidRowsAside) {
  const LoadedRules loaded = load("stream a { schema i int late to l invalid to bad } stream d = from bad select line");
  EXPECT_EQ(fields_of(*loaded.relation("l").layout), "i int");
  EXPECT_EQ(fields_of(*loaded.relation("bad").layout), "line string, place string, reason string");
  EXPECT_TRUE(loaded.body<SideOutputPlan>("l").late);
  EXPECT_EQ(loaded.body<SourcePlan>("a").invalid_to, 2u);
}

TEST(Stream, MistakesDoNotHideThoseOfItsReaders) {
  const LoadedRules loaded =
      load("stream a { from http \"localhost:1\" schema i int time i } stream b = from a where j > 1");
  EXPECT_THAT(loaded.messages(), ElementsAre("`http` is not supported yet", "`time` needs a timestamp, `i` is int",
                                             "unknown field `j` in stream `a`"));
}

TEST(Derived, AppliesItsStagesInTheirOrder) {
  const LoadedRules loaded =
      load(events_stream() + "stream d = from events where i > 1 select s, k = i + 1 where k > 2 lateness 3s");
  const auto& plan = loaded.body<DerivedPlan>("d");
  ASSERT_EQ(plan.stages.size(), 3u);
  EXPECT_TRUE(plan.stages[0].where);
  EXPECT_EQ(fields_of(*plan.stages[1].layout), "s string, k int");
  EXPECT_EQ(plan.stages[2].where->args[0].field, 1u);
  EXPECT_EQ(plan.lateness, 3'000);
  EXPECT_EQ(fields_of(*loaded.relation("d").layout), "s string, k int");
}

TEST(Derived, ItemThatNamesAFieldAgainTakesItsPlace) {
  const LoadedRules loaded =
      load("stream a { schema i int, s string } stream d = from a select *, k = i + 1, i = k / 2, m = i");
  EXPECT_EQ(fields_of(*loaded.relation("d").layout), "i double, s string, k int, m double");
  const auto& items = loaded.body<DerivedPlan>("d").stages[0].items;
  // `i` comes before `k` in the row, so it computes `k` by itself; `m` looks at the new `i`.
  EXPECT_EQ(fingerprint(items[0].value.args[0].args[0]), fingerprint(items[2].value));
  EXPECT_EQ(items[2].value.args[0].kind, nfa::TypedExpr::Kind::field);
  EXPECT_EQ(items[3].value.kind, nfa::TypedExpr::Kind::item);
  EXPECT_EQ(items[3].value.field, 0u);
}

TEST(Derived, ItemThatWouldGrowWithoutEndIsTooLarge) {
  std::string text = "stream a { schema i int } stream d = from a select *, k0 = i + i";
  for (int n = 1; n < 40; ++n)
    text += ", k" + std::to_string(n) + " = k" + std::to_string(n - 1) + " + k" + std::to_string(n - 1);
  EXPECT_THAT(load(text + ", i = k39").messages(), ElementsAre("`i` repeats the values of other items too often"));
  EXPECT_THAT(load(text + ", l = k39").messages(), IsEmpty());
}

TEST(Derived, NameTwiceIsReportedAndAWrongItemIsNotUnknown) {
  const LoadedRules loaded = load(events_stream() + "stream d = from events select i, i = 2, k = nosuch, l = k + 1");
  EXPECT_THAT(loaded.messages(), ElementsAre("`i` is named twice", "unknown field `nosuch` in stream `events`"));
}

TEST(Derived, UnionHasTheFieldsOfAllInputs) {
  const LoadedRules loaded =
      load("stream a { schema i int, s string } stream b { schema x double, i int } stream d = from a, b where x > 1");
  const auto& plan = loaded.body<DerivedPlan>("d");
  EXPECT_EQ(fields_of(*plan.input_layout), "i int, s string, x double");
  EXPECT_THAT(plan.inputs[1].fields, ElementsAre(2u, 0u));
}

TEST(Derived, UnionOfTwoTypesUnderOneNameIsRefused) {
  const LoadedRules loaded = load("stream a { schema i int } stream b { schema i string } stream d = from a, b");
  EXPECT_THAT(loaded.messages(), ElementsAre("`i` is string in `b` and int in a stream before it"));
}

TEST(Sink, IsInThePlanOnlyIfATargetIsOn) {
  const LoadedRules loaded =
      load(events_stream() + "sink a from events to file \"\" sink b from events to file \"\" to file \"x\"");
  ASSERT_TRUE(loaded.plan);
  ASSERT_EQ(loaded.plan->sinks.size(), 1u);
  EXPECT_EQ(loaded.plan->sinks[0].name, "b");
  EXPECT_EQ(loaded.plan->sinks[0].to.target, "x");
}

TEST(Sink, ComputesItsTextAndKeyOverTheRowsThatItWrites) {
  const LoadedRules loaded = load(
      events_stream() + "sink a from events where i > 1 select k = i, s to stdout key k format text \"${k}: ${s}\"");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  const SinkPlan::Input& input = loaded.plan->sinks[0].inputs[0];
  EXPECT_EQ(loaded.plan->sinks[0].format, SinkPlan::Format::text);
  EXPECT_EQ(fields_of(*input.layout), "k int, s string");
  ASSERT_EQ(input.text.size(), 3u);
  EXPECT_EQ(input.text[0].value->field, 0u);
  EXPECT_EQ(input.text[1].text, ": ");
  EXPECT_EQ(input.text[2].value->field, 1u);
  EXPECT_EQ(input.key[0].type, Type::int64());
}

TEST(Sink, MistakeInItsExpressionsIsSaidOnceForAllInputs) {
  const LoadedRules loaded =
      load("stream a { schema i int } stream b { schema i int } sink c from a, b where nosuch to stdout");
  EXPECT_THAT(loaded.messages(), ElementsAre("unknown field `nosuch` in stream `a`"));
}

TEST(Sink, CsvOfDifferentFieldsIsRefused) {
  const LoadedRules loaded =
      load("stream a { schema i int } stream b { schema j int } sink c from a, b to stdout format csv");
  EXPECT_THAT(loaded.messages(), ElementsAre("`a` and `b` have different fields, and a CSV file has one header line"));
}

TEST(Mistakes, MissingOperandIsSaidOnceWhereverItIsMissing) {
  for (const std::string statement :
       {"sink o from events select y = i / , z = j to stdout format text \"${z}\"",
        "stream d = from events select y = i / , z = j",
        "aggregate a on events { select y = count() / , z = count() having z > 1 }",
        "pattern p on events { begin a within 5m emit y = a.i / , z = a.j }",
        "pattern p on events { key i / begin a within 5m }", "pattern p on events { key i between begin a within 5m }",
        "rank r on events { id i by x entry i, y = x * , j select total }",
        "alert a on events { dedupe 5m by i / , j select y = i + }"}) {
    const LoadedRules loaded = load(events_stream() + statement);
    EXPECT_THAT(loaded.messages(), testing::AllOf(testing::Not(testing::IsEmpty()),
                                                  testing::Each(testing::StartsWith("expected a value, found "))))
        << loaded.diagnostics->render();
  }
}

TEST(UnknownStatement, IsReportedOnceAndNotItsReaders) {
  const LoadedRules loaded = load(events_stream() +
                                  "fruad g on events { key user_id }\n"
                                  "stream d = from g where nosuch > 1\n"
                                  "pattern p on d { begin a where whatever == 1 emit v = a.nosuch }");
  EXPECT_EQ(loaded.messages().size(), 1u) << loaded.diagnostics->render();
}

}    // namespace
}    // namespace cepheid::patterns
