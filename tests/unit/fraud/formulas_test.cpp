// Every formula, by values computed by hand.

#include "scored_history.hpp"

namespace cepheid::fraud {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

FraudRules velocity_rules() {
  FraudRules rules;
  rules.velocity =
      FraudVelocity{.windows_ms = {5 * kMinute, kHour}, .limits = {{"withdrawal", {2, 4}}}, .default_limits = {3, 10}};
  return rules;
}

TEST(Velocity, EarlierOnesOfTheTypeInTheWindowAreCounted) {
  ScoredHistory score(velocity_rules());
  score({.time_ms = kMonday, .type = "withdrawal"});
  EXPECT_THAT(score({.time_ms = kMonday, .type = "withdrawal"}).factors, IsEmpty());
  score({.time_ms = kMonday, .type = "deposit"});
  const FraudFactor factor = only_factor(score({.time_ms = kMonday + 1, .type = "withdrawal"}));
  EXPECT_EQ(reason_code(factor.reason), "high_velocity");
  EXPECT_DOUBLE_EQ(factor.risk, 0.5);    // 2 / 2 * 0.5
  EXPECT_THAT(factor.value(FraudFact::window), Optional(300.0));
  EXPECT_THAT(factor.value(FraudFact::count), Optional(2.0));
  EXPECT_THAT(factor.value(FraudFact::threshold), Optional(2.0));
}

TEST(Velocity, EachWindowIsAFactorAndTheRiskStopsAt1) {
  ScoredHistory score(velocity_rules());
  for (int i = 0; i < 5; ++i) score({.time_ms = kMonday, .type = "withdrawal"});
  const FraudScore& sixth = score({.time_ms = kMonday, .type = "withdrawal"});
  ASSERT_EQ(sixth.factors.size(), 2u);
  EXPECT_DOUBLE_EQ(sixth.factors[0].risk, 1);        // 5 / 2 * 0.5, but at most 1
  EXPECT_DOUBLE_EQ(sixth.factors[1].risk, 0.625);    // 5 / 4 * 0.5
  EXPECT_DOUBLE_EQ(sixth.risk_score, 1);             // the category's largest
}

TEST(Velocity, WindowIsOpenAtItsBeginAndClosedAtItsEnd) {
  ScoredHistory score(velocity_rules());
  score({.time_ms = kMonday, .type = "withdrawal"});
  score({.time_ms = kMonday + 1, .type = "withdrawal"});
  EXPECT_THAT(score({.time_ms = kMonday + 5 * kMinute, .type = "withdrawal"}).factors, IsEmpty());
  // 1 ms, and the one before at its own time
  EXPECT_EQ(only_factor(score({.time_ms = kMonday + 5 * kMinute, .type = "withdrawal"})).value(FraudFact::count), 2);
}

TEST(Velocity, WhatArrivedBeforeButIsLaterInTimeDoesNotCount) {
  ScoredHistory score(velocity_rules());
  score({.time_ms = kMonday + 2, .type = "withdrawal"});
  score({.time_ms = kMonday + 3, .type = "withdrawal"});
  EXPECT_THAT(score({.time_ms = kMonday + 1, .type = "withdrawal"}).factors, IsEmpty());
}

TEST(Velocity, TypesThatAreNotListedHaveTheDefaultLimits) {
  ScoredHistory score(velocity_rules());
  for (int i = 0; i < 3; ++i) EXPECT_THAT(score({.time_ms = kMonday, .type = "odd"}).factors, IsEmpty());
  EXPECT_EQ(only_factor(score({.time_ms = kMonday, .type = "odd"})).value(FraudFact::threshold), 3);
  FraudRules rules = velocity_rules();
  rules.velocity->default_limits.clear();
  ScoredHistory without(rules);
  for (int i = 0; i < 20; ++i) EXPECT_THAT(without({.time_ms = kMonday, .type = "odd"}).factors, IsEmpty());
}

TEST(Location, RiskGrowsWithTheWayToTheNearestEarlierPlace) {
  FraudRules rules;
  rules.location = FraudLocation{};
  ScoredHistory score(rules);
  EXPECT_THAT(score({.time_ms = kMonday, .latitude = 0, .longitude = 0}).factors, IsEmpty());
  // 1 degree of the equator: 6371 km * pi / 180 = 111.19492664455873 km
  const FraudFactor factor = only_factor(score({.time_ms = kMonday, .latitude = 0, .longitude = 1}));
  EXPECT_EQ(reason_code(factor.reason), "unusual_location");
  EXPECT_THAT(factor.value(FraudFact::distance_km), Optional(DoubleNear(111.19492664455873, 1e-10)));
  EXPECT_NEAR(factor.risk, 0.11119492664455873, 1e-13);
  // nearer to (0, 1) than 100 km
  EXPECT_THAT(score({.time_ms = kMonday, .latitude = 0.5, .longitude = 1}).factors, IsEmpty());
  // a quarter of the globe: 10007.543398010286 km
  EXPECT_DOUBLE_EQ(only_factor(score({.time_ms = kMonday, .latitude = 90, .longitude = 50})).risk, 1);
}

TEST(Location, OneCoordinateIsNoPlace) {
  FraudRules rules;
  rules.location = FraudLocation{};
  ScoredHistory score(rules);
  score({.time_ms = kMonday, .latitude = 10});
  EXPECT_THAT(score({.time_ms = kMonday, .latitude = 50, .longitude = 50}).factors, IsEmpty());
  EXPECT_THAT(score({.time_ms = kMonday, .longitude = 100}).factors, IsEmpty());
  EXPECT_EQ(score({.time_ms = kMonday, .latitude = 10, .longitude = 10}).factors.size(), 1u);
}

FraudRules amount_rules() {
  FraudRules rules;
  rules.amount = FraudAmount{};
  return rules;
}

TEST(Amount, BelowTenEarlierOnesTheDeviationIsHalfOfTheMean) {
  ScoredHistory score(amount_rules());
  EXPECT_THAT(score({.time_ms = kMonday, .amount = 1'000'000}).factors, IsEmpty());
  ScoredHistory other(amount_rules());
  other({.time_ms = kMonday, .amount = 10});
  other({.time_ms = kMonday, .amount = 30});
  // m = 20, s = 10
  EXPECT_THAT(other({.time_ms = kMonday, .amount = 50}).factors, IsEmpty());    // z = 3
  ScoredHistory third(amount_rules());
  third({.time_ms = kMonday, .amount = 10});
  third({.time_ms = kMonday, .amount = 30});
  const FraudFactor factor = only_factor(third({.time_ms = kMonday, .amount = 60}));
  EXPECT_EQ(reason_code(factor.reason), "unusual_amount");
  EXPECT_THAT(factor.value(FraudFact::z_score), Optional(4.0));
  EXPECT_THAT(factor.value(FraudFact::average_amount), Optional(20.0));
  EXPECT_DOUBLE_EQ(factor.risk, 0.8);
}

TEST(Amount, FromTenEarlierOnesItIsTheSampleDeviation) {
  ScoredHistory score(amount_rules());
  for (int i = 0; i < 5; ++i) {
    score({.time_ms = kMonday, .amount = 99});
    score({.time_ms = kMonday, .amount = 101});
  }
  // m = 100, s = sqrt(10 / 9), z = 4 / s = 3.794733192202055
  const FraudFactor factor = only_factor(score({.time_ms = kMonday, .amount = 104}));
  EXPECT_THAT(factor.value(FraudFact::z_score), Optional(DoubleNear(3.794733192202055, 1e-12)));
  EXPECT_NEAR(factor.risk, 3.794733192202055 / 5, 1e-12);
}

TEST(Amount, TenEqualOnesHaveHalfOfTheMeanAsDeviation) {
  ScoredHistory score(amount_rules());
  for (int i = 0; i < 10; ++i) score({.time_ms = kMonday, .amount = 0.1});
  EXPECT_THAT(score({.time_ms = kMonday, .amount = 0.1}).factors, IsEmpty());
  const FraudFactor factor = only_factor(score({.time_ms = kMonday, .amount = 0.3}));    // 0.2 / 0.05
  EXPECT_THAT(factor.value(FraudFact::z_score), Optional(4.0));
}

TEST(Amount, DecimalsAreComparedAsDecimals) {
  ScoredHistory score(amount_rules());
  score({.time_ms = kMonday, .amount = 1});
  score({.time_ms = kMonday, .amount = 1});
  score({.time_ms = kMonday, .amount = 3});
  // m = 5 / 3, s = 5 / 6, z = 4, which the nearest doubles of m and s miss
  const FraudFactor factor = only_factor(score({.time_ms = kMonday, .amount = 5}));
  EXPECT_EQ(factor.value(FraudFact::z_score), 4.0);
  EXPECT_EQ(factor.risk, 0.8);
}

TEST(Amount, NothingWithoutADeviation) {
  ScoredHistory score(amount_rules());
  score({.time_ms = kMonday, .amount = 0});
  EXPECT_THAT(score({.time_ms = kMonday, .amount = 500}).factors, IsEmpty());
  ScoredHistory below(amount_rules());
  below({.time_ms = kMonday, .amount = -10});
  EXPECT_THAT(below({.time_ms = kMonday, .amount = 500}).factors, IsEmpty());
}

TEST(Amount, WhatIsNoNumberIsAbsent) {
  ScoredHistory score(amount_rules());
  score({.time_ms = kMonday, .amount = std::numeric_limits<double>::infinity()});
  score({.time_ms = kMonday});
  EXPECT_THAT(score({.time_ms = kMonday, .amount = 10}).factors, IsEmpty());
  EXPECT_EQ(only_factor(score({.time_ms = kMonday, .amount = 30})).value(FraudFact::average_amount), 10.0);
}

TEST(Behaviour, UnseenHoursAndTypes) {
  FraudRules rules;
  rules.behaviour = FraudBehaviour{.unseen_hour_risk = 0.3, .unseen_type_risk = 0.4};
  ScoredHistory score(rules);
  EXPECT_THAT(score({.time_ms = kMonday, .type = "a"}).factors, IsEmpty());
  EXPECT_THAT(score({.time_ms = kMonday + kHour - 1, .type = "a"}).factors, IsEmpty());
  const FraudScore& both = score({.time_ms = kMonday + kHour, .type = "b"});
  EXPECT_THAT(reasons(both), ElementsAre("unusual_time", "unusual_transaction_type"));
  EXPECT_THAT(both.factors[0].value(FraudFact::hour), Optional(1.0));
  EXPECT_DOUBLE_EQ(both.risk_score, 0.4);
  EXPECT_THAT(score({.time_ms = kMonday + 25 * kHour, .type = "a"}).factors, IsEmpty());
}

TEST(Behaviour, HoursAreThoseOfTheZone) {
  FraudRules rules;
  rules.zone = "America/New_York";
  rules.behaviour = FraudBehaviour{.unseen_hour_risk = 0.3};
  ScoredHistory score(rules);
  const TimeMs change = 1'710'054'000'000;    // 2024-03-10 07:00 UTC: 01:59:59 is followed by 03:00
  score({.time_ms = change - 1});
  EXPECT_EQ(only_factor(score({.time_ms = change})).value(FraudFact::hour), 3.0);
  EXPECT_THAT(score({.time_ms = change + 22 * kHour}).factors, IsEmpty());    // 01:00
}

TEST(Time, NightHasBothItsHours) {
  FraudRules rules;
  rules.time = FraudTime{.night = FraudTime::Night{}};
  ScoredHistory score(rules);
  EXPECT_THAT(score({.time_ms = kMonday + 2 * kHour - 1}).factors, IsEmpty());
  const FraudFactor factor = only_factor(score({.time_ms = kMonday + 2 * kHour}));
  EXPECT_EQ(reason_code(factor.reason), "late_night_transaction");
  EXPECT_DOUBLE_EQ(factor.risk, 0.2);
  EXPECT_THAT(factor.value(FraudFact::hour), Optional(2.0));
  EXPECT_EQ(score({.time_ms = kMonday + 7 * kHour - 1}).factors.size(), 1u);
  EXPECT_THAT(score({.time_ms = kMonday + 7 * kHour}).factors, IsEmpty());
}

TEST(Time, NightMayGoOverMidnight) {
  FraudRules rules;
  rules.time = FraudTime{.night = FraudTime::Night{.first_hour = 23, .last_hour = 1}};
  ScoredHistory score(rules);
  std::string night;
  for (int hour = 0; hour < 24; ++hour) {
    night += score({.time_ms = kMonday + hour * kHour}).factors.empty() ? '-' : 'n';
  }
  EXPECT_EQ(night, "nn---------------------n");
}

TEST(Time, FirstWeekendAfterWorkdaysIsUnusual) {
  FraudRules rules;
  rules.time = FraudTime{.weekend_risk = 0.3};
  ScoredHistory score(rules);
  EXPECT_THAT(score({.time_ms = kMonday + 4 * kDay}).factors, IsEmpty());
  const FraudFactor factor = only_factor(score({.time_ms = kMonday + 5 * kDay}));
  EXPECT_EQ(reason_code(factor.reason), "weekend_unusual_activity");
  EXPECT_THAT(factor.value(FraudFact::day_of_week), Optional(5.0));
  EXPECT_THAT(score({.time_ms = kMonday + 6 * kDay}).factors, IsEmpty());
  EXPECT_THAT(score({.time_ms = kMonday + 5 * kDay}, "without history").factors, IsEmpty());
}

TEST(Travel, FasterThanThePlaneIsImpossible) {
  FraudRules rules;
  rules.travel = FraudTravel{};
  ScoredHistory score(rules);
  score({.time_ms = kMonday, .latitude = 0, .longitude = 0});
  // 1111.9492664455873 km
  EXPECT_THAT(score({.time_ms = kMonday + 2 * kHour, .latitude = 0, .longitude = 10}).factors, IsEmpty());
  const FraudFactor factor = only_factor(score({.time_ms = kMonday + 3 * kHour, .latitude = 0, .longitude = 20}));
  EXPECT_EQ(reason_code(factor.reason), "impossible_travel");
  EXPECT_DOUBLE_EQ(factor.risk, 0.8);
  EXPECT_THAT(factor.value(FraudFact::elapsed), Optional(3600.0));
  EXPECT_THAT(factor.value(FraudFact::speed_km_h), Optional(DoubleNear(1111.9492664455873, 1e-9)));
  // at the same instant any distance is too far
  const FraudFactor instant = only_factor(score({.time_ms = kMonday + 3 * kHour, .latitude = 0, .longitude = 20.001}));
  EXPECT_EQ(instant.value(FraudFact::speed_km_h), std::nullopt);
}

TEST(Travel, OneThatArrivesLateIsHeldAgainstThePlacesBeforeAndAfter) {
  FraudRules rules;
  rules.travel = FraudTravel{};
  ScoredHistory score(rules);
  score({.time_ms = kMonday, .latitude = 0, .longitude = 0});
  score({.time_ms = kMonday + 10 * kHour, .latitude = 0, .longitude = 0});
  score({.time_ms = kMonday + 5 * kHour, .latitude = 0, .longitude = 0});
  const FraudFactor factor = only_factor(score({.time_ms = kMonday + 9 * kHour, .latitude = 0, .longitude = 10}));
  EXPECT_THAT(factor.value(FraudFact::elapsed), Optional(3600.0));
}

TEST(Dormant, AnAccountWakesUpAlsoAfterItsHistory) {
  FraudRules rules;
  rules.history.duration_ms = 30 * kDay;
  rules.dormant = FraudDormant{};
  ScoredHistory score(rules);
  EXPECT_THAT(score({.time_ms = kMonday}).factors, IsEmpty());
  EXPECT_THAT(score({.time_ms = kMonday + 90 * kDay - 1}).factors, IsEmpty());
  const FraudFactor factor = only_factor(score({.time_ms = kMonday + 180 * kDay - 1}));
  EXPECT_EQ(reason_code(factor.reason), "dormant_account");
  EXPECT_DOUBLE_EQ(factor.risk, 0.5);
  EXPECT_THAT(factor.value(FraudFact::elapsed), Optional(90.0 * 86'400));
}

TEST(RoundAmount, WholeMultiplesFromTheLeastOn) {
  FraudRules rules;
  rules.round_amount = FraudRoundAmount{.multiple = 100, .at_least = 500};
  ScoredHistory score(rules);
  EXPECT_THAT(score({.time_ms = kMonday, .amount = 400}).factors, IsEmpty());
  EXPECT_THAT(score({.time_ms = kMonday, .amount = 550}).factors, IsEmpty());
  EXPECT_THAT(score({.time_ms = kMonday, .amount = 500.01}).factors, IsEmpty());
  EXPECT_THAT(score({.time_ms = kMonday, .amount = -500}).factors, IsEmpty());
  EXPECT_THAT(reasons(score({.time_ms = kMonday, .amount = 500})), ElementsAre("round_amount"));
}

TEST(FirstSeen, EachOfMerchantDeviceCountry) {
  FraudRules rules;
  rules.first_seen = FraudFirstSeen{.merchant_risk = 0.1, .device_risk = 0.2, .country_risk = 0.3};
  ScoredHistory score(rules);
  EXPECT_THAT(score({.time_ms = kMonday, .merchant = "m", .device = "d", .country = "c"}).factors, IsEmpty());
  EXPECT_THAT(reasons(score({.time_ms = kMonday, .merchant = "n", .device = "d"})), ElementsAre("first_seen_merchant"));
  const FraudScore& all = score({.time_ms = kMonday, .merchant = "x", .device = "y", .country = "z"});
  EXPECT_THAT(reasons(all), ElementsAre("first_seen_merchant", "first_seen_device", "first_seen_country"));
  EXPECT_DOUBLE_EQ(all.risk_score, 0.3);
  EXPECT_THAT(score({.time_ms = kMonday, .merchant = "n", .device = "y", .country = "c"}).factors, IsEmpty());
}

TEST(Value, SumOfTheWindowWithThisAmount) {
  FraudRules rules;
  rules.value = FraudValue{.windows = {{.window_ms = kHour, .limit = 0.3}}};
  ScoredHistory score(rules);
  score({.time_ms = kMonday, .amount = 0.1});
  EXPECT_THAT(score({.time_ms = kMonday + 1, .amount = 0.2}).factors, IsEmpty());    // not above the limit
  // the first one has left the window
  const FraudFactor factor = only_factor(score({.time_ms = kMonday + kHour, .amount = 0.4}));
  EXPECT_EQ(reason_code(factor.reason), "high_value");
  EXPECT_THAT(factor.value(FraudFact::sum), Optional(DoubleNear(0.6, 1e-15)));
  EXPECT_DOUBLE_EQ(factor.risk, 1);
}

TEST(Spread, DifferentOnesOfTheWindowWithThisOne) {
  FraudRules rules;
  rules.spread = FraudSpread{.windows = {{FraudSpread::Of::merchants, kHour, 2}}};
  ScoredHistory score(rules);
  score({.time_ms = kMonday, .merchant = "a"});
  score({.time_ms = kMonday + 1, .merchant = "b"});
  EXPECT_THAT(score({.time_ms = kMonday + 1, .merchant = "a"}).factors, IsEmpty());
  const FraudFactor factor = only_factor(score({.time_ms = kMonday + 2, .merchant = "c"}));
  EXPECT_EQ(reason_code(factor.reason), "merchant_spread");
  EXPECT_THAT(factor.value(FraudFact::count), Optional(3.0));
  EXPECT_DOUBLE_EQ(factor.risk, 0.75);
  EXPECT_THAT(score({.time_ms = kMonday + 3}).factors, IsEmpty());
}

TEST(Lists, AllowBeatsBlockBeatsScore) {
  FraudRules rules;
  rules.time = FraudTime{.night = FraudTime::Night{.risk = 0.4}};
  rules.lists = {{"stolen", FraudList::Action::block, 0.9}, {"staff", FraudList::Action::allow}};
  rules.levels = {{"high", 0.8, "stop"}, {"low", 0, "go"}};
  ScoredHistory score(rules);
  EXPECT_DOUBLE_EQ(score({.time_ms = kMonday + 3 * kHour}).risk_score, 0.4);
  const FraudScore& blocked = score({.time_ms = kMonday + 3 * kHour, .lists = 1});
  EXPECT_THAT(reasons(blocked), ElementsAre("late_night_transaction", "block_list"));
  EXPECT_EQ(blocked.factors[1].list, "stolen");
  EXPECT_DOUBLE_EQ(blocked.risk_score, 0.9);
  EXPECT_EQ(blocked.level, 0u);
  const FraudScore& allowed = score({.time_ms = kMonday + 3 * kHour, .lists = 3});
  EXPECT_THAT(reasons(allowed), ElementsAre("late_night_transaction", "block_list", "allow_list"));
  EXPECT_EQ(allowed.risk_score, 0);
  EXPECT_EQ(allowed.level, 1u);
}

TEST(ModelCheck, ProbabilityAboveTheThresholdIsTheRisk) {
  FraudRules rules;
  rules.model = FraudModel{.file = "m.json",
                           .json = R"({"type": "logistic", "coefficients": {"x": 1}})",
                           .features = {"y", "x"},
                           .above = 0.5};
  ScoredHistory score(rules);
  const double low[] = {9, 0};
  const double high[] = {9, 2};
  EXPECT_THAT(score({.time_ms = kMonday, .features = low}).factors, IsEmpty());
  const FraudFactor factor = only_factor(score({.time_ms = kMonday, .features = high}));
  EXPECT_EQ(reason_code(factor.reason), "model_score");
  EXPECT_NEAR(factor.risk, 0.8807970779778823, 1e-15);    // 1 / (1 + exp(-2))
}

TEST(Score, CombinesTheLargestRiskOfEachCategory) {
  FraudRules rules;
  rules.behaviour = FraudBehaviour{.unseen_hour_risk = 0.3, .unseen_type_risk = 0.4};
  rules.time = FraudTime{.night = FraudTime::Night{.risk = 0.8}};
  rules.levels = {{"low", 0, ""}, {"medium", 0.3, ""}};
  const auto score_of = [&](FraudCombine combine) {
    rules.combine = combine;
    ScoredHistory score(rules);
    score({.time_ms = kMonday, .type = "a"});
    return score({.time_ms = kMonday + 3 * kHour, .type = "b"}).risk_score;
  };
  EXPECT_DOUBLE_EQ(score_of(FraudCombine::mean), 0.6);
  EXPECT_DOUBLE_EQ(score_of(FraudCombine::max), 0.8);
  rules.weights[static_cast<std::size_t>(FraudCategory::behaviour)] = 3;
  EXPECT_DOUBLE_EQ(score_of(FraudCombine::weighted), 0.5);    // (3 * 0.4 + 0.8) / 4
  ScoredHistory score(rules);
  EXPECT_EQ(score({.time_ms = kMonday}).level, 0u);
  EXPECT_EQ(score({.time_ms = kMonday + 3 * kHour}).level, 1u);
}

TEST(Score, NothingFiredIs0AndMayHaveNoLevel) {
  FraudRules rules;
  rules.levels = {{"high", 0.5, ""}};
  ScoredHistory score(rules);
  EXPECT_EQ(score({.time_ms = kMonday}).risk_score, 0);
  EXPECT_EQ(score({.time_ms = kMonday}).level, FraudScore::kNoLevel);
}

}    // namespace
}    // namespace cepheid::fraud
