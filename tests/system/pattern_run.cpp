#include "system/pattern_run.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include <gtest/gtest.h>

#include "patterns/plan/load.hpp"

namespace cepheid {

std::string rules_of(const std::string& pattern) {
  return "stream events { from stdin schema k int, kind int, ts timestamp time ts }\n" + pattern + "\n";
}

const nfa::PatternSpec& first_pattern(const patterns::Plan& plan) {
  std::size_t id = 0;
  while (!std::holds_alternative<patterns::PatternPlan>(plan.relations[id].body)) ++id;
  return std::get<patterns::PatternPlan>(plan.relations[id].body).spec;
}

PatternRun::PatternRun(const std::string& pattern) {
  const patterns::SourceFile source("rules.cep", rules_of(pattern));
  patterns::Diagnostics diagnostics(source);
  std::optional<patterns::Plan> plan = patterns::load_rules(source, {}, diagnostics);
  if (!plan) {
    ADD_FAILURE() << diagnostics.render();
    std::abort();
  }
  plan_ = std::move(*plan);
  spec_ = {std::shared_ptr<const nfa::PatternSpec>(), &first_pattern(plan_)};    // the plan owns it
  row_.resize(spec_->layout->words());
  engine_ = std::make_unique<nfa::Engine>(std::vector{spec_}, static_cast<nfa::MatchConsumer&>(*this));
}

PatternRun::~PatternRun() = default;

void PatternRun::push(std::int64_t key, std::int64_t kind, TimeMs time_ms) {
  const nfa::RowLayout& layout = *spec_->layout;
  layout.clear(row_.data());
  layout.set(row_.data(), 0, nfa::Datum::of_int(key));
  layout.set(row_.data(), 1, nfa::Datum::of_int(kind));
  layout.set(row_.data(), 2, nfa::Datum::of_int(time_ms));
  engine_->push(0, row_.data(), time_ms, sequence_, time_ms);
  engine_->advance(0, time_ms, sequence_);
  ++sequence_;
}

void PatternRun::advance(TimeMs time_ms) {
  engine_->advance(0, time_ms, sequence_);
}

void PatternRun::on_match(const nfa::MatchView& match) {
  longest_match_ = std::max(longest_match_, match.events.size());
}

}    // namespace cepheid
