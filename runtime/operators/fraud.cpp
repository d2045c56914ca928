#include "runtime/operators/fraud.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <new>
#include <utility>

#include "runtime/tables/value_bytes.hpp"

namespace cepheid::runtime {

namespace {

// Users looked at in a pass for being of no more use: a million are done in some thousand passes.
constexpr std::size_t kExpireAtMost = 512;

std::vector<const nfa::Batch*> batches_of(const std::vector<OperatorInput>& inputs) {
  std::vector<const nfa::Batch*> batches;
  for (const OperatorInput& input : inputs) batches.push_back(input.batch);
  return batches;
}

std::optional<nfa::ExprProgram> compile(const std::optional<nfa::TypedExpr>& role, const nfa::RowLayout& layout) {
  if (!role) return std::nullopt;
  return nfa::compile_expression(*role, {.row = &layout});
}

}    // namespace

FraudOperator::FraudOperator(const patterns::FraudPlan& plan, FraudScorer scorer,
                             const std::vector<OperatorInput>& inputs, std::span<Table* const> tables,
                             nfa::Batch& output, FraudCounters& counters)
    : plan_(plan),
      scorer_(std::move(scorer)),
      merge_(batches_of(inputs)),
      lows_(inputs.size(), kBeginOfTime),
      feature_values_(plan.features.size()),
      words_(output.layout().words()),
      output_(output),
      rows_(output),
      counters_(counters) {
  if (inputs.size() > 1) {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      mappings_.emplace_back(inputs[i].batch->shared_layout(), plan.input_layout, plan.inputs[i].fields);
    }
  }
  const nfa::RowLayout& layout = *plan.input_layout;
  for (const nfa::TypedExpr& part : plan.key) key_.push_back(nfa::compile_expression(part, {.row = &layout}));
  roles_ = {.type = compile(plan.roles.type, layout),
            .amount = compile(plan.roles.amount, layout),
            .latitude = compile(plan.roles.latitude, layout),
            .longitude = compile(plan.roles.longitude, layout),
            .merchant = compile(plan.roles.merchant, layout),
            .device = compile(plan.roles.device, layout),
            .country = compile(plan.roles.country, layout)};
  for (const patterns::LookupPlan& list : plan.lists) {
    Table* table = tables[list.table];
    lists_.push_back({.table = table, .key = {*table, list.key, {.row = &layout}}});
  }
  for (const nfa::TypedExpr& feature : plan.features) {
    features_.push_back(nfa::compile_expression(feature, {.row = &layout}));
  }
}

Result<void> FraudOperator::process() {
  merge_.walk([&](std::size_t input, const nfa::Batch& batch,
                  std::size_t i) { take_row(input, batch.row(i), batch.time_ms(i), batch.sequence(i)); },
              [&](std::size_t input, const nfa::Batch::Advance& advance) { take_advance(input, advance); });
  if (low_ms_ != kBeginOfTime && low_ms_ != kEndOfTime) {
    scorer_.expire(subtract_saturated(low_ms_, plan_.rules.history.late_ms), kExpireAtMost);
  }
  const FraudMemory memory = scorer_.memory();
  counters_.users.set(memory.users);
  counters_.state_bytes.set(memory.user_bytes + memory.shared_bytes);
  return {};
}

void FraudOperator::take_row(std::size_t input, nfa::Row row, TimeMs time_ms, std::uint64_t sequence) {
  scratch_.clear();
  if (!mappings_.empty()) row = mappings_[input].apply(row);
  key_bytes_.clear();
  for (const nfa::ExprProgram& part : key_) {
    append_value(key_bytes_, part.evaluate({.row = row, .time_ms = time_ms}, scratch_), part.type());
  }
  scorer_.score(key_bytes_, transaction_of(row, time_ms, sequence), score_);
  counters_.scored.add(1);
  give(row, time_ms, sequence);
}

void FraudOperator::take_advance(std::size_t input, const nfa::Batch::Advance& advance) {
  lows_[input] = advance.low_ms;
  const TimeMs low_ms = *std::ranges::min_element(lows_);
  if (low_ms <= low_ms_) return;
  low_ms_ = low_ms;
  output_.advance(low_ms, advance.sequence);
}

FraudTransaction FraudOperator::transaction_of(nfa::Row row, TimeMs time_ms, std::uint64_t sequence) {
  const nfa::EvalInput input{.row = row, .time_ms = time_ms};
  FraudTransaction transaction{.time_ms = time_ms,
                               .type = text_of(roles_.type, input),
                               .amount = number_of(roles_.amount, input),
                               .latitude = number_of(roles_.latitude, input),
                               .longitude = number_of(roles_.longitude, input),
                               .merchant = text_of(roles_.merchant, input),
                               .device = text_of(roles_.device, input),
                               .country = text_of(roles_.country, input)};
  for (std::size_t i = 0; i < lists_.size(); ++i) {
    const bool has = lists_[i].table->has(lists_[i].key.evaluate(input, scratch_), sequence);
    transaction.lists |= std::uint64_t{has} << i;
  }
  for (std::size_t i = 0; i < features_.size(); ++i) {
    const nfa::Datum value = features_[i].evaluate(input, scratch_);
    feature_values_[i] = value.null ? std::numeric_limits<double>::quiet_NaN() : value.number;
  }
  transaction.features = feature_values_;
  return transaction;
}

std::optional<std::string_view> FraudOperator::text_of(const std::optional<nfa::ExprProgram>& role,
                                                       const nfa::EvalInput& input) {
  if (!role) return std::nullopt;
  const nfa::Datum value = role->evaluate(input, scratch_);
  if (value.null) return std::nullopt;
  return value.text->view();
}

std::optional<double> FraudOperator::number_of(const std::optional<nfa::ExprProgram>& role,
                                               const nfa::EvalInput& input) {
  if (!role) return std::nullopt;
  const nfa::Datum value = role->evaluate(input, scratch_);
  if (value.null) return std::nullopt;
  return value.number;
}

void FraudOperator::give(nfa::Row row, TimeMs time_ms, std::uint64_t sequence) {
  const nfa::RowLayout& from = *plan_.input_layout;
  const nfa::RowLayout& to = output_.layout();
  to.clear(words_.data());
  const auto fields = static_cast<std::uint32_t>(from.schema().size());
  for (std::uint32_t i = 0; i < fields; ++i) to.set(words_.data(), i, nfa::read_field(row, from.slot(i)));
  to.set(words_.data(), fields, nfa::Datum::of_double(score_.risk_score));
  if (score_.level != FraudScore::kNoLevel) {
    const FraudLevel& level = plan_.rules.levels[score_.level];
    to.set(words_.data(), fields + 1, nfa::Datum::of_text(scratch_.arena.copy_text(level.name)));
    to.set(words_.data(), fields + 2, nfa::Datum::of_text(scratch_.arena.copy_text(level.recommendation)));
  }
  to.set(words_.data(), fields + 3, factors());
  rows_.append(words_.data(), time_ms, sequence);
}

nfa::Datum FraudOperator::factors() {
  nfa::Arena& arena = scratch_.arena;
  const auto make_items = [&arena](std::size_t size) {
    auto* items = static_cast<nfa::Datum*>(arena.allocate(size * sizeof(nfa::Datum)));
    std::uninitialized_default_construct_n(items, size);
    return items;
  };
  const auto composite = [&arena](std::size_t size, const nfa::Datum* items) {
    return nfa::Datum::of_composite(new (arena.allocate(sizeof(nfa::Composite))) nfa::Composite{size, items});
  };
  const std::size_t members = kFirstFact + plan_.facts.size() + (plan_.lists.empty() ? 0 : 1);
  nfa::Datum* list = make_items(score_.factors.size());
  for (std::size_t i = 0; i < score_.factors.size(); ++i) {
    const FraudFactor& factor = score_.factors[i];
    nfa::Datum* items = make_items(members);
    items[0] = nfa::Datum::of_text(arena.copy_text(reason_code(factor.reason)));
    items[1] = nfa::Datum::of_double(factor.risk);
    for (std::size_t fact = 0; fact < plan_.facts.size(); ++fact) {
      const std::optional<double> value = factor.value(plan_.facts[fact]);
      if (!value) continue;
      items[kFirstFact + fact] = is_whole(plan_.facts[fact]) ? nfa::Datum::of_int(static_cast<std::int64_t>(*value))
                                                             : nfa::Datum::of_double(*value);
    }
    if (!plan_.lists.empty() && !factor.list.empty()) {
      items[members - 1] = nfa::Datum::of_text(arena.copy_text(factor.list));
    }
    list[i] = composite(members, items);
  }
  return composite(score_.factors.size(), list);
}

}    // namespace cepheid::runtime
