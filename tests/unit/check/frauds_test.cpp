#include "loaded_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cepheid::patterns {
namespace {

using nfa::TypedExpr;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kStreams =
    "stream payments { schema id string, user_id string, kind string, amount decimal(2), at timestamp, shop string, "
    "phone string, land string, place.lat double, place.lon double time at }\n"
    "table cards { from file \"cards.csv\" schema card string, why string key card }\n";

LoadedRules load_fraud(const std::string& clauses) {
  return load(kStreams + "fraud risk on payments { " + clauses + " }\n");
}

const std::string kRoles =
    "roles type = kind, amount = amount, latitude = place.lat, longitude = place.lon, merchant = shop, device = phone, "
    "country = land ";

TEST(FraudCheck, OnlyWhatIsWrittenIsOn) {
  const LoadedRules loaded = load_fraud("key user_id");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  const auto& plan = loaded.body<FraudPlan>("risk");
  const FraudRules& rules = plan.rules;
  EXPECT_FALSE(rules.velocity || rules.location || rules.amount || rules.behaviour || rules.time || rules.travel ||
               rules.dormant || rules.round_amount || rules.first_seen || rules.value || rules.spread || rules.model);
  EXPECT_THAT(rules.lists, IsEmpty());
  EXPECT_EQ(rules.combine, FraudCombine::mean);
  EXPECT_THAT(plan.facts, IsEmpty());
  EXPECT_EQ(fields_of(*loaded.relation("risk").layout),
            "id string, user_id string, kind string, amount decimal(2), at timestamp, shop string, phone string, land "
            "string, place.lat double, place.lon double, risk_score double, level string, recommendation string, "
            "risk_factors list of {type: string, risk_score: double}");
}

TEST(FraudCheck, TheFiveCategoriesAreThoseOfTheRules) {
  const LoadedRules loaded =
      load_fraud(kRoles +
                 "key user_id zone \"Asia/Seoul\" velocity windows 5m, 1h limits withdrawal (5, 20), default (10, 50) "
                 "location farther_than 100 amount z_score 3 behaviour hours 0.3 unseen_type 0.4 "
                 "time night 22..6 0.2 weekend 0.3 history 90d limit 10_000 combine weighted velocity 2, time 0 "
                 "levels critical 0.8 \"Block\", low 0 \"Go on\"");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  const auto& plan = loaded.body<FraudPlan>("risk");
  const FraudRules& rules = plan.rules;
  EXPECT_EQ(rules.zone, "Asia/Seoul");
  EXPECT_THAT(rules.velocity->windows_ms, ElementsAre(300'000, 3'600'000));
  ASSERT_THAT(rules.velocity->limits, SizeIs(1));
  EXPECT_EQ(rules.velocity->limits[0].type, "withdrawal");
  EXPECT_THAT(rules.velocity->limits[0].counts, ElementsAre(5u, 20u));
  EXPECT_THAT(rules.velocity->default_limits, ElementsAre(10u, 50u));
  EXPECT_EQ(rules.velocity->risk_at_limit, 0.5);
  EXPECT_EQ(rules.location->farther_than_km, 100);
  EXPECT_EQ(rules.amount->z_score, 3);
  EXPECT_EQ(rules.amount->deviation_from, 10u);
  EXPECT_EQ(rules.behaviour->unseen_hour_risk, 0.3);
  EXPECT_EQ(rules.behaviour->unseen_type_risk, 0.4);
  EXPECT_EQ(rules.time->night->first_hour, 22u);
  EXPECT_EQ(rules.time->night->last_hour, 6u);
  EXPECT_EQ(rules.time->night->risk, 0.2);
  EXPECT_EQ(rules.time->weekend_risk, 0.3);
  EXPECT_EQ(rules.history.duration_ms, 90LL * 86'400'000);
  EXPECT_EQ(rules.history.limit, 10'000u);
  EXPECT_EQ(rules.combine, FraudCombine::weighted);
  EXPECT_EQ(rules.weights[static_cast<std::size_t>(FraudCategory::velocity)], 2);
  EXPECT_EQ(rules.weights[static_cast<std::size_t>(FraudCategory::time)], 0);
  EXPECT_EQ(rules.weights[static_cast<std::size_t>(FraudCategory::amount)], 1);
  ASSERT_THAT(rules.levels, SizeIs(2));
  EXPECT_EQ(rules.levels[0].recommendation, "Block");
  EXPECT_EQ(plan.roles.amount->type, Type::float64());
  EXPECT_EQ(plan.roles.type->field, 2u);
  EXPECT_EQ(plan.key.at(0).field, 1u);
  const Type factors = loaded.relation("risk").layout->schema().fields().back().type;
  EXPECT_EQ(to_string(factors),
            "list of {type: string, risk_score: double, window: double, count: int, threshold: double, distance_km: "
            "double, z_score: double, average_amount: double, deviation: double, hour: int, day_of_week: int}");
}

TEST(FraudCheck, FurtherCategoriesAreNamed) {
  const LoadedRules loaded = load_fraud(
      kRoles +
      "key user_id travel faster_than 800 risk 0.7 dormant 30d risk 0.6 remember 365d round_amount multiple 50 "
      "at_least "
      "500 first_seen merchant 0.2, country 0.4 value 1h limit 5000, 1d limit 20_000 same_type risk_at_limit 0.6 "
      "spread merchants 1h limit 5, countries 1d limit 2 list cards on (card = id) block risk 0.9 "
      "list cards on (card = user_id) allow model file \"m.json\" features (amount, hour = hour(at)) above 0.7");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  const auto& plan = loaded.body<FraudPlan>("risk");
  const FraudRules& rules = plan.rules;
  EXPECT_EQ(rules.travel->faster_than_km_h, 800);
  EXPECT_EQ(rules.travel->risk, 0.7);
  EXPECT_EQ(rules.dormant->idle_ms, 30LL * 86'400'000);
  EXPECT_EQ(rules.dormant->remember_ms, 365LL * 86'400'000);
  EXPECT_EQ(rules.round_amount->multiple, 50);
  EXPECT_EQ(rules.round_amount->at_least, 500);
  EXPECT_EQ(rules.first_seen->merchant_risk, 0.2);
  EXPECT_FALSE(rules.first_seen->device_risk);
  ASSERT_THAT(rules.value->windows, SizeIs(2));
  EXPECT_EQ(rules.value->windows[1].limit, 20'000);
  EXPECT_TRUE(rules.value->of_same_type);
  ASSERT_THAT(rules.spread->windows, SizeIs(2));
  EXPECT_EQ(rules.spread->windows[1].of, FraudSpread::Of::countries);
  ASSERT_THAT(rules.lists, SizeIs(2));
  EXPECT_EQ(rules.lists[0].action, FraudList::Action::block);
  EXPECT_EQ(rules.lists[0].risk, 0.9);
  EXPECT_EQ(rules.lists[1].action, FraudList::Action::allow);
  ASSERT_THAT(plan.lists, SizeIs(2));
  EXPECT_EQ(plan.lists[1].key.at(0).field, 1u);
  EXPECT_EQ(rules.model->file, "m.json");
  EXPECT_THAT(rules.model->features, ElementsAre("amount", "hour"));
  EXPECT_EQ(plan.features.at(1).type, Type::float64());
  EXPECT_EQ(rules.model->above, 0.7);
}

TEST(FraudCheck, MistakesAreReported) {
  EXPECT_THAT(load_fraud("key split(user_id, \",\") dormant 30d").messages(),
              ElementsAre("a key is one value, not list of string"));
  EXPECT_THAT(load_fraud("location farther_than 1").messages(),
              ElementsAre("fraud `risk` has no `key`", "`location` of fraud `risk` needs the role `latitude`",
                          "`location` of fraud `risk` needs the role `longitude`"));
  EXPECT_THAT(
      load_fraud("key usr_id roles amuont = amount, type = amount, type = kind zone \"Mars\"").messages(),
      ElementsAre("unknown field `usr_id` in stream `payments`", "there is no role `amuont`",
                  "role `type` is string, not decimal(2)", "`type` is named twice", "unknown time zone `Mars`"));
  EXPECT_THAT(
      load_fraud(kRoles +
                 "key id velocity windows 0s, 5m limits payment (5, 0), payment (1, 2), default (1) "
                 "amount z_scor 3 deviation_from 1 behaviour hours 1.5 hours 0.3 time night 2 weekend 3..4 0.1")
          .messages(),
      ElementsAre("a duration above 0 is needed", "a limit is a whole number of at least 1",
                  "limits of `payment` twice", "1 limits of `default` for 2 windows", "`amount` has no `z_scor`",
                  "`deviation_from` is a whole number of at least 2", "`hours` is a risk: from 0 to 1",
                  "a second `hours`", "`night` takes hours and a risk: `2..6 0.2`", "`weekend` takes one number"));
  EXPECT_THAT(
      load_fraud(kRoles + "key id spread shops 1h limit 5 list card on (card = id) block list cards on (card = id) "
                          "bock list cards on (card = id) allow risk 1 model file \"\" features (*, kind) above 2 "
                          "combine maen levels high 0.6, high 1.5 dormant 90d remember 1d history 90d limit 0.5")
          .messages(),
      ElementsAre("there is no spread of `shops`", "unknown table `card`",
                  "a list is to `allow` or to `block`, not to `bock`", "`allow` has no `risk`",
                  "a model without a file", "`*` in `features`", "feature `kind` is double, not string",
                  "`above` is a risk: from 0 to 1", "risks are not combined by `maen`", "level `high` twice",
                  "a level begins at a score from 0 to 1", "an account is remembered for less than it must be idle",
                  "`limit` is a whole number of at least 1"));
  EXPECT_THAT(load(kStreams + "stream s = from payments select *, level = 1 fraud f on s { key id }").messages(),
              ElementsAre("what `f` reads has a field `level`, as its score has"));
}

TEST(TestCheck, RowsAreGivenToSourcesAndTablesAndExpectedOfAll) {
  const LoadedRules loaded = load(kStreams +
                                  "stream big = from payments where amount > 10\n"
                                  "test \"big ones\" {\n"
                                  "  given cards: {\"card\": \"c\"}\n"
                                  "  given payments: {\"id\": \"a\", \"extra\": 1}, {\"id\": \"b\"}\n"
                                  "  expect big: {\"id\": \"a\", \"place\": {\"lat\": 1}}\n"
                                  "  expect no payments\n}");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  ASSERT_THAT(loaded.plan->tests, SizeIs(1));
  const TestPlan& test = loaded.plan->tests.front();
  EXPECT_EQ(test.title, "big ones");
  ASSERT_THAT(test.given, SizeIs(2));
  EXPECT_EQ(test.given[0].table, 0u);
  EXPECT_FALSE(test.given[1].table);
  ASSERT_THAT(test.given[1].rows, SizeIs(2));
  EXPECT_EQ(test.given[1].rows[1].json, "{\"id\":\"b\"}");
  EXPECT_EQ(test.given[1].rows[1].line, 6u);
  EXPECT_EQ(test.given[1].rows[1].column, 44u);
  ASSERT_THAT(test.expect, SizeIs(2));
  EXPECT_EQ(loaded.plan->relations[test.expect[0].relation].name, "big");
  EXPECT_EQ(test.expect[0].line, 7u);
  EXPECT_THAT(test.expect[1].rows, IsEmpty());
}

TEST(TestCheck, MistakesAreReported) {
  const auto messages = [](const std::string& clauses) {
    return load(kStreams + "stream big = from payments\ntable last latest from payments { key id }\ntest \"t\" { " +
                clauses + " }")
        .messages();
  };
  EXPECT_THAT(messages("given payments: {}"), ElementsAre("a test that expects nothing"));
  EXPECT_THAT(messages("given big: {} expect no bigg"),
              ElementsAre("rows of `big` are made, not given", "unknown stream `bigg`"));
  EXPECT_THAT(messages("given last: {} expect big: {\"amuont\": 1, \"place\": null, \"lat\": 1}"),
              ElementsAre("table `last` is fed by streams: rows are given to these",
                          "unknown field `amuont` in stream `big`", "unknown field `lat` in stream `big`"));
}

}    // namespace
}    // namespace cepheid::patterns
