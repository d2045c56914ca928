#include "fraud/check_rules.hpp"

#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace cepheid::fraud {
namespace {

/// Asks for facts until the first that does not hold.
class Checks {
 public:
  void expect(bool fact, std::string_view what) {
    if (!fact && !error_) error_ = Error{std::string(what)};
  }
  void risk(double risk, std::string_view where) {
    expect(risk >= 0 && risk <= 1, fmt::format("a risk of `{}` is not between 0 and 1", where));
  }
  void risk(const std::optional<double>& optional_risk, std::string_view where) {
    if (optional_risk) risk(*optional_risk, where);
  }
  void above_0(double figure, std::string_view what) {
    expect(figure > 0 && std::isfinite(figure), fmt::format("{} is not above 0", what));
  }
  void at_least_0(double figure, std::string_view what) {
    expect(figure >= 0 && std::isfinite(figure), fmt::format("{} is below 0", what));
  }
  [[nodiscard]] Result<void> result() const { return error_ ? Result<void>(*error_) : Result<void>(); }

 private:
  std::optional<Error> error_;
};

void check_windows(const FraudRules& rules, Checks& checks) {
  if (rules.velocity) {
    const FraudVelocity& velocity = *rules.velocity;
    checks.above_0(velocity.risk_at_limit, "the risk at the limit of `velocity`");
    for (const DurationMs window_ms : velocity.windows_ms)
      checks.expect(window_ms > 0, "a window of `velocity` is empty");
    const auto check_counts = [&](const std::vector<std::uint32_t>& counts, std::string_view type) {
      checks.expect(counts.size() == velocity.windows_ms.size(),
                    fmt::format("`velocity` has {} windows, but {} limits of `{}`", velocity.windows_ms.size(),
                                counts.size(), type));
      for (const std::uint32_t count : counts) checks.expect(count > 0, fmt::format("a limit of `{}` is 0", type));
    };
    for (std::size_t i = 0; i < velocity.limits.size(); ++i) {
      const std::string& type = velocity.limits[i].type;
      check_counts(velocity.limits[i].counts, type);
      for (std::size_t other = 0; other < i; ++other) {
        checks.expect(velocity.limits[other].type != type, fmt::format("`{}` has limits twice", type));
      }
    }
    if (!velocity.default_limits.empty()) check_counts(velocity.default_limits, "default");
  }
  if (rules.value) {
    checks.above_0(rules.value->risk_at_limit, "the risk at the limit of `value`");
    for (const FraudValue::Window& window : rules.value->windows) {
      checks.expect(window.window_ms > 0, "a window of `value` is empty");
      checks.above_0(window.limit, "a limit of `value`");
    }
  }
  if (rules.spread) {
    checks.above_0(rules.spread->risk_at_limit, "the risk at the limit of `spread`");
    for (const FraudSpread::Window& window : rules.spread->windows) {
      checks.expect(window.window_ms > 0, "a window of `spread` is empty");
      checks.expect(window.limit > 0, "a limit of `spread` is 0");
    }
  }
}

void check_figures(const FraudRules& rules, Checks& checks) {
  if (rules.location) {
    checks.at_least_0(rules.location->farther_than_km, "the distance of `location`");
    checks.above_0(rules.location->full_risk_km, "the distance of full risk of `location`");
  }
  if (rules.amount) {
    checks.at_least_0(rules.amount->z_score, "the z score of `amount`");
    checks.above_0(rules.amount->full_risk_z, "the z score of full risk of `amount`");
    checks.expect(rules.amount->deviation_from >= 2, "the deviation of `amount` needs two amounts at least");
    checks.at_least_0(rules.amount->assumed_deviation, "the assumed deviation of `amount`");
  }
  if (rules.behaviour) {
    checks.risk(rules.behaviour->unseen_hour_risk, "behaviour");
    checks.risk(rules.behaviour->unseen_type_risk, "behaviour");
  }
  if (rules.time) {
    if (rules.time->night) {
      checks.expect(rules.time->night->first_hour < 24 && rules.time->night->last_hour < 24, "an hour is not below 24");
      checks.risk(rules.time->night->risk, "time");
    }
    checks.risk(rules.time->weekend_risk, "time");
  }
  if (rules.travel) {
    checks.at_least_0(rules.travel->faster_than_km_h, "the speed of `travel`");
    checks.risk(rules.travel->risk, "travel");
  }
  if (rules.dormant) {
    checks.expect(rules.dormant->idle_ms > 0, "the time of `dormant` is empty");
    checks.expect(rules.dormant->remember_ms == 0 || rules.dormant->remember_ms >= rules.dormant->idle_ms,
                  "`dormant` remembers an account for less than its time");
    checks.risk(rules.dormant->risk, "dormant");
  }
  if (rules.round_amount) {
    checks.above_0(rules.round_amount->multiple, "the multiple of `round_amount`");
    checks.risk(rules.round_amount->risk, "round_amount");
  }
  if (rules.first_seen) {
    checks.risk(rules.first_seen->merchant_risk, "first_seen");
    checks.risk(rules.first_seen->device_risk, "first_seen");
    checks.risk(rules.first_seen->country_risk, "first_seen");
  }
}

}    // namespace

Result<void> check_rules(const FraudRules& rules) {
  Checks checks;
  checks.expect(rules.history.duration_ms > 0, "the history is empty");
  checks.expect(rules.history.late_ms >= 0, "the lateness of the history is below 0");
  check_windows(rules, checks);
  check_figures(rules, checks);
  checks.expect(rules.lists.size() <= kMaxFraudLists, fmt::format("there are more than {} lists", kMaxFraudLists));
  for (const FraudList& list : rules.lists) {
    checks.expect(!list.name.empty(), "a list has no name");
    checks.risk(list.risk, list.name);
  }
  if (rules.model) checks.risk(rules.model->above, "model");
  for (const double weight : rules.weights) checks.at_least_0(weight, "a weight");
  for (const FraudLevel& level : rules.levels) {
    checks.expect(std::isfinite(level.from), fmt::format("the level `{}` begins at no number", level.name));
  }
  return checks.result();
}

}    // namespace cepheid::fraud
