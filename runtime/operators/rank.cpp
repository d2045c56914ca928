#include "runtime/operators/rank.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <utility>

#include "runtime/tables/value_bytes.hpp"

namespace cepheid::runtime {

namespace {

// Fields of RankPlan::ranking_layout.
constexpr std::uint32_t kEntries = 0;
constexpr std::uint32_t kTotal = 1;

std::vector<const nfa::Batch*> batches_of(const std::vector<OperatorInput>& inputs) {
  std::vector<const nfa::Batch*> batches;
  for (const OperatorInput& input : inputs) batches.push_back(input.batch);
  return batches;
}

RowSelect make_select(const patterns::RankPlan& plan, const nfa::Batch& output) {
  const std::array<const nfa::RowLayout*, 1> sides = {plan.ranking_layout.get()};
  return {plan.items, nfa::ExprProgram::Layouts{.row = plan.input_layout.get(), .sides = sides},
          output.shared_layout()};
}

StateShape shape_of(const std::string& name, const patterns::RankPlan& plan) {
  std::vector<Field> key;
  std::vector<std::uint32_t> positions;
  for (const nfa::NamedExpr& part : plan.key) {
    positions.push_back(static_cast<std::uint32_t>(key.size()));
    key.push_back({.name = part.name, .type = part.value.type});
  }
  return {.name = name,
          .key = {.layout = std::make_shared<const nfa::RowLayout>(Schema(std::move(key))), .fields = positions},
          .value = {.layout = plan.ranking_layout, .fields = {kEntries, kTotal}}};
}

}    // namespace

RankOperator::RankOperator(const std::string& name, const patterns::RankPlan& plan,
                           const std::vector<OperatorInput>& inputs, nfa::Batch& output)
    : StateView(shape_of(name, plan)),
      plan_(plan),
      merge_(batches_of(inputs)),
      id_(nfa::compile_expression(plan.id, {.row = plan.input_layout.get()})),
      select_(make_select(plan, output)),
      lows_(inputs.size(), kBeginOfTime),
      ranking_row_(plan.ranking_layout->words()),
      keyed_row_(plan.input_layout->words()),
      key_row_(shape().key.layout->words()),
      output_(output),
      rows_(output) {
  if (inputs.size() > 1) {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      mappings_.emplace_back(inputs[i].batch->shared_layout(), plan.input_layout, plan.inputs[i].fields);
    }
  }
  make_items(plan.key, key_);
  make_items(plan.entry, entry_);
  if (plan.leave) leave_ = nfa::compile_expression(*plan.leave, {.row = plan.input_layout.get()});
  for (const patterns::RankPlan::Order& order : plan.by) {
    by_.push_back(nfa::compile_expression(order.value, {.row = plan.input_layout.get()}));
    order_.types.push_back(by_.back().type());
    order_.descending.push_back(order.descending);
  }
}

void RankOperator::make_items(const std::vector<nfa::NamedExpr>& from, Items& items) {
  for (const nfa::NamedExpr& item : from) {
    items.programs.push_back(nfa::compile_expression(item.value, {.row = plan_.input_layout.get()}));
    items.types.push_back(items.programs.back().type());
  }
  items.values.resize(from.size());
}

Result<void> RankOperator::process() {
  merge_.walk([&](std::size_t input, const nfa::Batch& batch, std::size_t i) { take_row(input, batch, i); },
              [&](std::size_t input, const nfa::Batch::Advance& advance) { take_advance(input, advance); });
  return {};
}

void RankOperator::take_row(std::size_t input, const nfa::Batch& batch, std::size_t i) {
  scratch_.clear();
  Cause cause{.row = batch.row(i), .time_ms = batch.time_ms(i), .sequence = batch.sequence(i)};
  if (!mappings_.empty()) cause.row = mappings_[input].apply(cause.row);
  const nfa::EvalInput at{.row = cause.row, .time_ms = cause.time_ms};
  const nfa::Datum id = id_.evaluate(at, scratch_);
  if (id.null) return;
  id_bytes_.clear();
  append_value(id_bytes_, id, id_.type());
  const auto found = members_.find(id_bytes_);

  if (leave_ && leave_->holds(at, scratch_)) {
    if (found == members_.end()) return;
    leave(found->second, cause);
    members_.erase(found);
    return;
  }
  evaluate(key_, cause);
  encode(key_.values, key_.types, key_bytes_);
  evaluate(entry_, cause);
  OwnedValues shown(entry_.values, entry_.types);
  OwnedValues order = order_of(cause);
  if (found != members_.end() && found->second.place->first == key_bytes_) {
    Ranking& ranking = found->second.place->second;
    if (ranking.update(found->second.id, std::move(order), std::move(shown))) give(ranking, cause);
    return;
  }
  if (found != members_.end()) leave(found->second, cause);
  Member& member = found != members_.end() ? found->second : members_[id_bytes_];
  member.place = &ranking_at_key();
  member.id.order = std::move(order);
  member.id.shown = std::move(shown);
  member.id.arrival = next_arrival_++;
  member.place->second.enter(member.id);
  give(member.place->second, cause);
}

void RankOperator::take_advance(std::size_t input, const nfa::Batch::Advance& advance) {
  lows_[input] = advance.low_ms;
  const TimeMs low_ms = *std::ranges::min_element(lows_);
  if (low_ms <= low_ms_) return;
  low_ms_ = low_ms;
  output_.advance(low_ms, advance.sequence);
}

void RankOperator::evaluate(Items& items, const Cause& cause) {
  for (std::size_t i = 0; i < items.programs.size(); ++i) {
    items.values[i] =
        items.programs[i].evaluate({.row = cause.row, .time_ms = cause.time_ms, .items = items.values}, scratch_);
  }
}

void RankOperator::encode(const std::vector<nfa::Datum>& values, const std::vector<Type>& types, std::string& bytes) {
  bytes.clear();
  for (std::size_t i = 0; i < values.size(); ++i) append_value(bytes, values[i], types[i]);
}

OwnedValues RankOperator::order_of(const Cause& cause) {
  std::vector<nfa::Datum> values;
  for (const nfa::ExprProgram& program : by_) {
    values.push_back(program.evaluate({.row = cause.row, .time_ms = cause.time_ms}, scratch_));
  }
  return {values, order_.types};
}

void RankOperator::leave(Member& member, const Cause& cause) {
  Ranking& ranking = member.place->second;
  ranking.leave(member.id);
  give(ranking, {.row = with_key_of(ranking, cause.row), .time_ms = cause.time_ms, .sequence = cause.sequence});
  if (ranking.total() == 0) {
    forget_key(ranking.key().values());
    rankings_.erase(rankings_.find(member.place->first));
  }
  member.place = nullptr;
}

RankOperator::Rankings::value_type& RankOperator::ranking_at_key() {
  const auto found = rankings_.find(key_bytes_);
  if (found != rankings_.end()) return *found;
  Rankings::value_type& made =
      *rankings_.try_emplace(key_bytes_, order_, entry_.types, plan_.top, OwnedValues(key_.values, key_.types)).first;
  note_key(key_.values, reinterpret_cast<StateId>(&made));
  return made;
}

void RankOperator::read(StateId id, const Visit& visit) {
  scratch_.clear();
  const Ranking& ranking = reinterpret_cast<const Rankings::value_type*>(id)->second;
  const nfa::RowLayout& layout = *shape().key.layout;
  layout.clear(key_row_.data());
  const std::span<const nfa::Datum> key = ranking.key().values();
  for (std::uint32_t i = 0; i < key.size(); ++i) layout.set(key_row_.data(), i, key[i]);
  visit(key_row_.data(), row_of(ranking));
}

nfa::Row RankOperator::row_of(const Ranking& ranking) {
  const std::span<RankedId* const> first = ranking.first();
  auto* entries = static_cast<nfa::Datum*>(scratch_.arena.allocate(first.size() * sizeof(nfa::Datum)));
  for (std::size_t i = 0; i < first.size(); ++i) {
    const std::span<const nfa::Datum> values = first[i]->shown.values();
    const auto* entry = new (scratch_.arena.allocate(sizeof(nfa::Composite)))
        nfa::Composite{.size = values.size(), .items = values.data()};
    new (entries + i) nfa::Datum(nfa::Datum::of_composite(entry));
  }
  const auto* list =
      new (scratch_.arena.allocate(sizeof(nfa::Composite))) nfa::Composite{.size = first.size(), .items = entries};
  plan_.ranking_layout->clear(ranking_row_.data());
  plan_.ranking_layout->set(ranking_row_.data(), kEntries, nfa::Datum::of_composite(list));
  plan_.ranking_layout->set(ranking_row_.data(), kTotal,
                            nfa::Datum::of_int(static_cast<std::int64_t>(ranking.total())));
  return ranking_row_.data();
}

void RankOperator::give(const Ranking& ranking, const Cause& cause) {
  const std::array<nfa::Row, 1> sides = {row_of(ranking)};
  rows_.append(select_.apply(cause.row, cause.time_ms, scratch_, sides), cause.time_ms, cause.sequence);
}

nfa::Row RankOperator::with_key_of(const Ranking& ranking, nfa::Row row) {
  std::memcpy(keyed_row_.data(), row, keyed_row_.size() * sizeof(std::uint64_t));
  for (std::size_t i = 0; i < plan_.key.size(); ++i) {
    const nfa::TypedExpr& part = plan_.key[i].value;
    if (part.kind != nfa::TypedExpr::Kind::field) continue;
    plan_.input_layout->set(keyed_row_.data(), part.field, ranking.key().values()[i]);
  }
  return keyed_row_.data();
}

}    // namespace cepheid::runtime
