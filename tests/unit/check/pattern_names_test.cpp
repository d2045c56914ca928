#include "loaded_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// What names mean in a pattern, and what a pattern's own rows are.

namespace cepheid::patterns {
namespace {

using nfa::TypedExpr;
using testing::ElementsAre;

TEST(PatternNames, StepFieldIsOfTheLastEventUnlessIndexed) {
  const LoadedRules loaded = load_pattern(
      "begin a one_or_more next c emit l = a.i, f = a[0].data.amount, n = count(a), t = event_time(), m = n + 1");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  const auto& emit = loaded.body<PatternPlan>("p").spec.emit;
  EXPECT_EQ(emit[0].value.kind, TypedExpr::Kind::step_field);
  EXPECT_EQ(emit[0].value.index, -1);
  EXPECT_EQ(emit[1].value.index, 0);
  EXPECT_EQ(emit[1].value.field, 9u);
  EXPECT_EQ(emit[2].value.aggregate, nfa::StepAggregate::count);
  EXPECT_EQ(emit[3].value.kind, TypedExpr::Kind::event_time);
  EXPECT_EQ(emit[4].value.args[0].kind, TypedExpr::Kind::item);
  EXPECT_EQ(fields_of(*loaded.relation("p").layout), "l int, f double, n int, t timestamp, m int");
}

TEST(PatternNames, ConditionSeesItsOwnAndLaterSteps) {
  EXPECT_TRUE(load_pattern("begin a where i > a.i and count(c) == 0 one_or_more until sum(a.i) > 5 next c").plan);
}

TEST(PatternNames, StepHidesAFieldOfItsName) {
  const LoadedRules loaded = load_pattern("begin i where i > 1");
  EXPECT_THAT(loaded.messages(), ElementsAre("step `i` is no value"));
  EXPECT_TRUE(load_pattern("begin i where i.i is null").plan);
}

struct Refused {
  const char* body;
  const char* message;
  const char* marked;
  const char* hint;
};

class RefusedName : public testing::TestWithParam<Refused> {};

TEST_P(RefusedName, IsReportedOnceAtItsPlace) {
  const LoadedRules loaded = load_pattern(GetParam().body);
  EXPECT_THAT(loaded.messages(), ElementsAre(GetParam().message));
  EXPECT_EQ(loaded.marked(), GetParam().marked);
  EXPECT_EQ(loaded.diagnostics->sorted()[0].hint, GetParam().hint);
}

INSTANTIATE_TEST_SUITE_P(
    Names, RefusedName,
    testing::Values(
        Refused{"begin view next c where i > avg(veiw.i)", "unknown step `veiw` in pattern `p`", "veiw",
                "did you mean `view`?"},
        Refused{"begin view emit v = veiw.i", "unknown step `veiw` in pattern `p`", "veiw", "did you mean `view`?"},
        Refused{"begin a emit v = a.data.amuont", "unknown field `data.amuont` of step `a`", "data.amuont",
                "did you mean `data.amount`?"},
        Refused{"begin a where data.amuont > 1", "unknown field `data.amuont` in pattern `p`", "data.amuont",
                "did you mean `data.amount`?"},
        Refused{"begin a emit v = i", "`i` in `emit`, where no event is at hand", "i", "say of which step: `step.i`"},
        Refused{"begin a emit first_one = a.i, v = first_on", "`first_on` is no item named before", "first_on",
                "did you mean `first_one`?"},
        Refused{"begin a emit v = a", "step `a` is no value", "a", "name one of its fields: `a.field`"},
        Refused{"begin a emit v = a[0]", "an event of step `a` is no value", "a[0]",
                "name one of its fields: `a[0].field`"},
        Refused{"begin a not_next n next c emit v = n.i", "step `n` takes no event", "n",
                "it stands after `not_next` or `not_followed_by`"},
        Refused{"begin a emit v = sum(a)", "`sum` needs a field of a step", "a", "`sum(a.field)`"},
        Refused{"begin a emit v = sum(a.s)", "`sum` needs numbers, not string", "a.s", ""},
        Refused{"begin a emit v = max(a.data)", "`max` of an object: `data` is only the beginning of fields", "a.data",
                "name one of them"},
        Refused{"begin a emit v = count(a.i)", "`count` needs a step: it counts its events", "a.i", "`count(a)`"},
        Refused{"begin a emit v = count(a.i + 1)", "`count` needs a step", "a.i + 1", "`count(step)`"},
        Refused{"begin a emit v = 1, v = 2", "`v` is named twice", "v", ""},
        Refused{"key count(a) begin a", "`count` is over the events of a step, and no step can be named here", "count",
                ""},
        Refused{"begin a where s", "a condition is true or false, not string", "s", ""},
        Refused{"begin a of evnts", "`evnts` is no stream of pattern `p`", "evnts", "did you mean `events`?"},
        Refused{"key i", "pattern `p` has no `begin`", "p", "a pattern is a sequence: `begin step where …`"}));

TEST(PatternRows, WithoutEmitAreNameKeyStartAndEnd) {
  EXPECT_EQ(fields_of(*load_pattern("key i, j begin a").relation("p").layout),
            "pattern string, key list of int, start timestamp, end timestamp");
  EXPECT_EQ(fields_of(*load_pattern("key i, s begin a").relation("p").layout),
            "pattern string, key list of string, start timestamp, end timestamp");
}

TEST(PatternRows, HaveTheFieldsOfBothEmits) {
  const LoadedRules loaded =
      load_pattern("begin a next c within 5s emit v = a.i, w = a.s on_timeout emit x = a.x, v = null");
  EXPECT_EQ(fields_of(*loaded.relation("p").layout), "v int, w string, x double");
  EXPECT_EQ(loaded.body<PatternPlan>("p").spec.timeout_emit.size(), 2u);
}

TEST(PatternRows, OfTwoTypesUnderOneNameAreRefused) {
  const LoadedRules loaded = load_pattern("begin a next c within 5s emit v = a.i on_timeout emit v = a.s");
  EXPECT_THAT(loaded.messages(), ElementsAre("`v` is string here and int in a match's row"));
}

const char* const kTwoStreams =
    "stream m { schema k string, i int, t timestamp time t } stream n { schema i int, k int, t timestamp time t }\n";

TEST(PatternOverSeveralStreams, HasACommonLayout) {
  const LoadedRules loaded =
      load(std::string(kTwoStreams) + "pattern p on m, n { begin a where i > 1 next c of n where k > 2 }");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  const nfa::PatternSpec& spec = loaded.body<PatternPlan>("p").spec;
  EXPECT_EQ(fields_of(*spec.layout), "k string, i int, t timestamp, k int,  int");
  EXPECT_THAT(spec.inputs[1].fields, ElementsAre(1u, 3u, 2u));
  EXPECT_EQ(spec.stream_field, 4u);
  const auto& of = spec.sequence.elements[1].where;
  ASSERT_EQ(of.size(), 2u);
  EXPECT_EQ(of[0].args[0].field, 4u);
  EXPECT_EQ(std::get<std::int64_t>(of[0].args[1].constant.state), 1);
  EXPECT_EQ(of[1].args[0].field, 3u);
}

TEST(PatternOverSeveralStreams, BareFieldMustBeInAllWithOneType) {
  const LoadedRules loaded =
      load(std::string(kTwoStreams) + "pattern p on m, n { begin a where k > 1 next c of m emit v = c.k, w = a.k }");
  EXPECT_THAT(loaded.messages(), ElementsAre("unknown field `k` in pattern `p`", "unknown field `k` of step `a`"));
}

}    // namespace
}    // namespace cepheid::patterns
