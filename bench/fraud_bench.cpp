// What does the score of a transaction cost? Much the same for the histories that users have; for long ones, a look at
// each earlier amount and, if the place is a new one, at each earlier place.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "bench/shop_events.hpp"
#include "cepheid/fraud.hpp"

namespace cepheid::bench {
namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kHistoryMs = 90LL * 24 * 60 * kMinute;
constexpr std::int64_t kShortHistoryMs = kHistoryMs / 10;
constexpr TimeMs kBegin = 1'700'000'000'000;

/// The rules of the application payments_fraud.
FraudRules payment_rules(bool places) {
  FraudRules rules;
  rules.velocity =
      FraudVelocity{.windows_ms = {5 * kMinute, 15 * kMinute, 60 * kMinute},
                    .limits = {{"withdrawal", {5, 10, 20}}, {"transfer", {10, 20, 50}}, {"payment", {20, 50, 100}}},
                    .default_limits = {10, 20, 50}};
  if (places) rules.location = FraudLocation{};
  rules.amount = FraudAmount{};
  rules.behaviour = FraudBehaviour{.unseen_hour_risk = 0.3, .unseen_type_risk = 0.4};
  rules.time = FraudTime{.night = FraudTime::Night{}, .weekend_risk = 0.3};
  rules.levels = {{"critical", 0.8, ""}, {"high", 0.6, ""}, {"medium", 0.3, ""}, {"low", 0, ""}};
  return rules;
}

FraudTransaction payment(Random& random, TimeMs time_ms) {
  constexpr const char* kTypes[] = {"payment", "transfer", "withdrawal", "deposit"};
  return {.time_ms = time_ms,
          .type = kTypes[random.below(4)],
          .amount = static_cast<double>(random.below(100'000)) / 100,
          .latitude = 37 + static_cast<double>(random.below(1'000)) / 2'000,
          .longitude = 127 + static_cast<double>(random.below(1'000)) / 2'000};
}

/// One user with so many transactions in a history of 9 days. The rules ask for a distance above `farther_than_km` from
/// home: one of 0 makes them look at every place, as if each transaction came from far away. Items are scores.
void fraud_history(benchmark::State& state, double farther_than_km) {
  FraudRules rules = payment_rules(true);
  rules.location->farther_than_km = farther_than_km;
  rules.history.duration_ms = kShortHistoryMs;    // some million scores must not take time beyond what there is
  Result<FraudScorer> scorer = FraudScorer::create(rules);
  const std::int64_t count = state.range(0);
  Random random(1);
  FraudScore score;
  TimeMs time_ms = kBegin;
  for (std::int64_t i = 0; i < 2 * count; ++i) {
    scorer->score("u", payment(random, time_ms += kShortHistoryMs / count), score);
  }
  for (auto _ : state) {
    scorer->score("u", payment(random, time_ms += kShortHistoryMs / count), score);
    benchmark::DoNotOptimize(score.risk_score);
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["bytes"] = static_cast<double>(scorer->memory().user_bytes);
}
BENCHMARK_CAPTURE(fraud_history, at_home, 100)->Arg(100)->Arg(1'000)->Arg(10'000);
BENCHMARK_CAPTURE(fraud_history, far_away, 0)->Arg(100)->Arg(1'000)->Arg(10'000);

/// A million transactions of so many users over 90 days, in order. Items are transactions; beside the rate the time
/// that 99 of 100 scores and the slowest one take (with two looks at the clock, some 50 ns), and the bytes of a user.
void fraud_million(benchmark::State& state, bool places) {
  constexpr std::int64_t kTransactions = 1'000'000;
  const std::int64_t users = state.range(0);
  std::vector<std::string> keys;
  for (std::int64_t i = 0; i < users; ++i) keys.push_back(fmt::format("user{:06}", i));
  Random random(1);
  std::vector<FraudTransaction> transactions;
  std::vector<std::uint32_t> key_of;
  for (std::int64_t i = 0; i < kTransactions; ++i) {
    transactions.push_back(payment(random, kBegin + i * (kHistoryMs / kTransactions)));
    key_of.push_back(static_cast<std::uint32_t>(random.below(static_cast<std::uint64_t>(users))));
  }
  std::vector<std::int64_t> took_ns(kTransactions);
  double user_bytes = 0;
  for (auto _ : state) {
    Result<FraudScorer> scorer = FraudScorer::create(payment_rules(places));
    FraudScore score;
    for (std::size_t i = 0; i < transactions.size(); ++i) {
      const auto begin = std::chrono::steady_clock::now();
      scorer->score(keys[key_of[i]], transactions[i], score);
      took_ns[i] = (std::chrono::steady_clock::now() - begin).count();
    }
    user_bytes = static_cast<double>(scorer->state_bytes()) / static_cast<double>(users);
  }
  const auto p99 = took_ns.begin() + kTransactions / 100 * 99;
  std::nth_element(took_ns.begin(), p99, took_ns.end());
  state.SetItemsProcessed(state.iterations() * kTransactions);
  state.counters["p99_ns"] = static_cast<double>(*p99);
  state.counters["slowest_ns"] = static_cast<double>(*std::max_element(p99, took_ns.end()));
  state.counters["bytes_a_user"] = user_bytes;
}
BENCHMARK_CAPTURE(fraud_million, places, true)->Arg(50'000)->Arg(10'000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(fraud_million, without_places, false)->Arg(50'000)->Arg(10'000)->Unit(benchmark::kMillisecond);

}    // namespace
}    // namespace cepheid::bench
