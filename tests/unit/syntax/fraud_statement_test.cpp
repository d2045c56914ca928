#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/syntax/tree_printer.hpp"

namespace cepheid::patterns {
namespace {

using syntax::Fraud;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(FraudStatement, HasItsClausesInAnyOrder) {
  const Parsed parsed(R"(fraud f on s, t {
        levels critical 0.8 "Block", low 0
        combine weighted velocity 2, amount 1, list 0.5
        history 90d limit 10_000 late 1d
        model file "m.json" features (amount, h = hour(at)) above 0.6
        list cards on (card = card_id) block risk 0.9
        list friends on (user = user_id) allow
        spread merchants 1h limit 5, devices 1d limit 3 risk_at_limit 0.4
        value 1h limit 5000, 1d limit 20_000.5 same_type
        first_seen merchant 0.2, device 0.3
        round_amount multiple 100 at_least 1000
        dormant 90d risk 0.5
        travel faster_than 900 risk 0.8
        time night 2..6 0.2 weekend 0.3
        behaviour hours 0.3 unseen_type 0.4
        amount z_score 3
        location farther_than 100
        velocity windows 5m, 1h limits withdrawal (5, 10), `cash in` (1, 2), default (10, 20) risk_at_limit 0.5
        zone "UTC"
        roles type = kind, amount = amount, latitude = location.latitude, longitude = location.longitude
        key user_id, amount
    })");
  ASSERT_THAT(parsed.mistakes(), IsEmpty());
  const auto& fraud = parsed.statement<Fraud>();
  EXPECT_FALSE(fraud.broken);
  EXPECT_THAT(fraud.key, SizeIs(2));
  ASSERT_THAT(fraud.roles, SizeIs(4));
  EXPECT_EQ(print(fraud.roles[2]), "latitude=location.latitude");
  EXPECT_EQ(fraud.zone->text, "UTC");
  ASSERT_THAT(fraud.velocity->windows, SizeIs(2));
  EXPECT_EQ(fraud.velocity->windows[1].ms, 3'600'000);
  ASSERT_THAT(fraud.velocity->limits, SizeIs(3));
  EXPECT_EQ(fraud.velocity->limits[1].type.text, "cash in");
  EXPECT_EQ(fraud.velocity->limits[2].counts.at(1).value, 20);
  EXPECT_THAT(fraud.velocity->figures, SizeIs(1));
  EXPECT_EQ(fraud.location->at(0).value.value, 100);
  ASSERT_THAT(*fraud.time, SizeIs(2));
  EXPECT_EQ(fraud.time->at(0).value.value, 2);
  EXPECT_EQ(fraud.time->at(0).to->value, 6);
  EXPECT_EQ(fraud.time->at(0).risk->value, 0.2);
  EXPECT_EQ(fraud.time->at(1).value.value, 0.3);
  EXPECT_FALSE(fraud.time->at(1).to);
  EXPECT_EQ(fraud.dormant->duration.ms, 90LL * 86'400'000);
  EXPECT_THAT(fraud.dormant->figures, SizeIs(1));
  EXPECT_THAT(*fraud.first_seen, SizeIs(2));
  ASSERT_THAT(fraud.value->windows, SizeIs(2));
  EXPECT_EQ(fraud.value->windows[1].limit.value, 20'000.5);
  EXPECT_TRUE(fraud.value->same_type);
  EXPECT_EQ(fraud.spread->windows.at(1).of->text, "devices");
  EXPECT_THAT(fraud.spread->figures, SizeIs(1));
  ASSERT_THAT(fraud.lists, SizeIs(2));
  EXPECT_EQ(fraud.lists[0].action.text, "block");
  EXPECT_EQ(print(fraud.lists[1].key.at(0)), "user=user_id");
  EXPECT_EQ(fraud.model->file.text, "m.json");
  EXPECT_THAT(fraud.model->features, SizeIs(2));
  EXPECT_THAT(fraud.history->figures, SizeIs(2));
  EXPECT_EQ(fraud.combine->how.text, "weighted");
  EXPECT_THAT(fraud.combine->weights, SizeIs(3));
  ASSERT_THAT(fraud.levels, SizeIs(2));
  EXPECT_EQ(fraud.levels[0].recommendation->text, "Block");
  EXPECT_FALSE(fraud.levels[1].recommendation);
}

TEST(FraudStatement, MistakesStayInTheirClauses) {
  const Parsed parsed(R"(fraud f on s {
        key user_id
        locaton farther_than 100
        velocity 5m limits default (1)
        amount z_score
        behaviour hours many
        time night 2.6 0.2
        history soon
        list cards (card = card_id) block
        levels high "x"
        zone "UTC"
    })");
  EXPECT_THAT(
      parsed.mistakes_with_hints(),
      ElementsAre("3:9 syntax: unexpected `locaton` | did you mean `location`?",
                  "4:18 syntax: expected `windows`, found `5m`", "6:9 syntax: expected a number, found `behaviour`",
                  "6:25 syntax: expected a number, found `many`",
                  "7:24 syntax: unexpected `0.2` | a clause of the score or `}` is expected",
                  "8:17 syntax: expected a duration, found `soon`", "9:20 syntax: expected `on`, found `(`",
                  "10:21 syntax: expected a number, found a string"));
  EXPECT_EQ(parsed.statement<Fraud>().zone->text, "UTC");
  EXPECT_THAT(parsed.statement<Fraud>().lists, IsEmpty());
}

}    // namespace
}    // namespace cepheid::patterns
