// Random transactions under random rules score as the naive scorer has it, in and out of order, beyond the end of the
// history, with fields missing, with users expired and the state saved and loaded on the way. CEPHEID_FRAUD_RUNS: how
// many runs; CEPHEID_SEED: of the first of them.

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cepheid/fraud.hpp"
#include "naive_scorer.hpp"

namespace cepheid::fraud {
namespace {

constexpr std::int64_t kSecond = 1'000;
constexpr std::int64_t kHour = 3'600 * kSecond;

class Random {
 public:
  explicit Random(std::uint64_t seed) : source_(seed) {}
  std::int64_t below(std::int64_t end) {
    return static_cast<std::int64_t>(source_() % static_cast<std::uint64_t>(end));
  }
  std::int64_t between(std::int64_t first, std::int64_t last) { return first + below(last - first + 1); }
  bool one_in(std::int64_t n) { return below(n) == 0; }
  double share() { return static_cast<double>(source_() >> 11) * 0x1p-53; }

 private:
  std::mt19937_64 source_;
};

FraudRules random_rules(Random& random) {
  FraudRules rules;
  const auto coin = [&] { return random.one_in(2); };
  const auto risk = [&] { return static_cast<double>(random.between(0, 10)) / 10; };
  const auto optional_risk = [&] { return coin() ? std::optional<double>(risk()) : std::nullopt; };
  rules.zone = coin() ? "UTC" : "Asia/Seoul";
  rules.history = {.duration_ms = random.between(1, 300) * kHour,
                   .limit = coin() ? 0 : static_cast<std::uint32_t>(random.between(1, 40)),
                   .late_ms = coin() ? 0 : random.between(0, 20) * kHour};
  if (coin()) {
    FraudVelocity velocity;
    for (std::int64_t i = random.between(0, 3); i > 0; --i)
      velocity.windows_ms.push_back(random.between(1, 40) * kHour);
    const auto counts = [&] {
      std::vector<std::uint32_t> limits;
      for (std::size_t i = 0; i < velocity.windows_ms.size(); ++i) {
        limits.push_back(static_cast<std::uint32_t>(random.between(1, 6)));
      }
      return limits;
    };
    if (coin()) velocity.limits.push_back({"payment", counts()});
    if (coin()) velocity.limits.push_back({"", counts()});
    if (coin()) velocity.default_limits = counts();
    rules.velocity = velocity;
  }
  if (coin()) rules.location = FraudLocation{.farther_than_km = random.share() * 2000};
  if (coin()) rules.amount = FraudAmount{.z_score = 0.5 + random.share() * 3};
  if (coin()) rules.behaviour = FraudBehaviour{optional_risk(), optional_risk()};
  if (coin()) {
    rules.time = FraudTime{.weekend_risk = optional_risk()};
    if (coin()) {
      rules.time->night = FraudTime::Night{static_cast<std::uint32_t>(random.below(24)),
                                           static_cast<std::uint32_t>(random.below(24)), risk()};
    }
  }
  if (coin()) rules.travel = FraudTravel{.faster_than_km_h = random.share() * 1000, .risk = risk()};
  if (coin()) {
    const DurationMs idle_ms = random.between(1, 100) * kHour;
    rules.dormant = FraudDormant{.idle_ms = idle_ms, .risk = risk(), .remember_ms = kEndOfTime};
  }
  if (coin()) rules.round_amount = FraudRoundAmount{.multiple = 10, .at_least = 50, .risk = risk()};
  if (coin()) rules.first_seen = FraudFirstSeen{optional_risk(), optional_risk(), optional_risk()};
  if (coin()) {
    rules.value = FraudValue{.of_same_type = coin()};
    for (std::int64_t i = random.between(0, 2); i > 0; --i) {
      rules.value->windows.push_back({random.between(1, 200) * kHour, 1 + random.share() * 1000});
    }
  }
  if (coin()) {
    rules.spread = FraudSpread{};
    for (std::int64_t i = random.between(0, 3); i > 0; --i) {
      rules.spread->windows.push_back({static_cast<FraudSpread::Of>(random.below(3)), random.between(1, 200) * kHour,
                                       static_cast<std::uint32_t>(random.between(1, 4))});
    }
  }
  if (random.one_in(4)) {
    rules.lists = {{"stolen", FraudList::Action::block, risk()}, {"staff", FraudList::Action::allow}};
  }
  rules.combine = static_cast<FraudCombine>(random.below(3));
  for (double& weight : rules.weights) weight = static_cast<double>(random.below(4));
  if (coin()) rules.levels = {{"middle", 0.301, ""}, {"high", 0.601, ""}, {"low", 0, ""}};
  return rules;
}

PlainTransaction random_transaction(Random& random, TimeMs time_ms) {
  const auto there = [&] { return !random.one_in(8); };
  PlainTransaction transaction{.time_ms = time_ms};
  if (there()) transaction.type = std::vector<std::string>{"payment", "transfer", "deposit", ""}[random.below(4)];
  if (there()) {
    transaction.amount = random.one_in(10) ? -random.share() * 10 : std::round(random.share() * 20'000) / 100;
    if (random.one_in(3)) transaction.amount = static_cast<double>(random.below(10) * 10);
  }
  if (there()) transaction.latitude = random.one_in(3) ? 37.5 : random.share() * 180 - 90;
  if (there()) transaction.longitude = random.one_in(3) ? 127 : random.share() * 360 - 180;
  if (random.one_in(50)) transaction.latitude = 100 + random.share() * 100;
  if (there()) transaction.merchant = fmt::format("a merchant of some name {}", random.below(12));
  if (there()) transaction.device = fmt::format("d{}", random.below(6));
  if (there()) transaction.country = random.one_in(3) ? "KR" : "FR";
  if (random.one_in(6)) transaction.lists = static_cast<std::uint64_t>(random.below(8));
  return transaction;
}

void expect_near(double found, double expected) {
  EXPECT_LE(std::abs(found - expected), 1e-9 * std::max(std::abs(found), std::abs(expected)));
}

std::string reasons(const FraudScore& score) {
  std::string codes;
  for (const FraudFactor& factor : score.factors) codes.append(reason_code(factor.reason)).append(" ");
  return codes;
}

void expect_same(const FraudScore& found, const FraudScore& expected) {
  expect_near(found.risk_score, expected.risk_score);
  EXPECT_EQ(found.level, expected.level);
  ASSERT_EQ(reasons(found), reasons(expected));
  for (std::size_t i = 0; i < found.factors.size(); ++i) {
    const FraudFactor& factor = found.factors[i];
    const FraudFactor& other = expected.factors[i];
    SCOPED_TRACE(reason_code(factor.reason));
    EXPECT_EQ(factor.list, other.list);
    expect_near(factor.risk, other.risk);
    ASSERT_EQ(factor.values().size(), other.values().size());
    for (std::size_t value = 0; value < factor.values().size(); ++value) {
      EXPECT_EQ(factor.values()[value].fact, other.values()[value].fact);
      SCOPED_TRACE(fact_name(factor.values()[value].fact));
      expect_near(factor.values()[value].value, other.values()[value].value);
    }
  }
}

void run(std::uint64_t seed, std::size_t& factors) {
  Random random(seed);
  const FraudRules rules = random_rules(random);
  Result<FraudScorer> scorer = FraudScorer::create(rules);
  ASSERT_TRUE(scorer) << scorer.error().message;
  NaiveScorer naive(rules);
  const std::int64_t users = random.between(1, 4);
  const std::int64_t step_ms = random.between(1, 10) * kHour;
  TimeMs largest_ms = 1'700'000'000'000 - random.below(2) * 3'400'000'000'000;    // before and after 1970
  FraudScore score;
  for (std::int64_t count = random.between(1, 400); count > 0; --count) {
    if (!random.one_in(5)) largest_ms += random.below(step_ms);
    if (random.one_in(100)) largest_ms += rules.history.duration_ms;
    const DurationMs late_ms = random.one_in(4) ? random.between(0, rules.history.late_ms) : 0;
    const std::string key = fmt::format("user {}", random.below(users));
    const PlainTransaction transaction = random_transaction(random, largest_ms - late_ms);
    scorer->score(key, transaction.view(), score);
    expect_same(score, naive.score(key, transaction));
    if (testing::Test::HasFailure()) {
      FAIL() << fmt::format("CEPHEID_SEED={}, {} transactions before the last", seed, count - 1);
    }
    factors += score.factors.size();
    if (random.one_in(20))
      (void)scorer->expire(largest_ms - rules.history.late_ms, static_cast<std::size_t>(random.between(1, 6)));
    if (random.one_in(50)) {
      std::string bytes;
      scorer->save(bytes);
      Result<FraudScorer> other = FraudScorer::create(rules);
      ASSERT_TRUE(other->load(bytes));
      EXPECT_EQ(other->memory().users, scorer->memory().users);
      // what is of no more use may have left
      EXPECT_LE(other->memory().transactions, scorer->memory().transactions);
      scorer = std::move(other);
    }
  }
}

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::stoull(text);
}

TEST(RandomHistories, ScoreAsTheNaiveScorerHasIt) {
  const std::uint64_t first = from_environment("CEPHEID_SEED", 1);
  const std::uint64_t runs = from_environment("CEPHEID_FRAUD_RUNS", 200);
  std::cout << fmt::format("CEPHEID_SEED={} CEPHEID_FRAUD_RUNS={}\n", first, runs);
  std::size_t factors = 0;
  for (std::uint64_t seed = first; seed < first + runs && !HasFailure(); ++seed) run(seed, factors);
  EXPECT_GT(factors, runs);    // else the rules ask for what never happens
}

}    // namespace
}    // namespace cepheid::fraud
