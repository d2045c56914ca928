#include <fmt/format.h>

#include "scored_history.hpp"

namespace cepheid::fraud {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

FraudRules application_rules(bool places) {
  FraudRules rules;
  rules.velocity = FraudVelocity{.windows_ms = {5 * kMinute, 15 * kMinute, kHour},
                                 .limits = {{"withdrawal", {5, 10, 20}}, {"payment", {20, 50, 100}}},
                                 .default_limits = {10, 20, 50}};
  if (places) rules.location = FraudLocation{};
  rules.amount = FraudAmount{};
  rules.behaviour = FraudBehaviour{.unseen_hour_risk = 0.3, .unseen_type_risk = 0.4};
  rules.time = FraudTime{.night = FraudTime::Night{}, .weekend_risk = 0.3};
  return rules;
}

std::string refusal(const FraudRules& rules) {
  const Result<FraudScorer> scorer = FraudScorer::create(rules);
  return scorer ? "none" : scorer.error().message;
}

TEST(History, EndsWhereItsDurationSays) {
  FraudRules rules;
  rules.history.duration_ms = kHour;
  rules.behaviour = FraudBehaviour{.unseen_type_risk = 0.4};
  ScoredHistory score(rules);
  score({.time_ms = kMonday, .type = "a"});
  EXPECT_THAT(reasons(score({.time_ms = kMonday + kHour - 1, .type = "b"})), ElementsAre("unusual_transaction_type"));
  // only "b" is left
  EXPECT_THAT(reasons(score({.time_ms = kMonday + kHour, .type = "a"})), ElementsAre("unusual_transaction_type"));
  EXPECT_THAT(score({.time_ms = kMonday + 10 * kHour, .type = "c"}).factors, IsEmpty());
}

TEST(History, WhatIsLaterInTimeButArrivedBeforeBelongsToIt) {
  FraudRules rules;
  rules.behaviour = FraudBehaviour{.unseen_type_risk = 0.4};
  ScoredHistory score(rules);
  score({.time_ms = kMonday + kDay, .type = "a"});
  EXPECT_THAT(score({.time_ms = kMonday, .type = "a"}).factors, IsEmpty());
  EXPECT_EQ(score({.time_ms = kMonday, .type = "b"}).factors.size(), 1u);
}

TEST(History, LimitCountsTheLastThatArrived) {
  FraudRules rules;
  rules.history.limit = 2;
  rules.first_seen = FraudFirstSeen{.merchant_risk = 0.1};
  ScoredHistory score(rules);
  score({.time_ms = kMonday + kHour, .merchant = "a"});
  score({.time_ms = kMonday, .merchant = "b"});
  EXPECT_THAT(score({.time_ms = kMonday, .merchant = "a"}).factors, IsEmpty());
  EXPECT_THAT(score({.time_ms = kMonday, .merchant = "a"}).factors, IsEmpty());
  EXPECT_EQ(score({.time_ms = kMonday, .merchant = "b"}).factors.size(), 1u);
  EXPECT_EQ(score.scorer().memory().transactions, 2u);
}

TEST(History, OneTimeOutOfAllOrderDoesNotCostIt) {
  FraudRules rules;
  rules.history.duration_ms = kDay;
  rules.first_seen = FraudFirstSeen{.merchant_risk = 0.1};
  ScoredHistory score(rules);
  score({.time_ms = kMonday, .merchant = "a"});
  score({.time_ms = kMonday + 10'000 * kDay, .merchant = "b"});
  for (int i = 0; i < 2; ++i) score({.time_ms = kMonday, .merchant = "b"});
  EXPECT_THAT(score({.time_ms = kMonday, .merchant = "a"}).factors, IsEmpty());
}

TEST(History, UsersAreApart) {
  FraudRules rules;
  rules.first_seen = FraudFirstSeen{.merchant_risk = 0.1};
  ScoredHistory score(rules);
  score({.time_ms = kMonday, .merchant = "a"}, "u");
  EXPECT_THAT(score({.time_ms = kMonday, .merchant = "b"}, "v").factors, IsEmpty());
  EXPECT_THAT(score({.time_ms = kMonday, .merchant = "b"}, "").factors, IsEmpty());
  EXPECT_EQ(score({.time_ms = kMonday, .merchant = "b"}, "u").factors.size(), 1u);
}

TEST(Memory, AUserWith100TransactionsTakesAtMost4KBWithPlacesAnd2KBWithout) {
  constexpr int kUsers = 256;    // fills its page of slots
  for (const bool places : {true, false}) {
    ScoredHistory score(application_rules(places));
    // more than a year of a transaction each 90 days / 100
    for (int i = 0; i < 430; ++i) {
      const TimeMs time_ms = kMonday + i * (90 * kDay / 100);
      for (int user = 0; user < kUsers; ++user) {
        score({.time_ms = time_ms + user,
               .type = i % 2 == 0 ? "payment" : "withdrawal",
               .amount = 10.0 + i,
               .latitude = i * 0.1,
               .longitude = user * 0.1},
              fmt::format("user{:06}", user));
      }
    }
    EXPECT_LE((score.scorer().state_bytes() + kUsers - 1) / kUsers, places ? 4'096u : 2'048u);
  }
}

TEST(Memory, WhatUsersHoldGoesWithThem) {
  FraudRules rules = application_rules(true);
  rules.first_seen = FraudFirstSeen{.merchant_risk = 0.1, .device_risk = 0.1, .country_risk = 0.1};
  ScoredHistory score(rules);
  for (int i = 0; i < 3'000; ++i) {
    const std::string merchant = fmt::format("merchant number {}", i);
    score({.time_ms = kMonday + i, .type = "payment", .amount = 5, .merchant = merchant, .device = merchant},
          fmt::format("u{}", i % 1'000));
  }
  EXPECT_EQ(score.scorer().memory().users, 1'000u);
  EXPECT_EQ(score.scorer().memory().transactions, 3'000u);
  const std::size_t shared_bytes = score.scorer().memory().shared_bytes;
  EXPECT_EQ(score.scorer().expire(kMonday + 2'000 + 90 * kDay), 1u);    // of the first user all is over, of no other
  EXPECT_EQ(score.scorer().expire(kMonday + 91 * kDay), 999u);
  EXPECT_EQ(score.scorer().memory().users, 0u);
  EXPECT_EQ(score.scorer().memory().transactions, 0u);
  EXPECT_LT(score.scorer().memory().shared_bytes, shared_bytes);
}

TEST(Expire, LooksAtSoManyUsersAndGoesOnThere) {
  ScoredHistory score(application_rules(false));
  for (int i = 0; i < 10; ++i) score({.time_ms = kMonday + (i % 2) * kDay}, fmt::format("u{}", i));
  const TimeMs now_ms = kMonday + 90 * kDay;
  EXPECT_EQ(score.scorer().expire(now_ms - 1), 0u);
  std::size_t forgotten = 0;
  for (int i = 0; i < 4; ++i) forgotten += score.scorer().expire(now_ms, 3);
  EXPECT_EQ(forgotten, 5u);
  EXPECT_EQ(score.scorer().memory().users, 5u);
}

TEST(Expire, DormantAccountsAreRememberedFourTimesAsLongWithoutTheirHistory) {
  FraudRules rules = application_rules(false);
  rules.dormant = FraudDormant{.idle_ms = 100 * kDay};
  ScoredHistory score(rules);
  for (int i = 0; i < 100; ++i) score({.time_ms = kMonday, .type = "a", .amount = 1});
  EXPECT_EQ(score.scorer().expire(kMonday + 95 * kDay), 0u);
  EXPECT_EQ(score.scorer().memory().transactions, 0u);
  EXPECT_EQ(score.scorer().memory().users, 1u);
  std::string bytes;
  score.scorer().save(bytes);
  ASSERT_TRUE(score.scorer().load(bytes));
  EXPECT_THAT(reasons(score({.time_ms = kMonday + 100 * kDay})), ElementsAre("dormant_account"));
  EXPECT_EQ(score.scorer().expire(kMonday + 500 * kDay - 1), 0u);
  EXPECT_EQ(score.scorer().expire(kMonday + 500 * kDay), 1u);
}

TEST(SavedState, IsTheSameFormOnEachMachine) {
  FraudRules rules;
  rules.amount = FraudAmount{};
  ScoredHistory score(rules);
  score({.time_ms = 1, .amount = 2}, "k");
  std::string bytes;
  score.scorer().save(bytes);
  const std::string_view all = bytes;
  EXPECT_EQ(all.substr(0, 36),
            "\x23"
            "fraud 1 zone UTC columns 1000001100");
  // behind the size and the checksum of the block: no texts; a user "k", its time, a transaction, its time, its amount
  using namespace std::string_view_literals;
  EXPECT_EQ(all.substr(52), "\0\0\0\0\x01\x01k\x02\x01\x02\0\0\0\0\0\0\0\x40"sv);
}

TEST(SavedState, ThatIsDamagedOrOfOtherRulesIsRefusedAndNothingIsRemembered) {
  ScoredHistory score(application_rules(true));
  score({.time_ms = kMonday, .type = "payment", .amount = 5, .latitude = 1, .longitude = 2});
  std::string bytes;
  score.scorer().save(bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(score.scorer().load(std::string_view(bytes).substr(0, size))) << size;
    EXPECT_EQ(score.scorer().memory().users, 0u);
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] ^= 0x10;
    EXPECT_FALSE(score.scorer().load(damaged)) << i;
  }
  ScoredHistory without_places(application_rules(false));
  EXPECT_FALSE(without_places.scorer().load(bytes));
  EXPECT_TRUE(score.scorer().load(bytes));
  EXPECT_EQ(score.scorer().memory().users, 1u);
}

TEST(Rules, FiguresOutOfRangeAreRefused) {
  FraudRules rules;
  rules.zone = "Mars/Olympus";
  EXPECT_EQ(refusal(rules), "unknown zone `Mars/Olympus`");
  rules = {};
  rules.velocity = FraudVelocity{.windows_ms = {kHour}, .limits = {{"a", {1, 2}}}};
  EXPECT_EQ(refusal(rules), "`velocity` has 1 windows, but 2 limits of `a`");
  rules.velocity->limits = {{"a", {1}}, {"a", {1}}};
  EXPECT_EQ(refusal(rules), "`a` has limits twice");
  rules = {};
  rules.behaviour = FraudBehaviour{.unseen_hour_risk = 1.5};
  EXPECT_EQ(refusal(rules), "a risk of `behaviour` is not between 0 and 1");
  rules = {};
  rules.lists.resize(65, {.name = "a"});
  EXPECT_EQ(refusal(rules), "there are more than 64 lists");
  rules = {};
  rules.model = FraudModel{.file = "m.json", .json = "{}"};
  EXPECT_EQ(refusal(rules), "model `m.json`: a model that is an object has a `type`");
  rules = {};
  rules.history.duration_ms = 0;
  EXPECT_EQ(refusal(rules), "the history is empty");
}

}    // namespace
}    // namespace cepheid::fraud
