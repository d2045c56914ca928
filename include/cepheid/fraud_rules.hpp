#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cepheid/time.hpp"

/// What a fraud score is made of, as plain data: what the rule language's `fraud` statement says, clause by clause.
///
/// A category that is absent is off. Every figure has the value that applications mostly want, so a category is
/// switched on by naming it: `rules.location = FraudLocation{};`. Risks are from 0 to 1. "Earlier" transactions are
/// those of the same key that arrived before and lie in the history (see FraudHistory).
namespace cepheid::inline v0 {

/// The kinds of checks. A score combines one risk of each category that fired: its largest.
enum class FraudCategory : std::uint8_t {
  velocity,
  location,
  amount,
  behaviour,
  time,
  travel,
  dormant,
  round_amount,
  first_seen,
  value,
  spread,
  list,
  model,
};
inline constexpr std::size_t kFraudCategories = 13;

/// Too many transactions of one type in a short time: for each window, `high_velocity` if n >= limit, where n counts
/// the earlier transactions of this one's type with `t - window < time <= t`. Risk min(n / limit * risk_at_limit, 1).
struct FraudVelocity {
  /// The limits of one type of transaction, one for each window.
  struct Limits {
    std::string type;
    std::vector<std::uint32_t> counts;    // as many as windows, each at least 1
  };

  std::vector<DurationMs> windows_ms{};    // each above 0
  std::vector<Limits> limits{};
  std::vector<std::uint32_t>
      default_limits{};    // of the types without limits of their own; empty: these are not judged
  double risk_at_limit = 0.5;
};

/// Far from every earlier place: `unusual_location` if the least great-circle distance to an earlier place is above
/// `farther_than_km`. Risk min(distance / full_risk_km, 1). Nothing without a place or an earlier place.
struct FraudLocation {
  double farther_than_km = 100;
  double full_risk_km = 1000;    // above 0
};

/// An amount out of the ordinary: `unusual_amount` if z = |amount - m| / s is above `z_score`. Risk
/// min(z / full_risk_z, 1). m is the mean of the earlier amounts, s their sample deviation if there are at least
/// `deviation_from` of them and it is above 0, otherwise `assumed_deviation * m`. Nothing without an earlier amount or
/// if s is not above 0.
struct FraudAmount {
  double z_score = 3;
  double full_risk_z = 5;               // above 0
  std::uint32_t deviation_from = 10;    // at least 2
  double assumed_deviation = 0.5;
};

/// What its user never did before: `unusual_time` in an hour of the day without earlier transaction,
/// `unusual_transaction_type` of a type without one. Nothing without an earlier transaction.
struct FraudBehaviour {
  std::optional<double> unseen_hour_risk{};    // absent: not judged; in applications 0.3
  std::optional<double> unseen_type_risk{};    // likewise; 0.4
};

/// The time of day and week, in the zone of the rules: `late_night_transaction` in the hours of the night,
/// `weekend_unusual_activity` on a Saturday or Sunday if there are earlier transactions, but none on these days.
struct FraudTime {
  /// Hours from first to last, both included, from 0 to 23; `first_hour` above `last_hour` goes over midnight.
  struct Night {
    std::uint32_t first_hour = 2;
    std::uint32_t last_hour = 6;
    double risk = 0.2;
  };

  std::optional<Night> night{};
  std::optional<double> weekend_risk{};    // in applications 0.3
};

/// A journey that nobody can make: `impossible_travel` if this place is farther from the earlier place directly before
/// or directly after it in time than `faster_than_km_h` times the hours between them (at the same instant: any
/// distance).
struct FraudTravel {
  double faster_than_km_h = 900;
  double risk = 0.8;
};

/// An account that wakes up: `dormant_account` if the latest of all transactions that arrived before lies at least
/// `idle_ms` before this one. May be longer than the history: that one time is kept beyond it.
struct FraudDormant {
  DurationMs idle_ms = 90LL * 86'400'000;    // above 0
  double risk = 0.5;
  DurationMs remember_ms = 0;    // how long the account is known after its last transaction; 0: four times `idle_ms`
};

/// Round figures: `round_amount` if the amount is a whole multiple of `multiple` and at least `at_least`.
struct FraudRoundAmount {
  double multiple = 100;    // above 0; a whole number, unless multiples of its nearest double are what is meant
  double at_least = 100;
  double risk = 0.2;
};

/// The first time with a merchant, device or country: `first_seen_merchant`, `first_seen_device`, `first_seen_country`
/// if no earlier transaction has this one. Nothing without an earlier transaction.
struct FraudFirstSeen {
  std::optional<double> merchant_risk{};    // absent: not judged
  std::optional<double> device_risk{};
  std::optional<double> country_risk{};
};

/// Too much money in a short time: for each window, `high_value` if the sum of this amount and of the earlier ones with
/// `t - window < time <= t` is above the limit. Risk min(sum / limit * risk_at_limit, 1).
struct FraudValue {
  struct Window {
    DurationMs window_ms = 3'600'000;    // above 0
    double limit = 0;                    // above 0
  };

  std::vector<Window> windows{};
  bool of_same_type = false;    // only earlier ones of this one's type
  double risk_at_limit = 0.5;
};

/// Too many merchants, devices or countries in a short time: `merchant_spread`, `device_spread`, `country_spread` if
/// the number of different ones, of this transaction and the earlier ones with `t - window < time <= t`, is above the
/// limit. Risk min(number / limit * risk_at_limit, 1). Nothing if this transaction has none itself.
struct FraudSpread {
  enum class Of : std::uint8_t { merchants, devices, countries };
  struct Window {
    Of of = Of::merchants;
    DurationMs window_ms = 3'600'000;    // above 0
    std::uint32_t limit = 1;             // at least 1
  };

  std::vector<Window> windows{};
  double risk_at_limit = 0.5;
};

/// A list that whoever feeds the scorer looks transactions up in; bit i of FraudTransaction::lists says that it stands
/// in the i-th list of the rules. `allow`: `allow_list`, the score is 0, whatever else fired. `block`: `block_list`,
/// the score is at least the largest risk of the block lists that have it, unless one allows it. What else fired is
/// still told. Lists are no part of what FraudCombine combines.
struct FraudList {
  enum class Action : std::uint8_t { allow, block };
  std::string name;    // for the factor; not empty
  Action action = Action::block;
  double risk = 1;    // of `block`
};
inline constexpr std::size_t kMaxFraudLists = 64;

/// A trained model: `model_score` if its probability is above `above`. Risk: the probability.
///
/// Its JSON is XGBoost's own dump of a booster (`get_dump(dump_format="json")`: a list of trees; of a logistic
/// objective, with the base score 0.5), or `{"type": "xgboost", "base_score": 0.5, "trees": [...]}`, or
/// `{"type": "logistic", "intercept": 0.1, "coefficients": {"amount": 0.02, ...}}`.
struct FraudModel {
  std::string file;                       // where the JSON is from, for messages; the scorer opens nothing
  std::string json;                       // filled in by whoever reads the file, before the scorer is made
  std::vector<std::string> features{};    // names of FraudTransaction::features, in their order
  double above = 0.5;
};

/// How the categories that fired become one score; none: 0.
enum class FraudCombine : std::uint8_t {
  mean,
  max,
  weighted,    // sum of weight * risk over sum of weights, of those that fired; 0 if these weigh nothing
};

/// What a score is called, and what to do then.
struct FraudLevel {
  std::string name;
  double from = 0;    // a score belongs to the level with the largest `from` that it reaches
  std::string recommendation;
};

/// What of a user's past counts: the transactions that arrived before with `time > t - duration_ms`, t being the time
/// of the one that is scored, and of these that arrived among the last `limit`. A later time that arrived before counts
/// too.
struct FraudHistory {
  DurationMs duration_ms = 90LL * 86'400'000;    // above 0
  std::uint32_t limit = 0;    // 0: no limit; the time of a score grows with the length of the history
  DurationMs late_ms =
      86'400'000;    // a transaction that arrives at most so far behind its user's last ones sees its whole history
};

/// All of a `fraud` statement but its key and what the fields are.
struct FraudRules {
  std::string zone = "UTC";    // IANA name, of hours and weekends
  FraudHistory history{};

  std::optional<FraudVelocity> velocity{};
  std::optional<FraudLocation> location{};
  std::optional<FraudAmount> amount{};
  std::optional<FraudBehaviour> behaviour{};
  std::optional<FraudTime> time{};
  std::optional<FraudTravel> travel{};
  std::optional<FraudDormant> dormant{};
  std::optional<FraudRoundAmount> round_amount{};
  std::optional<FraudFirstSeen> first_seen{};
  std::optional<FraudValue> value{};
  std::optional<FraudSpread> spread{};
  std::vector<FraudList> lists{};    // at most kMaxFraudLists
  std::optional<FraudModel> model{};

  FraudCombine combine = FraudCombine::mean;
  std::array<double, kFraudCategories> weights{1, 1, 1, 1, 1, 1, 1,
                                               1, 1, 1, 1, 1, 1};    // by category, for `weighted`; none below 0
  std::vector<FraudLevel> levels{};                                  // in any order; a score below all of them has none
};

}    // namespace cepheid::inline v0
