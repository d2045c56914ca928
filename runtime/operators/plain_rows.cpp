#include "runtime/operators/plain_rows.hpp"

#include <cmath>

#include "nfa/row/deep_copy.hpp"

namespace cepheid::runtime {

std::optional<PlainRows> PlainRows::of(const patterns::AggregatePlan& plan, const Accumulators& accumulators,
                                       const nfa::RowLayout& output) {
  PlainRows rows(accumulators);
  rows.row_ = output.null_row();
  for (std::uint32_t item = 0; item < plan.items.size(); ++item) {
    const nfa::TypedExpr& value = plan.items[item].value;
    if (value.kind != nfa::TypedExpr::Kind::field || !rows.add_item(plan, item, value.field)) return std::nullopt;
  }
  // Most are not null.
  for (const Item& item : rows.items_) output.set(rows.row_.data(), item.field, nfa::Datum::of_int(0));
  return rows;
}

bool PlainRows::add_item(const patterns::AggregatePlan& plan, std::uint32_t item, std::uint32_t from) {
  using Of = Item::Of;
  const auto keys = static_cast<std::uint32_t>(plan.key.size());
  if (from < keys) {
    key_items_.push_back({item, from});
    return true;
  }
  if (from < keys + 2) {
    items_.push_back({from == keys ? Of::start : Of::end, item, 0});
    return plan.window.kind != patterns::WindowPlan::Kind::none;
  }
  // Deep results are made in the scratch and copied from there.
  if (nfa::is_deep(plan.state_layout->schema().fields()[from].type.kind)) return false;
  const std::uint32_t call = from - keys - 2;
  const Accumulators::Place place = accumulators_->place(call);
  switch (place.is) {
    case Accumulators::Place::Is::count: items_.push_back({Of::count, item, place.at}); break;
    case Accumulators::Place::Is::sum: items_.push_back({Of::sum, item, place.at}); break;
    case Accumulators::Place::Is::more: items_.push_back({Of::call, item, call}); break;
  }
  return true;
}

void PlainRows::append(const WindowResults& results, GroupKeys& keys, nfa::Batch& output, nfa::EvalScratch& scratch) {
  const nfa::RowLayout& layout = output.layout();
  for (const Item& item : items_) {
    if (item.of == Item::Of::start) layout.set(row_.data(), item.field, nfa::Datum::of_int(results.start_ms));
    if (item.of == Item::Of::end) layout.set(row_.data(), item.field, nfa::Datum::of_int(results.end_ms));
  }
  std::uint64_t* const rows = output.append_alike(results.keys.size(), row_.data(), results.time_ms, results.sequence);
  for (const Item& item : items_) set_item(item, results, layout, rows, scratch);
  if (key_items_.empty()) return;
  std::uint64_t* row = rows;
  for (const GroupId key : results.keys) {
    const std::span<const nfa::Datum> values = keys.values(key, output.arena());
    for (const KeyItem& item : key_items_) layout.set(row, item.field, values[item.part]);
    row += layout.words();
  }
}

void PlainRows::set_item(const Item& item, const WindowResults& results, const nfa::RowLayout& layout,
                         std::uint64_t* rows, nfa::EvalScratch& scratch) const {
  const std::size_t words = layout.words();
  std::uint64_t* to = rows + layout.slot(item.field).word;
  switch (item.of) {
    case Item::Of::start:
    case Item::Of::end: return;
    case Item::Of::count:
      for (const std::uint64_t* const state : results.states) {
        *to = state[item.from];
        to += words;
      }
      return;
    case Item::Of::sum:
      for (const std::uint64_t* const state : results.states) {
        *to = state[item.from];
        if (!std::isfinite(std::bit_cast<double>(*to))) layout.set(rows, item.field, nfa::Datum());
        to += words;
        rows += words;
      }
      return;
    case Item::Of::call:
      for (const std::uint64_t* const state : results.states) {
        layout.set(rows, item.field, accumulators_->result(item.from, state, scratch));
        rows += words;
      }
  }
}

}    // namespace cepheid::runtime
