#include <utility>

#include <fmt/format.h>

#include "cepheid/fraud.hpp"
#include "fraud/check_rules.hpp"
#include "fraud/scorer.hpp"

namespace cepheid::inline v0 {

struct FraudScorer::State {
  fraud::Scorer scorer;
};

FraudScorer::FraudScorer(std::unique_ptr<State> state) : state_(std::move(state)) {}
FraudScorer::FraudScorer(FraudScorer&&) noexcept = default;
FraudScorer& FraudScorer::operator=(FraudScorer&&) noexcept = default;
FraudScorer::~FraudScorer() = default;

Result<FraudScorer> FraudScorer::create(FraudRules rules) {
  CEPHEID_TRY(fraud::check_rules(rules));
  const fraud::LocalClock clock(rules.zone);
  if (!clock.is_known()) return Error{fmt::format("unknown zone `{}`", rules.zone)};
  std::optional<fraud::Model> model;
  if (rules.model) {
    Result<fraud::Model> read = fraud::Model::read(rules.model->json, rules.model->features);
    if (!read) return Error{fmt::format("model `{}`: {}", rules.model->file, read.error().message)};
    model = std::move(*read);
  }
  return FraudScorer(std::unique_ptr<State>(new State{fraud::Scorer(std::move(rules), clock, std::move(model))}));
}

void FraudScorer::score(std::string_view key, const FraudTransaction& transaction, FraudScore& out) {
  state_->scorer.score(key, transaction, out);
}

std::size_t FraudScorer::expire(TimeMs now_ms, std::size_t at_most) {
  return state_->scorer.expire(now_ms, at_most);
}

const FraudRules& FraudScorer::rules() const {
  return state_->scorer.rules();
}

FraudMemory FraudScorer::memory() const {
  return state_->scorer.memory();
}

std::size_t FraudScorer::state_bytes() const {
  const FraudMemory held = memory();
  return held.user_bytes + held.shared_bytes;
}

void FraudScorer::save(std::string& bytes) const {
  state_->scorer.save(bytes);
}

Result<void> FraudScorer::load(std::string_view bytes) {
  return state_->scorer.load(bytes);
}

}    // namespace cepheid::inline v0
