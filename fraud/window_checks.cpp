#include "fraud/window_checks.hpp"

#include <algorithm>

#include "fraud/amount_statistics.hpp"

namespace cepheid::fraud {
namespace {

double seconds(DurationMs duration_ms) {
  return static_cast<double>(duration_ms) / 1000;
}

/// Calls `visit(i, time_ms)` for each transaction with `after_ms < time <= until_ms`, the last arrived first.
template <typename Visit>
void for_each_within(const HistoryView& history, TimeMs after_ms, TimeMs until_ms, Visit visit) {
  for (std::size_t i = history.size; i-- > 0;) {
    const TimeMs time_ms = history.time_ms(i);
    if (time_ms > after_ms) {
      if (time_ms <= until_ms) visit(i, time_ms);
    } else if (time_ms + history.disorder_ms <= after_ms) {
      break;
    }
  }
}

double risk_of(double figure, double limit, double risk_at_limit) {
  return std::min(figure / limit * risk_at_limit, 1.0);
}

struct SpreadOf {
  TextId own;
  const std::uint32_t* ids;
  FraudReason reason;
};

SpreadOf spread_of(FraudSpread::Of of, const Arrival& arrival, const HistoryView& history) {
  switch (of) {
    case FraudSpread::Of::merchants: return {arrival.own.merchant, history.merchants, FraudReason::merchant_spread};
    case FraudSpread::Of::devices: return {arrival.own.device, history.devices, FraudReason::device_spread};
    case FraudSpread::Of::countries: break;
  }
  return {arrival.own.country, history.countries, FraudReason::country_spread};
}

}    // namespace

void DistinctIds::begin(std::size_t most) {
  std::size_t size = 16;
  while (size < 2 * most) size *= 2;
  if (size > slots_.size()) slots_.assign(size, Slot());
  if (++round_ == 0) {
    std::fill(slots_.begin(), slots_.end(), Slot());
    round_ = 1;
  }
  count_ = 0;
}

void DistinctIds::add(std::uint32_t id) {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = (id * 0x9E37'79B9u >> 7) & mask;; at = (at + 1) & mask) {
    Slot& slot = slots_[at];
    if (slot.round != round_) {
      slot = {id, round_};
      ++count_;
      return;
    }
    if (slot.id == id) return;
  }
}

void check_velocity(const FraudVelocity& rules, const std::vector<std::uint32_t>& limits, const Arrival& arrival,
                    const HistoryView& history, WindowScratch& scratch, Factors& factors) {
  const std::size_t windows = rules.windows_ms.size();
  if (windows == 0) return;
  scratch.counts.assign(windows, 0);
  const TimeMs time_ms = arrival.own.time_ms;
  const DurationMs longest_ms = *std::max_element(rules.windows_ms.begin(), rules.windows_ms.end());
  for_each_within(history, subtract_saturated(time_ms, longest_ms), time_ms, [&](std::size_t i, TimeMs earlier_ms) {
    if (history.types[i] != arrival.own.type) return;
    for (std::size_t window = 0; window < windows; ++window) {
      if (time_ms - earlier_ms < rules.windows_ms[window]) ++scratch.counts[window];
    }
  });
  for (std::size_t window = 0; window < windows; ++window) {
    const std::uint32_t count = scratch.counts[window];
    const std::uint32_t limit = limits[window];
    if (count < limit) continue;
    FraudFactor& factor = add_factor(factors, FraudReason::high_velocity, risk_of(count, limit, rules.risk_at_limit));
    factor.add(FraudFact::window, seconds(rules.windows_ms[window]));
    factor.add(FraudFact::count, count);
    factor.add(FraudFact::threshold, limit);
  }
}

void check_value(const FraudValue& rules, const Arrival& arrival, const HistoryView& history, Factors& factors) {
  if (!arrival.has_amount() || (rules.of_same_type && arrival.own.type == kNoText)) return;
  const TimeMs time_ms = arrival.own.time_ms;
  for (const FraudValue::Window& window : rules.windows) {
    ExactSum sum;
    sum.add(arrival.own.amount);
    for_each_within(history, subtract_saturated(time_ms, window.window_ms), time_ms, [&](std::size_t i, TimeMs) {
      if (rules.of_same_type && history.types[i] != arrival.own.type) return;
      if (!std::isnan(history.amounts[i])) sum.add(history.amounts[i]);
    });
    const double total = without_binary_noise(sum.total());
    if (!(total > window.limit)) continue;
    FraudFactor& factor =
        add_factor(factors, FraudReason::high_value, risk_of(total, window.limit, rules.risk_at_limit));
    factor.add(FraudFact::window, seconds(window.window_ms));
    factor.add(FraudFact::sum, total);
    factor.add(FraudFact::threshold, window.limit);
  }
}

void check_spread(const FraudSpread& rules, const Arrival& arrival, const HistoryView& history, WindowScratch& scratch,
                  Factors& factors) {
  const TimeMs time_ms = arrival.own.time_ms;
  for (const FraudSpread::Window& window : rules.windows) {
    const SpreadOf of = spread_of(window.of, arrival, history);
    if (of.own == kNoText) continue;
    const TimeMs after_ms = subtract_saturated(time_ms, window.window_ms);
    std::size_t most = 1;
    for_each_within(history, after_ms, time_ms, [&](std::size_t, TimeMs) { ++most; });
    if (most <= window.limit) continue;
    scratch.distinct.begin(most);
    scratch.distinct.add(of.own);
    for_each_within(history, after_ms, time_ms, [&](std::size_t i, TimeMs) {
      if (of.ids[i] != kNoText) scratch.distinct.add(of.ids[i]);
    });
    const std::size_t count = scratch.distinct.count();
    if (count <= window.limit) continue;
    FraudFactor& factor =
        add_factor(factors, of.reason, risk_of(static_cast<double>(count), window.limit, rules.risk_at_limit));
    factor.add(FraudFact::window, seconds(window.window_ms));
    factor.add(FraudFact::count, static_cast<double>(count));
    factor.add(FraudFact::threshold, window.limit);
  }
}

}    // namespace cepheid::fraud
