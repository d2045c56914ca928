#pragma once

#include <map>
#include <string>
#include <vector>

#include "cepheid/fraud.hpp"

namespace cepheid::fraud {

/// A transaction that owns its texts.
struct PlainTransaction {
  TimeMs time_ms = 0;
  std::optional<std::string> type{};
  std::optional<double> amount{};
  std::optional<double> latitude{};
  std::optional<double> longitude{};
  std::optional<std::string> merchant{};
  std::optional<std::string> device{};
  std::optional<std::string> country{};
  std::uint64_t lists = 0;

  [[nodiscard]] FraudTransaction view() const {
    return {.time_ms = time_ms,
            .type = type,
            .amount = amount,
            .latitude = latitude,
            .longitude = longitude,
            .merchant = merchant,
            .device = device,
            .country = country,
            .lists = lists};
  }
};

/// Scores by the rules as they are written, from all that ever arrived, in long doubles: slow, and shares nothing with
/// what it is compared with. Zones: UTC and Asia/Seoul. No models.
class NaiveScorer {
 public:
  explicit NaiveScorer(FraudRules rules) : rules_(std::move(rules)) {}

  FraudScore score(const std::string& key, const PlainTransaction& transaction);

 private:
  FraudRules rules_;
  std::map<std::string, std::vector<PlainTransaction>> arrived_;
};

}    // namespace cepheid::fraud
