#include "loaded_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cepheid::patterns {
namespace {

using nfa::TypedExpr;
using testing::ElementsAre;
using testing::IsEmpty;

const std::string kStreams =
    "stream orders { schema id string, device string, session string, amount int, at timestamp }\n"
    "stream clicks { schema device string, session string, price decimal(2), n int, x double, at timestamp }\n";

LoadedRules load_join(const std::string& clauses) {
  return load(kStreams + "join j { orders c, clicks k " + clauses + " }");
}

const std::string kWithin = "within k 24h before c ";

TEST(Join, AlternativesAreFoundByTheirEqualities) {
  const LoadedRules loaded =
      load_join("on c.at == k.n and c.amount > k.n and (k.device == c.device or c.session == k.session) " + kWithin +
                "keep left last select c.id, k.price, twice = price * 2");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  const auto& plan = loaded.body<JoinPlan>("j");
  ASSERT_EQ(plan.on.size(), 2u);
  for (std::uint32_t i = 0; i < 2; ++i) {
    ASSERT_EQ(plan.on[i].equalities.size(), 2u);
    EXPECT_EQ(plan.on[i].equalities[0].right.type, Type::timestamp());
    EXPECT_EQ(plan.on[i].equalities[1].left.kind, TypedExpr::Kind::field);
    EXPECT_EQ(plan.on[i].equalities[1].left.field, i + 1);
    EXPECT_EQ(plan.on[i].equalities[1].right.field, i);
    ASSERT_TRUE(plan.on[i].rest);
    EXPECT_EQ(plan.on[i].rest->args[1].kind, TypedExpr::Kind::side_field);
  }
  EXPECT_EQ(plan.before_ms, 86'400'000);
  EXPECT_TRUE(plan.keep_left);
  EXPECT_EQ(plan.keep, JoinPlan::Keep::last);
  EXPECT_EQ(fields_of(*loaded.relation("j").layout), "id string, price decimal(2), twice decimal(2)");
  EXPECT_EQ(plan.items[1].value.side, 1u);
  EXPECT_EQ(plan.items[2].value.args[0].kind, TypedExpr::Kind::item);
}

TEST(Join, EqualityOfNumbersOfTwoKindsIsNoIndex) {
  const LoadedRules loaded = load_join("on c.amount == k.x " + kWithin + "select c.id");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  const auto& on = loaded.body<JoinPlan>("j").on;
  ASSERT_EQ(on.size(), 1u);
  EXPECT_THAT(on[0].equalities, IsEmpty());
  EXPECT_TRUE(on[0].rest);
}

TEST(Join, ConditionOfTooManyAlternativesStaysWhole) {
  std::string on = "on c.device == k.device";
  for (int i = 0; i < 6; ++i) on += " and (c.amount == " + std::to_string(i) + " or k.n == " + std::to_string(i) + ")";
  const LoadedRules loaded = load_join(on + " " + kWithin + "select c.id");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  const auto& plan = loaded.body<JoinPlan>("j");
  ASSERT_EQ(plan.on.size(), 1u);
  EXPECT_EQ(plan.on[0].equalities.size(), 1u);
  EXPECT_EQ(plan.on[0].rest->args.size(), 6u);
}

TEST(Join, LeftIsTheSideThatComesLater) {
  const LoadedRules loaded = load_join("on c.device == k.device within c 1h before k select c.id, k.n");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  const auto& plan = loaded.body<JoinPlan>("j");
  EXPECT_EQ(plan.left.input.relation, 1u);
  EXPECT_EQ(plan.items[0].value.side, 1u);
  EXPECT_EQ(plan.items[1].value.side, 0u);
}

TEST(Join, MistakesAreReported) {
  EXPECT_THAT(load_join("").messages(), ElementsAre("join `j` has no `within`"));
  EXPECT_THAT(load_join(kWithin).messages(), ElementsAre("join `j` has no `on`", "join `j` has no `select`"));
  EXPECT_THAT(load_join("on device == k.devce within k 1h before d select c.id").messages(),
              ElementsAre("unknown side `d` in join `j`"));
  EXPECT_THAT(
      load_join("on device == k.devce " + kWithin + "select *").messages(),
      ElementsAre("unknown name `device` in join `j`", "unknown field `devce` in stream `clicks`", "`*` in a join"));
  EXPECT_THAT(load_join("on c.device == k.device within k 1h before k select c.id, c.id").messages(),
              ElementsAre("`k` before itself"));
  EXPECT_THAT(
      load(kStreams + "join j { orders c, nosuch c on c.id == c.id within c 1h before c select c.id }").messages(),
      testing::Contains("unknown stream `nosuch`"));
}

LoadedRules load_rank(const std::string& clauses) {
  return load(events_stream() + "rank r on events { " + clauses + " }");
}

TEST(Rank, ShowsItsEntriesBesideTheRow) {
  const LoadedRules loaded = load_rank(
      "key s id data.user.id leave when b top 10 by x desc, i entry i, amount = data.amount "
      "select s, list = entries, n = total, ts");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  const auto& plan = loaded.body<RankPlan>("r");
  EXPECT_EQ(fields_of(*plan.ranking_layout), "entries list of {i: int, amount: double}, total int");
  EXPECT_EQ(fields_of(*loaded.relation("r").layout),
            "s string, list list of {i: int, amount: double}, n int, ts timestamp");
  EXPECT_EQ(plan.top, 10);
  ASSERT_EQ(plan.by.size(), 2u);
  EXPECT_TRUE(plan.by[0].descending);
  EXPECT_EQ(plan.id.kind, TypedExpr::Kind::field);
  EXPECT_TRUE(plan.leave);
  EXPECT_EQ(plan.items[1].value.kind, TypedExpr::Kind::side_field);
  EXPECT_EQ(plan.items[2].value.field, 1u);
  EXPECT_EQ(plan.items[3].value.kind, TypedExpr::Kind::field);
}

TEST(Rank, MistakesAreReported) {
  EXPECT_THAT(load_rank("select s").messages(),
              ElementsAre("rank `r` has no `id`", "rank `r` has no `by`", "rank `r` has no `entry`"));
  EXPECT_THAT(
      load_rank("key nosuch id nosuch2 leave when i top 0 by data.user entry i select *, nosuch3").messages(),
      ElementsAre("unknown field `nosuch` in stream `events`", "unknown field `nosuch2` in stream `events`",
                  "a condition is true or false, not int", "`top` needs at least 1",
                  "`by` needs values that have an order, not {id: int}", "unknown field `nosuch3` in stream `events`"));
  EXPECT_THAT(load_rank("id i by x entry * select total").messages(), ElementsAre("`*` in `entry`"));
}

TEST(Rank, KeyAndIdAreSingleValues) {
  EXPECT_THAT(load_rank("key s, k = split(s, \",\") id data.user by x entry i select s").messages(),
              ElementsAre("a key is one value, not list of string", "a key is one value, not {id: int}"));
}

}    // namespace
}    // namespace cepheid::patterns
