#pragma once

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cepheid/fraud.hpp"

namespace cepheid::fraud {

inline constexpr std::int64_t kSecond = 1'000;
inline constexpr std::int64_t kMinute = 60 * kSecond;
inline constexpr std::int64_t kHour = 60 * kMinute;
inline constexpr std::int64_t kDay = 24 * kHour;
/// Monday, 2024-01-01 00:00 UTC.
inline constexpr TimeMs kMonday = 1'704'067'200'000;

/// A scorer by some rules, which must be right, and its last score.
class ScoredHistory {
 public:
  explicit ScoredHistory(const FraudRules& rules) : scorer_(made(rules)) {}

  /// The score of a transaction, which is then history; of the user "u" unless told.
  const FraudScore& operator()(const FraudTransaction& transaction, std::string_view key = "u") {
    scorer_.score(key, transaction, score_);
    return score_;
  }
  FraudScorer& scorer() { return scorer_; }

 private:
  static FraudScorer made(const FraudRules& rules) {
    Result<FraudScorer> scorer = FraudScorer::create(rules);
    if (!scorer) ADD_FAILURE() << scorer.error().message;
    return std::move(*scorer);
  }

  FraudScorer scorer_;
  FraudScore score_;
};

/// The codes of the score's factors, in their order.
inline std::vector<std::string> reasons(const FraudScore& score) {
  std::vector<std::string> codes;
  for (const FraudFactor& factor : score.factors) codes.emplace_back(reason_code(factor.reason));
  return codes;
}

/// The score's only factor; fails if it has none or more.
inline FraudFactor only_factor(const FraudScore& score) {
  EXPECT_EQ(score.factors.size(), 1u);
  return score.factors.empty() ? FraudFactor() : score.factors.front();
}

}    // namespace cepheid::fraud
