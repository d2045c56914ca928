#include "runtime/operators/derived.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace cepheid::runtime {

DerivedOperator::DerivedOperator(const patterns::DerivedPlan& plan, const std::vector<OperatorInput>& inputs,
                                 std::span<Table* const> tables, nfa::Batch& output)
    : plan_(plan), inputs_(inputs, plan.inputs, plan.input_layout, plan.lateness), output_(output) {
  make_stages(tables);
}

void DerivedOperator::make_stages(std::span<Table* const> tables) {
  const nfa::RowLayout* layout = plan_.input_layout.get();
  std::vector<const nfa::RowLayout*> sides;    // of the look-ups since the last `select`
  for (const patterns::DerivedPlan::Stage& stage : plan_.stages) {
    const nfa::ExprProgram::Layouts layouts{.row = layout, .sides = sides};
    Stage& made = stages_.emplace_back();
    if (stage.where) {
      made.where = nfa::compile_expression(*stage.where, layouts);
    } else if (stage.lookup) {
      const patterns::LookupPlan& plan = *stage.lookup;
      Table* table = tables[plan.table];
      Lookup& lookup = made.lookup.emplace(
          Lookup{.table = table, .key = {*table, plan.key, layouts}, .as_of = std::nullopt, .side = plan.side});
      if (plan.as_of) lookup.as_of = nfa::compile_expression(*plan.as_of, layouts);
      sides.resize(std::max<std::size_t>(sides.size(), plan.side + 1));
      sides[plan.side] = &lookup.table->layout();
      sides_.resize(std::max(sides_.size(), sides.size()));
    } else {
      made.select.emplace(stage.items, layouts, stage.layout);
      layout = stage.layout.get();
      sides.clear();
    }
  }
}

Result<void> DerivedOperator::process() {
  scratch_.clear();
  inputs_.walk([&](nfa::Row row, TimeMs time_ms, std::uint64_t sequence) { take_row(row, time_ms, sequence); },
               [&](TimeMs low_ms, std::uint64_t sequence) { output_.advance(low_ms, sequence); });
  // Computed text goes with the rows, which may be read longer than until the next call.
  std::swap(output_.arena(), scratch_.arena);
  return {};
}

void DerivedOperator::take_row(nfa::Row row, TimeMs time_ms, std::uint64_t sequence) {
  for (Stage& stage : stages_) {
    if (stage.where) {
      if (!stage.where->holds({.row = row, .time_ms = time_ms, .sides = sides_}, scratch_)) return;
    } else if (stage.lookup) {
      sides_[stage.lookup->side] = look_up(*stage.lookup, row, time_ms, sequence);
    } else {
      row = stage.select->apply(row, time_ms, scratch_, sides_);
    }
  }
  std::memcpy(output_.append(time_ms, sequence), row, output_.layout().words() * sizeof(std::uint64_t));
}

nfa::Row DerivedOperator::look_up(Lookup& lookup, nfa::Row row, TimeMs time_ms, std::uint64_t sequence) {
  const nfa::EvalInput input{.row = row, .time_ms = time_ms, .sides = sides_};
  Table& table = *lookup.table;
  std::span<const nfa::Datum> key = lookup.key.evaluate(input, scratch_);
  nfa::Row found = nullptr;
  if (lookup.as_of) {
    const nfa::Datum as_of = lookup.as_of->evaluate(input, scratch_);
    if (as_of.null) key = lookup.key.nothing();
    found = table.find_as_of(key, as_of.null ? kBeginOfTime : as_of.integer, sequence);
  } else {
    found = table.find(key, sequence);
  }
  if (table.is_fixed()) return found;
  // The row made of it may be read longer than the table has this one.
  void* copy = scratch_.arena.allocate(table.layout().copy_size(found));
  table.layout().copy_to(found, copy);
  return static_cast<nfa::Row>(copy);
}

}    // namespace cepheid::runtime
