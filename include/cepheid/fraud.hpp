#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cepheid/export.hpp"
#include "cepheid/fraud_rules.hpp"
#include "cepheid/result.hpp"
#include "cepheid/time.hpp"

/// Scoring of transactions at the moment at which they arrive, against what their user did before.
///
///     FraudRules rules;
///     rules.location = FraudLocation{.farther_than_km = 200};
///     rules.amount = FraudAmount{};
///     rules.levels = {{"high", 0.6, "verify"}, {"low", 0, "go on"}};
///     Result<FraudScorer> scorer = FraudScorer::create(rules);
///     FraudScore score;
///     scorer->score("user-1", {.time_ms = 1'700'000'000'000, .amount = 99.5}, score);
namespace cepheid::inline v0 {

/// One transaction. Views need only live until `score` returns. What is absent takes no part in the checks that ask for
/// it, and is not remembered. A number that is not finite is absent; a place counts only with both coordinates.
struct FraudTransaction {
  TimeMs time_ms = 0;    // beyond 2^47 ms (4,459 years) from 1970: taken for that
  std::optional<std::string_view> type{};
  std::optional<double> amount{};
  std::optional<double> latitude{};     // degrees
  std::optional<double> longitude{};    // degrees
  std::optional<std::string_view> merchant{};
  std::optional<std::string_view> device{};
  std::optional<std::string_view> country{};
  std::uint64_t lists = 0;               // bit i: it stands in the i-th list of the rules
  std::span<const double> features{};    // of the model, in the order of its names; NaN: missing
};

/// Why: stable codes, each with the values that it tells (FraudFact) in their order.
enum class FraudReason : std::uint8_t {
  high_velocity,               // window, count, threshold
  unusual_location,            // distance_km, threshold
  unusual_amount,              // z_score, average_amount, deviation, threshold
  unusual_time,                // hour
  unusual_transaction_type,    //
  late_night_transaction,      // hour
  weekend_unusual_activity,    // day_of_week
  impossible_travel,           // distance_km, elapsed, speed_km_h (not at the same instant), threshold
  dormant_account,             // elapsed, threshold
  round_amount,                // multiple
  first_seen_merchant,         //
  first_seen_device,           //
  first_seen_country,          //
  high_value,                  // window, sum, threshold
  merchant_spread,             // window, count, threshold
  device_spread,               // window, count, threshold
  country_spread,              // window, count, threshold
  allow_list,                  // and the list's name
  block_list,                  // and the list's name
  model_score,                 // probability, threshold
};
inline constexpr std::size_t kFraudReasons = 20;

/// What a value of a factor is.
enum class FraudFact : std::uint8_t {
  window,            // s, may have a fraction
  count,             // whole
  threshold,         // the figure of the rules that was passed
  distance_km,       //
  z_score,           //
  average_amount,    //
  deviation,         // of the amounts, as used for the z score
  hour,              // 0 to 23, in the zone of the rules
  day_of_week,       // 0 = Monday
  elapsed,           // s
  speed_km_h,        //
  multiple,          //
  sum,               //
  probability,       //
};
inline constexpr std::size_t kFraudFacts = 14;

/// `high_velocity` and so on: the `type` of a factor in rows.
[[nodiscard]] CEPHEID_API std::string_view reason_code(FraudReason reason);
/// The category whose risk the reason is one of.
[[nodiscard]] CEPHEID_API FraudCategory category_of(FraudReason reason);
/// `distance_km` and so on: the name of a factor's value in rows.
[[nodiscard]] CEPHEID_API std::string_view fact_name(FraudFact fact);
/// Whether the value is always a whole number.
[[nodiscard]] CEPHEID_API bool is_whole(FraudFact fact);
/// `velocity` and so on, as the rule language has them.
[[nodiscard]] CEPHEID_API std::string_view category_name(FraudCategory category);

/// One reason for a score, with what led to it.
struct FraudFactor {
  struct Value {
    FraudFact fact;
    double value;
  };

  FraudReason reason{};
  double risk = 0;
  std::string_view list{};    // name of the list, of `allow_list` and `block_list`; lives as long as the scorer

  [[nodiscard]] std::span<const Value> values() const { return {values_, count_}; }
  /// The value of that kind, or nothing.
  [[nodiscard]] std::optional<double> value(FraudFact fact) const {
    for (const Value& value : values()) {
      if (value.fact == fact) return value.value;
    }
    return std::nullopt;
  }
  /// Adds one value; at most four.
  void add(FraudFact fact, double value) { values_[count_++] = {fact, value}; }

 private:
  Value values_[4]{};
  std::uint8_t count_ = 0;
};

/// The score of one transaction. To be reused: its memory stays.
struct FraudScore {
  static constexpr std::size_t kNoLevel = std::numeric_limits<std::size_t>::max();

  double risk_score = 0;
  std::size_t level = kNoLevel;          // place in the rules' levels
  std::vector<FraudFactor> factors{};    // in the order of the categories
};

/// How much a scorer holds at the moment.
struct FraudMemory {
  std::size_t users = 0;
  std::size_t transactions = 0;
  std::size_t user_bytes = 0;      // histories with their keys
  std::size_t shared_bytes = 0;    // index of the keys; texts of types, merchants, devices, countries, each held once
};

/// Scores transactions and remembers them. Results are exact: a score depends on the transactions of its key in the
/// history alone, in the order in which they arrived.
///
/// One thread. Cost of a score: about 1 us with a history of 100 transactions; it grows with the history, by some 3 ns
/// for each earlier amount and, where a place is far from all earlier ones, some 10 ns for each of these. Memory of a
/// user with 100 transactions in the history: under 2 KB without places, under 4 KB with them; merchants, devices and
/// countries take 4 bytes a transaction each where a rule asks for them.
class CEPHEID_API FraudScorer {
 public:
  /// Fails on figures out of range, an unknown zone, a model that is none or asks for a feature that nobody gives.
  static Result<FraudScorer> create(FraudRules rules);

  FraudScorer(FraudScorer&&) noexcept;
  FraudScorer& operator=(FraudScorer&&) noexcept;
  ~FraudScorer();

  /// Scores the transaction of the user `key` in place of what `out` held, then remembers it. Allocates only if a
  /// history, `out` or the index of the users must grow.
  void score(std::string_view key, const FraudTransaction& transaction, FraudScore& out);

  /// Forgets users that are of no more use when no transaction before `now_ms` will come: whose history (and, with
  /// `dormant`, remembrance) ends before it. Looks at no more than `at_most` users, going on where the last call
  /// stopped, so that no call takes long. Returns how many it forgot.
  std::size_t expire(TimeMs now_ms, std::size_t at_most = std::numeric_limits<std::size_t>::max());

  [[nodiscard]] const FraudRules& rules() const;
  [[nodiscard]] FraudMemory memory() const;
  /// All bytes of state: `user_bytes + shared_bytes` of memory().
  [[nodiscard]] std::size_t state_bytes() const;

  /// Appends all that is remembered.
  void save(std::string& bytes) const;
  /// Takes what `save` gave, in place of all that is remembered. Fails, with nothing remembered, on bytes that are
  /// damaged or were saved by another version, or under rules that remember other fields or keep to another zone.
  Result<void> load(std::string_view bytes);

 private:
  struct State;
  explicit FraudScorer(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}    // namespace cepheid::inline v0
