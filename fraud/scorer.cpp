#include "fraud/scorer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "fraud/history_checks.hpp"

namespace cepheid::fraud {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// NaN for what is absent or not finite.
double finite(const std::optional<double>& number) {
  return number && std::isfinite(*number) ? *number : kNone;
}

TextId hold(Texts& texts, bool is_used, const std::optional<std::string_view>& text) {
  return is_used && text ? texts.hold(*text) : kNoText;
}

}    // namespace

Scorer::Scorer(FraudRules rules, LocalClock clock, std::optional<Model> model)
    : rules_(std::move(rules)),
      clock_(clock),
      model_(std::move(model)),
      layout_(rules_),
      bounds_{.keep_ms = add_saturated(rules_.history.duration_ms, rules_.history.late_ms),
              .limit = rules_.history.limit},
      near_enough_(rules_.location ? rules_.location->farther_than_km : 0),
      levels_(rules_.levels.size()),
      users_(layout_) {
  std::iota(levels_.begin(), levels_.end(), std::size_t{0});
  std::stable_sort(levels_.begin(), levels_.end(),
                   [this](std::size_t a, std::size_t b) { return rules_.levels[a].from > rules_.levels[b].from; });
  forget_everything();
}

void Scorer::forget_everything() {
  users_.clear();
  texts_.types.clear();
  texts_.merchants.clear();
  texts_.devices.clear();
  texts_.countries.clear();
  block_bytes_ = 0;
  transactions_ = 0;
  next_to_expire_ = 0;
  if (!rules_.velocity) return;
  for (const FraudVelocity::Limits& limits : rules_.velocity->limits) texts_.types.hold(limits.type);
}

void Scorer::score(std::string_view key, const FraudTransaction& transaction, FraudScore& out) {
  const std::size_t users_before = users_.size();
  History& history = users_.find(key);
  if (users_.size() != users_before) block_bytes_ += history.block_bytes(layout_);
  const Arrival arrival = arrive(transaction, history);

  out.factors.clear();
  const TimeMs after_ms = subtract_saturated(arrival.own.time_ms, rules_.history.duration_ms);
  run_checks(arrival, history.after(layout_, after_ms, history_scratch_), out.factors);
  out.risk_score = combine(out.factors);
  bool allowed = false;
  double block_risk = 0;
  check_lists(transaction.lists, out.factors, allowed, block_risk);
  out.risk_score = allowed ? 0 : std::max(out.risk_score, block_risk);
  out.level = level_of(out.risk_score);

  const std::size_t bytes_before = history.block_bytes(layout_);
  const std::size_t size_before = history.size();
  history.add(layout_, bounds_, arrival.own, texts_);
  block_bytes_ += history.block_bytes(layout_) - bytes_before;
  transactions_ += history.size() - size_before;
}

Arrival Scorer::arrive(const FraudTransaction& transaction, const History& history) {
  Arrival arrival;
  arrival.clock = clock_.read(std::clamp(transaction.time_ms, kFirstTimeMs, kLastTimeMs));
  arrival.features = transaction.features;
  arrival.is_known = history.ever_used();
  arrival.latest_ms = history.latest_ms();

  Remembered& own = arrival.own;
  own.time_ms = std::clamp(transaction.time_ms, kFirstTimeMs, kLastTimeMs);
  own.amount = finite(transaction.amount);
  own.latitude = finite(transaction.latitude);
  own.longitude = finite(transaction.longitude);
  if (std::isnan(own.latitude) || std::isnan(own.longitude)) own.latitude = own.longitude = kNone;
  own.type = hold(texts_.types, layout_.has(Column::type), transaction.type);
  own.merchant = hold(texts_.merchants, layout_.has(Column::merchant), transaction.merchant);
  own.device = hold(texts_.devices, layout_.has(Column::device), transaction.device);
  own.country = hold(texts_.countries, layout_.has(Column::country), transaction.country);
  own.clock = static_cast<std::uint8_t>(arrival.clock.hour | (arrival.clock.is_weekend() ? kWeekend : 0));
  return arrival;
}

void Scorer::run_checks(const Arrival& arrival, const HistoryView& history, Factors& factors) {
  if (rules_.velocity && arrival.own.type != kNoText) {
    if (const auto* limits = velocity_limits(arrival.own.type)) {
      check_velocity(*rules_.velocity, *limits, arrival, history, window_scratch_, factors);
    }
  }
  if (rules_.location) check_location(*rules_.location, near_enough_, arrival, history, factors);
  if (rules_.amount) check_amount(*rules_.amount, arrival, history, factors);
  if (rules_.behaviour) check_behaviour(*rules_.behaviour, arrival, history, factors);
  if (rules_.time) check_time(*rules_.time, arrival, history, factors);
  if (rules_.travel) check_travel(*rules_.travel, arrival, history, factors);
  if (rules_.dormant) check_dormant(*rules_.dormant, arrival, factors);
  if (rules_.round_amount) check_round_amount(*rules_.round_amount, arrival, factors);
  if (rules_.first_seen) check_first_seen(*rules_.first_seen, arrival, history, factors);
  if (rules_.value) check_value(*rules_.value, arrival, history, factors);
  if (rules_.spread) check_spread(*rules_.spread, arrival, history, window_scratch_, factors);
  if (model_) {
    const double probability = model_->probability(arrival.features);
    if (probability > rules_.model->above) {
      FraudFactor& factor = add_factor(factors, FraudReason::model_score, probability);
      factor.add(FraudFact::probability, probability);
      factor.add(FraudFact::threshold, rules_.model->above);
    }
  }
}

const std::vector<std::uint32_t>* Scorer::velocity_limits(TextId type) const {
  const FraudVelocity& velocity = *rules_.velocity;
  if (type <= velocity.limits.size()) return &velocity.limits[type - 1].counts;
  return velocity.default_limits.empty() ? nullptr : &velocity.default_limits;
}

void Scorer::check_lists(std::uint64_t lists, Factors& factors, bool& allowed, double& block_risk) const {
  for (std::size_t i = 0; i < rules_.lists.size(); ++i) {
    if ((lists >> i & 1) == 0) continue;
    const FraudList& list = rules_.lists[i];
    if (list.action == FraudList::Action::allow) {
      allowed = true;
      add_factor(factors, FraudReason::allow_list, 0).list = list.name;
    } else {
      block_risk = std::max(block_risk, list.risk);
      add_factor(factors, FraudReason::block_list, list.risk).list = list.name;
    }
  }
}

double Scorer::combine(const Factors& factors) const {
  std::array<double, kFraudCategories> risks;
  risks.fill(-1);    // did not fire
  for (const FraudFactor& factor : factors) {
    double& risk = risks[static_cast<std::size_t>(category_of(factor.reason))];
    risk = std::max(risk, factor.risk);
  }
  double sum = 0;
  double weight_sum = 0;
  double largest = 0;
  for (std::size_t i = 0; i < kFraudCategories; ++i) {
    if (risks[i] < 0) continue;
    const double weight = rules_.combine == FraudCombine::weighted ? rules_.weights[i] : 1;
    sum += weight * risks[i];
    weight_sum += weight;
    largest = std::max(largest, risks[i]);
  }
  if (rules_.combine == FraudCombine::max) return largest;
  return weight_sum > 0 ? sum / weight_sum : 0;
}

std::size_t Scorer::level_of(double score) const {
  for (const std::size_t level : levels_) {
    if (score >= rules_.levels[level].from) return level;
  }
  return FraudScore::kNoLevel;
}

std::size_t Scorer::expire(TimeMs now_ms, std::size_t at_most) {
  DurationMs remember_ms = rules_.history.duration_ms;
  if (rules_.dormant) {
    const DurationMs idle_ms = rules_.dormant->idle_ms;
    remember_ms = rules_.dormant->remember_ms;
    if (remember_ms == 0) remember_ms = idle_ms > kEndOfTime / 4 ? kEndOfTime : 4 * idle_ms;
  }
  std::size_t forgotten = 0;
  for (std::size_t looks = std::min(at_most, users_.size()); looks > 0; --looks) {
    if (next_to_expire_ >= users_.size()) next_to_expire_ = 0;
    History& history = users_.at(next_to_expire_);
    if (add_saturated(history.latest_here_ms(), rules_.history.duration_ms) > now_ms) {
      ++next_to_expire_;
      continue;
    }
    block_bytes_ -= history.block_bytes(layout_);
    transactions_ -= history.size();
    history.forget_all(layout_, texts_);
    if (rules_.dormant && add_saturated(history.latest_ms(), remember_ms) > now_ms) {
      block_bytes_ += history.block_bytes(layout_);
      ++next_to_expire_;
      continue;
    }
    users_.remove(next_to_expire_);
    ++forgotten;
  }
  return forgotten;
}

FraudMemory Scorer::memory() const {
  return {.users = users_.size(),
          .transactions = transactions_,
          .user_bytes = block_bytes_ + users_.slot_bytes(),
          .shared_bytes = users_.index_bytes() + texts_.types.memory_bytes() + texts_.merchants.memory_bytes() +
                          texts_.devices.memory_bytes() + texts_.countries.memory_bytes()};
}

}    // namespace cepheid::fraud
