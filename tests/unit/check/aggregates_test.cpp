#include "loaded_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cepheid::patterns {
namespace {

using nfa::TypedExpr;
using testing::ElementsAre;
using testing::IsEmpty;
using Function = AggregateCall::Function;

LoadedRules load_aggregate(const std::string& body) {
  return load(events_stream() + "aggregate a on events {\n" + body + "\n}\n");
}

/// The fields of the rows of an aggregate with these items, or what is wrong with it.
std::string row_of(const std::string& items) {
  const LoadedRules loaded = load_aggregate("key s window tumbling 1m select " + items);
  return loaded.plan ? fields_of(*loaded.relation("a").layout) : loaded.diagnostics->render();
}

TEST(Aggregate, KeepsARowOfKeysWindowAndCalls) {
  const LoadedRules loaded = load_aggregate(
      "key s, h = hour(ts) window sliding 10m every 2m select h, s, window_start, n = count(), t = sum(p), m = n + 1");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  const auto& plan = loaded.body<AggregatePlan>("a");
  EXPECT_EQ(fields_of(*plan.state_layout),
            "s string, h int, window_start timestamp, window_end timestamp, call 0 int, call 1 decimal(2)");
  EXPECT_EQ(fields_of(*loaded.relation("a").layout),
            "h int, s string, window_start timestamp, n int, t decimal(2), m int");
  EXPECT_EQ(plan.window.kind, WindowPlan::Kind::sliding);
  EXPECT_EQ(plan.window.size_ms, 600'000);
  EXPECT_EQ(plan.window.every_ms, 120'000);
  ASSERT_EQ(plan.key.size(), 2u);
  EXPECT_EQ(plan.key[1].name, "h");
  ASSERT_EQ(plan.calls.size(), 2u);
  EXPECT_EQ(plan.calls[0].function, Function::count_rows);
  EXPECT_EQ(plan.calls[1].function, Function::sum);
  EXPECT_EQ(plan.items[0].value.field, 1u);
  EXPECT_EQ(plan.items[3].value.field, 4u);
  EXPECT_EQ(plan.items[5].value.args[0].kind, TypedExpr::Kind::item);
  EXPECT_FALSE(plan.having);
}

TEST(Aggregate, HasTheTypesOfItsFunctions) {
  EXPECT_EQ(row_of("a = count(b), c = count(x), d = avg(i), e = stddev(p), f = min(ts), g = last(s)"),
            "a int, c int, d double, e double, f timestamp, g string");
  EXPECT_EQ(row_of("a = count_distinct(s), c = approx_count_distinct(s), d = percentile(p, 0.99), e = max(x)"),
            "a int, c int, d decimal(2), e double");
  EXPECT_EQ(row_of("a = collect(s), c = collect(i by ts desc), d = histogram(i), e = top(3, s by x)"),
            "a list of string, c list of int, d map of int, e list of {value: string, total: double}");
  EXPECT_EQ(row_of("a = per(s, {count = count(), amount = sum(p)})"), "a map of {count: int, amount: decimal(2)}");
}

TEST(Aggregate, EqualCallsAreOne) {
  const LoadedRules loaded = load_aggregate(
      "window none select a = sum(x where b), c = sum(x where b) / count(), d = sum(x), e = count() + 1");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  const auto& calls = loaded.body<AggregatePlan>("a").calls;
  ASSERT_EQ(calls.size(), 3u);
  EXPECT_TRUE(calls[0].where);
  EXPECT_EQ(calls[1].function, Function::count_rows);
  EXPECT_FALSE(calls[2].where);
}

TEST(Aggregate, PerHasCallsOfItsOwn) {
  const LoadedRules loaded =
      load_aggregate("window none select a = per(s, {n = count(), m = sum(i) / count()} where b), n = count()");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  const auto& plan = loaded.body<AggregatePlan>("a");
  ASSERT_EQ(plan.calls.size(), 2u);
  const AggregateCall& per = plan.calls[0];
  EXPECT_EQ(per.function, Function::per);
  EXPECT_EQ(per.inner.size(), 2u);
  EXPECT_EQ(fields_of(*per.inner_layout), "call 0 int, call 1 int");
  EXPECT_EQ(per.result->args[1].args[1].kind, TypedExpr::Kind::call);    // int to double
  EXPECT_TRUE(per.where);
}

TEST(Aggregate, ArgumentsAreFieldsOfTheInputAlways) {
  const LoadedRules loaded = load_aggregate("window none select x = count(), y = sum(x)");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  EXPECT_EQ(loaded.body<AggregatePlan>("a").calls[1].value->kind, TypedExpr::Kind::field);
}

TEST(Aggregate, KeyIsNamedByItsPathToo) {
  EXPECT_THAT(load_aggregate("key data.user.id window none select data.user.id, m = id + 1").messages(), IsEmpty());
}

TEST(Aggregate, KeyIsMadeOfSingleValues) {
  EXPECT_THAT(load_aggregate("key k = split(s, \",\") window none select n = count()").messages(),
              ElementsAre("a key is one value, not list of string"));
  EXPECT_THAT(load_aggregate("key s, data.user window none select n = count()").messages(),
              ElementsAre("a key is one value, not {id: int}"));
}

TEST(Aggregate, HavingSeesTheItems) {
  const LoadedRules loaded = load_aggregate("key s window none select n = count(), s having n > 1");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  EXPECT_EQ(loaded.body<AggregatePlan>("a").having->args[0].field, 0u);
  EXPECT_THAT(load_aggregate("key s window none select n = count() having s == \"\"").messages(),
              ElementsAre("unknown field `s` in the rows of aggregate `a`"));
  EXPECT_THAT(load_aggregate("window none select n = count() having sum(x) > 1").messages(),
              ElementsAre("`sum` in `having`, which looks at the items of `select`"));
}

TEST(Aggregate, FieldOutsideOfFunctionsIsRefused) {
  EXPECT_THAT(load_aggregate("key s window none select s, x").messages(),
              ElementsAre("`x` is neither in the key nor in an aggregate function"));
  EXPECT_THAT(load_aggregate("window none select n = per(s, x + count())").messages(),
              ElementsAre("`x` is in no aggregate function"));
  EXPECT_THAT(load_aggregate("window none select window_strt").messages(),
              ElementsAre("unknown field `window_strt` in aggregate `a`"));
  EXPECT_THAT(load_aggregate("window none select *").messages(), ElementsAre("`*` in an aggregate"));
}

TEST(Aggregate, WrongCallsAreRefused) {
  const auto messages = [](const std::string& call) {
    return load_aggregate("window none select v = " + call).messages();
  };
  EXPECT_THAT(messages("sum(s)"), ElementsAre("`sum` needs numbers, not string"));
  EXPECT_THAT(messages("max(data.user)"), ElementsAre("`max` needs values that have an order, not {id: int}"));
  EXPECT_THAT(messages("sum()"), ElementsAre("`sum` takes 1 value, not 0"));
  EXPECT_THAT(messages("sum(count())"), ElementsAre("`count` in the arguments of an aggregate function"));
  EXPECT_THAT(messages("sum(nosuch)"), ElementsAre("unknown field `nosuch` in stream `events`"));
  EXPECT_THAT(messages("sum(x by i)"), ElementsAre("`by` in the arguments of `sum`"));
  EXPECT_THAT(messages("sum(x where i)"), ElementsAre("a condition is true or false, not int"));
  EXPECT_THAT(messages("percentile(x, 99)"),
              ElementsAre("the fraction of `percentile` must be a constant from 0 to 1"));
  EXPECT_THAT(messages("percentile(x, x)"), ElementsAre("the fraction of `percentile` must be a constant from 0 to 1"));
  EXPECT_THAT(messages("top(0, s by x)"),
              ElementsAre("the number of values of `top` must be a constant of at least 1"));
  EXPECT_THAT(messages("top(3, s)"), ElementsAre("`top` needs `by`: the sums that are compared"));
  EXPECT_THAT(messages("top(3, s by s)"), ElementsAre("`by` needs numbers, not string"));
  EXPECT_THAT(messages("abs(x by i)"), ElementsAre("`x` is neither in the key nor in an aggregate function"));
}

TEST(Aggregate, WrongClausesAreRefused) {
  EXPECT_THAT(load_aggregate("window tumbling 1m").messages(), ElementsAre("aggregate `a` has no `select`"));
  EXPECT_THAT(load_aggregate("window tumbling 0s select n = count()").messages(),
              ElementsAre("a window needs a duration above 0"));
  EXPECT_THAT(load_aggregate("window daily \"Mars\" select n = count()").messages(),
              ElementsAre("unknown time zone `Mars`"));
  EXPECT_THAT(load_aggregate("window none allowed_lateness 1m select n = count()").messages(),
              ElementsAre("`allowed_lateness` without a window: every row is taken"));
}

TEST(Aggregate, ItsFunctionsStandNowhereElse) {
  EXPECT_THAT(load(events_stream() + "stream d = from events where percentile(x, 0.5) > 1").messages(),
              ElementsAre("`percentile` is over the rows of an `aggregate`, and this is none"));
}

TEST(Aggregate, MapsHaveNoOrderToCompareThemBy) {
  EXPECT_EQ(load_aggregate("window none select h = histogram(s), e = h == h").messages().size(), 1u);
}

}    // namespace
}    // namespace cepheid::patterns
