#include "naive_scorer.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace cepheid::fraud {
namespace {

constexpr long double kPi = 3.14159265358979323846264338327950288L;

long double distance_km(const PlainTransaction& a, const PlainTransaction& b) {
  const auto radians = [](double degrees) { return static_cast<long double>(degrees) * kPi / 180; };
  const long double lat = std::sin((radians(*b.latitude) - radians(*a.latitude)) / 2);
  const long double lon = std::sin((radians(*b.longitude) - radians(*a.longitude)) / 2);
  const long double h = lat * lat + std::cos(radians(*a.latitude)) * std::cos(radians(*b.latitude)) * lon * lon;
  return 2 * 6371 * std::asin(std::sqrt(std::min(h, 1.0L)));
}

bool has_place(const PlainTransaction& transaction) {
  return transaction.latitude && transaction.longitude;
}

struct Clock {
  int hour;
  int day_of_week;
  [[nodiscard]] bool is_weekend() const { return day_of_week > 4; }
};

Clock clock_of(TimeMs time_ms, const std::string& zone) {
  // from 1600-01-03, a Monday, on
  const std::int64_t hours = (time_ms + 11'675'923'200'000 + (zone == "UTC" ? 0 : 9 * 3'600'000)) / 3'600'000;
  return {static_cast<int>(hours % 24), static_cast<int>(hours / 24 % 7)};
}

class Scoring {
 public:
  Scoring(const FraudRules& rules, const std::vector<PlainTransaction>& arrived, const PlainTransaction& own)
      : rules_(rules), arrived_(arrived), own_(own) {
    const std::size_t limit = rules.history.limit == 0 ? arrived.size() : rules.history.limit;
    for (std::size_t i = arrived.size() - std::min(limit, arrived.size()); i < arrived.size(); ++i) {
      if (arrived[i].time_ms > own.time_ms - rules.history.duration_ms) history_.push_back(arrived[i]);
    }
  }

  FraudScore run() {
    velocity();
    location();
    amount();
    behaviour_and_time();
    travel();
    dormant_and_round();
    first_seen();
    value();
    spread();
    combine();
    return score_;
  }

 private:
  FraudFactor& add(FraudReason reason, long double risk) {
    FraudFactor& factor = score_.factors.emplace_back();
    factor.reason = reason;
    factor.risk = static_cast<double>(risk);
    return factor;
  }

  template <typename Test>
  [[nodiscard]] std::vector<PlainTransaction> within(DurationMs window_ms, Test test) const {
    std::vector<PlainTransaction> found;
    for (const PlainTransaction& earlier : history_) {
      if (earlier.time_ms > own_.time_ms - window_ms && earlier.time_ms <= own_.time_ms && test(earlier)) {
        found.push_back(earlier);
      }
    }
    return found;
  }

  template <typename Test>
  [[nodiscard]] bool none(Test test) const {
    return std::none_of(history_.begin(), history_.end(), test);
  }

  void velocity() {
    if (!rules_.velocity || !own_.type) return;
    std::vector<std::uint32_t> limits = rules_.velocity->default_limits;
    for (const FraudVelocity::Limits& some : rules_.velocity->limits) {
      if (some.type == *own_.type) limits = some.counts;
    }
    for (std::size_t i = 0; i < limits.size(); ++i) {
      const DurationMs window_ms = rules_.velocity->windows_ms[i];
      const std::size_t n = within(window_ms, [&](const auto& earlier) { return earlier.type == own_.type; }).size();
      if (n < limits[i]) continue;
      const long double risk = static_cast<long double>(n) / limits[i] * rules_.velocity->risk_at_limit;
      FraudFactor& factor = add(FraudReason::high_velocity, std::min(risk, 1.0L));
      factor.add(FraudFact::window, static_cast<double>(window_ms) / 1000);
      factor.add(FraudFact::count, static_cast<double>(n));
      factor.add(FraudFact::threshold, limits[i]);
    }
  }

  void location() {
    if (!rules_.location || !has_place(own_)) return;
    long double least = -1;
    for (const PlainTransaction& earlier : history_) {
      if (!has_place(earlier)) continue;
      const long double km = distance_km(earlier, own_);
      if (least < 0 || km < least) least = km;
    }
    if (least <= rules_.location->farther_than_km) return;
    FraudFactor& factor = add(FraudReason::unusual_location, std::min(least / rules_.location->full_risk_km, 1.0L));
    factor.add(FraudFact::distance_km, static_cast<double>(least));
    factor.add(FraudFact::threshold, rules_.location->farther_than_km);
  }

  void amount() {
    if (!rules_.amount || !own_.amount) return;
    long double n = 0;
    long double mean = 0;
    for (const PlainTransaction& earlier : history_) {
      if (!earlier.amount) continue;
      n += 1;
      mean += *earlier.amount;
    }
    if (n == 0) return;
    mean /= n;
    long double deviation = 0;
    if (n >= rules_.amount->deviation_from) {
      for (const PlainTransaction& earlier : history_) {
        if (earlier.amount) deviation += (*earlier.amount - mean) * (*earlier.amount - mean);
      }
      deviation = std::sqrt(deviation / (n - 1));
    }
    if (deviation == 0) deviation = rules_.amount->assumed_deviation * mean;
    if (deviation <= 0) return;
    const long double z = std::abs(*own_.amount - mean) / deviation;
    if (z <= rules_.amount->z_score) return;
    FraudFactor& factor = add(FraudReason::unusual_amount, std::min(z / rules_.amount->full_risk_z, 1.0L));
    factor.add(FraudFact::z_score, static_cast<double>(z));
    factor.add(FraudFact::average_amount, static_cast<double>(mean));
    factor.add(FraudFact::deviation, static_cast<double>(deviation));
    factor.add(FraudFact::threshold, rules_.amount->z_score);
  }

  void behaviour_and_time() {
    const Clock own = clock_of(own_.time_ms, rules_.zone);
    const auto clock = [&](const PlainTransaction& earlier) { return clock_of(earlier.time_ms, rules_.zone); };
    if (rules_.behaviour && !history_.empty()) {
      if (rules_.behaviour->unseen_hour_risk &&
          none([&](const auto& earlier) { return clock(earlier).hour == own.hour; })) {
        add(FraudReason::unusual_time, *rules_.behaviour->unseen_hour_risk).add(FraudFact::hour, own.hour);
      }
      if (rules_.behaviour->unseen_type_risk && own_.type &&
          none([&](const auto& earlier) { return earlier.type == own_.type; })) {
        add(FraudReason::unusual_transaction_type, *rules_.behaviour->unseen_type_risk);
      }
    }
    if (!rules_.time) return;
    if (rules_.time->night) {
      const int first = static_cast<int>(rules_.time->night->first_hour);
      const int last = static_cast<int>(rules_.time->night->last_hour);
      for (int hour = first;; hour = (hour + 1) % 24) {
        if (hour == own.hour) {
          add(FraudReason::late_night_transaction, rules_.time->night->risk).add(FraudFact::hour, own.hour);
        }
        if (hour == last) break;
      }
    }
    if (rules_.time->weekend_risk && own.is_weekend() && !history_.empty() &&
        none([&](const auto& earlier) { return clock(earlier).is_weekend(); })) {
      add(FraudReason::weekend_unusual_activity, *rules_.time->weekend_risk)
          .add(FraudFact::day_of_week, own.day_of_week);
    }
  }

  void travel() {
    if (!rules_.travel || !has_place(own_)) return;
    const PlainTransaction* before = nullptr;
    const PlainTransaction* after = nullptr;
    for (const PlainTransaction& earlier : history_) {
      if (!has_place(earlier)) continue;
      if (earlier.time_ms <= own_.time_ms) {
        if (before == nullptr || earlier.time_ms >= before->time_ms) before = &earlier;
      } else if (after == nullptr || earlier.time_ms <= after->time_ms) {
        after = &earlier;
      }
    }
    long double fastest = -1;
    long double way_km = 0;
    long double hours = 0;
    for (const PlainTransaction* other : {before, after}) {
      if (other == nullptr) continue;
      const long double km = distance_km(*other, own_);
      const long double time_h = std::abs(static_cast<long double>(other->time_ms - own_.time_ms)) / 3'600'000;
      if (km <= rules_.travel->faster_than_km_h * time_h) continue;
      const long double speed = time_h == 0 ? HUGE_VALL : km / time_h;
      if (speed <= fastest) continue;
      fastest = speed;
      way_km = km;
      hours = time_h;
    }
    if (fastest < 0) return;
    FraudFactor& factor = add(FraudReason::impossible_travel, rules_.travel->risk);
    factor.add(FraudFact::distance_km, static_cast<double>(way_km));
    factor.add(FraudFact::elapsed, static_cast<double>(hours * 3600));
    if (hours > 0) factor.add(FraudFact::speed_km_h, static_cast<double>(fastest));
    factor.add(FraudFact::threshold, rules_.travel->faster_than_km_h);
  }

  void dormant_and_round() {
    if (rules_.dormant && !arrived_.empty()) {
      TimeMs latest_ms = arrived_.front().time_ms;
      for (const PlainTransaction& earlier : arrived_) latest_ms = std::max(latest_ms, earlier.time_ms);
      if (own_.time_ms - latest_ms >= rules_.dormant->idle_ms) {
        FraudFactor& factor = add(FraudReason::dormant_account, rules_.dormant->risk);
        factor.add(FraudFact::elapsed, static_cast<double>(own_.time_ms - latest_ms) / 1000);
        factor.add(FraudFact::threshold, static_cast<double>(rules_.dormant->idle_ms) / 1000);
      }
    }
    if (rules_.round_amount && own_.amount && *own_.amount >= rules_.round_amount->at_least) {
      const double quotient = *own_.amount / rules_.round_amount->multiple;
      if (quotient == std::floor(quotient)) {
        add(FraudReason::round_amount, rules_.round_amount->risk)
            .add(FraudFact::multiple, rules_.round_amount->multiple);
      }
    }
  }

  void first_seen() {
    if (!rules_.first_seen || history_.empty()) return;
    const auto check = [&](const auto& risk, auto field, FraudReason reason) {
      if (risk && own_.*field && none([&](const auto& earlier) { return earlier.*field == own_.*field; })) {
        add(reason, *risk);
      }
    };
    check(rules_.first_seen->merchant_risk, &PlainTransaction::merchant, FraudReason::first_seen_merchant);
    check(rules_.first_seen->device_risk, &PlainTransaction::device, FraudReason::first_seen_device);
    check(rules_.first_seen->country_risk, &PlainTransaction::country, FraudReason::first_seen_country);
  }

  void value() {
    if (!rules_.value || !own_.amount || (rules_.value->of_same_type && !own_.type)) return;
    for (const FraudValue::Window& window : rules_.value->windows) {
      long double sum = *own_.amount;
      for (const PlainTransaction& earlier : within(window.window_ms, [&](const auto& some) {
             return !rules_.value->of_same_type || some.type == own_.type;
           })) {
        sum += earlier.amount.value_or(0);
      }
      if (sum <= window.limit) continue;
      FraudFactor& factor =
          add(FraudReason::high_value, std::min(sum / window.limit * rules_.value->risk_at_limit, 1.0L));
      factor.add(FraudFact::window, static_cast<double>(window.window_ms) / 1000);
      factor.add(FraudFact::sum, static_cast<double>(sum));
      factor.add(FraudFact::threshold, window.limit);
    }
  }

  void spread() {
    if (!rules_.spread) return;
    for (const FraudSpread::Window& window : rules_.spread->windows) {
      auto field = &PlainTransaction::merchant;
      FraudReason reason = FraudReason::merchant_spread;
      if (window.of == FraudSpread::Of::devices) {
        field = &PlainTransaction::device;
        reason = FraudReason::device_spread;
      } else if (window.of == FraudSpread::Of::countries) {
        field = &PlainTransaction::country;
        reason = FraudReason::country_spread;
      }
      if (!(own_.*field)) continue;
      std::set<std::string> all{*(own_.*field)};
      for (const PlainTransaction& earlier :
           within(window.window_ms, [&](const auto& some) { return (some.*field).has_value(); })) {
        all.insert(*(earlier.*field));
      }
      if (all.size() <= window.limit) continue;
      const long double share = static_cast<long double>(all.size()) / window.limit;
      FraudFactor& factor = add(reason, std::min(share * rules_.spread->risk_at_limit, 1.0L));
      factor.add(FraudFact::window, static_cast<double>(window.window_ms) / 1000);
      factor.add(FraudFact::count, static_cast<double>(all.size()));
      factor.add(FraudFact::threshold, window.limit);
    }
  }

  void combine() {
    std::map<FraudCategory, double> largest;
    for (const FraudFactor& factor : score_.factors) {
      double& risk = largest[category_of(factor.reason)];
      risk = std::max(risk, factor.risk);
    }
    long double sum = 0;
    long double weights = 0;
    for (const auto& [category, risk] : largest) {
      if (rules_.combine == FraudCombine::max) {
        score_.risk_score = std::max(score_.risk_score, risk);
        continue;
      }
      const long double weight =
          rules_.combine == FraudCombine::mean ? 1 : rules_.weights[static_cast<std::size_t>(category)];
      sum += weight * risk;
      weights += weight;
    }
    if (weights > 0) score_.risk_score = static_cast<double>(sum / weights);
    bool allowed = false;
    for (std::size_t i = 0; i < rules_.lists.size(); ++i) {
      if ((own_.lists >> i & 1) == 0) continue;
      const FraudList& list = rules_.lists[i];
      if (list.action == FraudList::Action::allow) {
        allowed = true;
        add(FraudReason::allow_list, 0).list = list.name;
      } else {
        score_.risk_score = std::max(score_.risk_score, list.risk);
        add(FraudReason::block_list, list.risk).list = list.name;
      }
    }
    if (allowed) score_.risk_score = 0;
    for (std::size_t i = 0; i < rules_.levels.size(); ++i) {
      const double from = rules_.levels[i].from;
      if (score_.risk_score < from) continue;
      if (score_.level == FraudScore::kNoLevel || from > rules_.levels[score_.level].from) score_.level = i;
    }
  }

  const FraudRules& rules_;
  const std::vector<PlainTransaction>& arrived_;
  const PlainTransaction& own_;
  std::vector<PlainTransaction> history_;
  FraudScore score_;
};

}    // namespace

FraudScore NaiveScorer::score(const std::string& key, const PlainTransaction& transaction) {
  std::vector<PlainTransaction>& arrived = arrived_[key];
  FraudScore score = Scoring(rules_, arrived, transaction).run();
  arrived.push_back(transaction);
  return score;
}

}    // namespace cepheid::fraud
