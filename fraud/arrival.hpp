#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "cepheid/fraud.hpp"
#include "fraud/history.hpp"
#include "fraud/local_clock.hpp"

namespace cepheid::fraud {

/// A transaction as the checks see it.
struct Arrival {
  Remembered own;
  ClockReading clock{};
  std::span<const double> features{};
  bool is_known = false;    // its user ever had a transaction
  TimeMs latest_ms = 0;     // with is_known: the latest time of these

  [[nodiscard]] bool has_amount() const { return !std::isnan(own.amount); }
  [[nodiscard]] bool has_place() const { return !std::isnan(own.latitude); }
};

using Factors = std::vector<FraudFactor>;

/// Appends a factor, whose values are then to be added.
inline FraudFactor& add_factor(Factors& factors, FraudReason reason, double risk) {
  FraudFactor& factor = factors.emplace_back();
  factor.reason = reason;
  factor.risk = risk;
  return factor;
}

}    // namespace cepheid::fraud
