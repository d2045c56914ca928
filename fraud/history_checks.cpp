#include "fraud/history_checks.hpp"

#include <algorithm>
#include <cmath>

#include "fraud/amount_statistics.hpp"
#include "nfa/expr/time_functions.hpp"

namespace cepheid::fraud {
namespace {

constexpr double kMsPerSecond = 1000;
constexpr double kMsPerHour = 3'600'000;

/// Whether any of the values is one for which `test` holds. The last ones first: what a user does it mostly did lately.
template <typename T, typename Test>
bool any_earlier(const T* values, std::size_t size, Test test) {
  for (std::size_t i = size; i-- > 0;) {
    if (test(values[i])) return true;
  }
  return false;
}

bool is_night(const FraudTime::Night& night, std::uint32_t hour) {
  if (night.first_hour <= night.last_hour) return hour >= night.first_hour && hour <= night.last_hour;
  return hour >= night.first_hour || hour <= night.last_hour;
}

/// A journey between two places of one user.
struct Journey {
  double distance_km = 0;
  double hours = 0;

  [[nodiscard]] bool is_faster_than(double km_h) const { return distance_km > km_h * hours; }
  /// Of two journeys, at the same instant or not.
  [[nodiscard]] bool is_faster_than(const Journey& other) const {
    return distance_km * other.hours > other.distance_km * hours;
  }
};

/// The places directly before (or at the same time) and after a time; `size` of the history if there is none.
struct Neighbours {
  std::size_t before;
  std::size_t after;
};

Neighbours neighbours_of(TimeMs time_ms, const HistoryView& history) {
  Neighbours found{history.size, history.size};
  TimeMs before_ms = kBeginOfTime;
  TimeMs after_ms = kEndOfTime;
  for (std::size_t i = history.size; i-- > 0;) {
    const TimeMs at_ms = history.time_ms(i);
    // All that arrived before this one lies before both neighbours.
    if (at_ms + history.disorder_ms <= time_ms && at_ms + history.disorder_ms < before_ms) break;
    if (std::isnan(history.latitudes[i])) continue;
    if (at_ms > time_ms) {
      if (at_ms < after_ms) {
        after_ms = at_ms;
        found.after = i;
      }
    } else if (at_ms > before_ms) {
      before_ms = at_ms;
      found.before = i;
    }
  }
  return found;
}

}    // namespace

void check_location(const FraudLocation& rules, NearEnough near_enough, const Arrival& arrival,
                    const HistoryView& history, Factors& factors) {
  if (!arrival.has_place()) return;
  const std::optional<double> distance_km = least_distance_km({history.latitudes, history.longitudes, history.size},
                                                              arrival.own.latitude, arrival.own.longitude, near_enough);
  if (!distance_km || !(*distance_km > rules.farther_than_km)) return;
  FraudFactor& factor =
      add_factor(factors, FraudReason::unusual_location, std::min(*distance_km / rules.full_risk_km, 1.0));
  factor.add(FraudFact::distance_km, *distance_km);
  factor.add(FraudFact::threshold, rules.farther_than_km);
}

void check_amount(const FraudAmount& rules, const Arrival& arrival, const HistoryView& history, Factors& factors) {
  if (!arrival.has_amount()) return;
  const AmountStatistics earlier = amount_statistics(history.amounts, history.size);
  if (earlier.count == 0) return;
  double deviation = earlier.count >= rules.deviation_from ? earlier.deviation : 0;
  if (!(deviation > 0)) deviation = rules.assumed_deviation * earlier.mean;
  if (!(deviation > 0)) return;
  const double z_score = without_binary_noise(std::abs(earlier.difference_from_mean(arrival.own.amount)) / deviation);
  if (!(z_score > rules.z_score)) return;
  FraudFactor& factor = add_factor(factors, FraudReason::unusual_amount, std::min(z_score / rules.full_risk_z, 1.0));
  factor.add(FraudFact::z_score, z_score);
  factor.add(FraudFact::average_amount, earlier.mean);
  factor.add(FraudFact::deviation, deviation);
  factor.add(FraudFact::threshold, rules.z_score);
}

void check_behaviour(const FraudBehaviour& rules, const Arrival& arrival, const HistoryView& history,
                     Factors& factors) {
  if (history.size == 0) return;
  const std::uint8_t hour = arrival.clock.hour;
  if (rules.unseen_hour_risk &&
      !any_earlier(history.clocks, history.size, [hour](std::uint8_t clock) { return (clock & kHourBits) == hour; })) {
    add_factor(factors, FraudReason::unusual_time, *rules.unseen_hour_risk).add(FraudFact::hour, hour);
  }
  const TextId type = arrival.own.type;
  if (rules.unseen_type_risk && type != kNoText &&
      !any_earlier(history.types, history.size, [type](std::uint16_t earlier) { return earlier == type; })) {
    add_factor(factors, FraudReason::unusual_transaction_type, *rules.unseen_type_risk);
  }
}

void check_time(const FraudTime& rules, const Arrival& arrival, const HistoryView& history, Factors& factors) {
  if (rules.night && is_night(*rules.night, arrival.clock.hour)) {
    add_factor(factors, FraudReason::late_night_transaction, rules.night->risk)
        .add(FraudFact::hour, arrival.clock.hour);
  }
  if (rules.weekend_risk && arrival.clock.is_weekend() && history.size > 0 &&
      !any_earlier(history.clocks, history.size, [](std::uint8_t clock) { return (clock & kWeekend) != 0; })) {
    add_factor(factors, FraudReason::weekend_unusual_activity, *rules.weekend_risk)
        .add(FraudFact::day_of_week, arrival.clock.day_of_week);
  }
}

void check_travel(const FraudTravel& rules, const Arrival& arrival, const HistoryView& history, Factors& factors) {
  if (!arrival.has_place()) return;
  const Neighbours neighbours = neighbours_of(arrival.own.time_ms, history);
  std::optional<Journey> fastest;
  for (const std::size_t i : {neighbours.before, neighbours.after}) {
    if (i == history.size) continue;
    const Journey journey{
        .distance_km =
            nfa::haversine_km(history.latitudes[i], history.longitudes[i], arrival.own.latitude, arrival.own.longitude),
        .hours = static_cast<double>(std::abs(arrival.own.time_ms - history.time_ms(i))) / kMsPerHour};
    if (!journey.is_faster_than(rules.faster_than_km_h)) continue;
    if (!fastest || journey.is_faster_than(*fastest)) fastest = journey;
  }
  if (!fastest) return;
  FraudFactor& factor = add_factor(factors, FraudReason::impossible_travel, rules.risk);
  factor.add(FraudFact::distance_km, fastest->distance_km);
  factor.add(FraudFact::elapsed, fastest->hours * 3600);
  if (fastest->hours > 0) factor.add(FraudFact::speed_km_h, fastest->distance_km / fastest->hours);
  factor.add(FraudFact::threshold, rules.faster_than_km_h);
}

void check_dormant(const FraudDormant& rules, const Arrival& arrival, Factors& factors) {
  if (!arrival.is_known || arrival.own.time_ms - arrival.latest_ms < rules.idle_ms) return;
  FraudFactor& factor = add_factor(factors, FraudReason::dormant_account, rules.risk);
  factor.add(FraudFact::elapsed, static_cast<double>(arrival.own.time_ms - arrival.latest_ms) / kMsPerSecond);
  factor.add(FraudFact::threshold, static_cast<double>(rules.idle_ms) / kMsPerSecond);
}

void check_round_amount(const FraudRoundAmount& rules, const Arrival& arrival, Factors& factors) {
  if (!arrival.has_amount() || !(arrival.own.amount >= rules.at_least)) return;
  if (std::fmod(arrival.own.amount, rules.multiple) != 0) return;
  add_factor(factors, FraudReason::round_amount, rules.risk).add(FraudFact::multiple, rules.multiple);
}

void check_first_seen(const FraudFirstSeen& rules, const Arrival& arrival, const HistoryView& history,
                      Factors& factors) {
  if (history.size == 0) return;
  const auto check = [&](const std::optional<double>& risk, TextId own, const std::uint32_t* ids, FraudReason reason) {
    if (!risk || own == kNoText) return;
    if (any_earlier(ids, history.size, [own](std::uint32_t id) { return id == own; })) return;
    add_factor(factors, reason, *risk);
  };
  check(rules.merchant_risk, arrival.own.merchant, history.merchants, FraudReason::first_seen_merchant);
  check(rules.device_risk, arrival.own.device, history.devices, FraudReason::first_seen_device);
  check(rules.country_risk, arrival.own.country, history.countries, FraudReason::first_seen_country);
}

}    // namespace cepheid::fraud
