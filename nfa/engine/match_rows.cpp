#include "nfa/engine/match_rows.hpp"

namespace cepheid::nfa {
namespace {

std::vector<ExprProgram> compile(const std::vector<NamedExpr>& items, const RowLayout& layout) {
  std::vector<ExprProgram> programs;
  for (const NamedExpr& item : items) {
    programs.push_back(compile_expression(item.value, {.row = &layout, .taken = &layout}));
  }
  return programs;
}

/// The field of the row, null if there is no row. In place: a copy of a Datum just written waits for its words.
void read_item(Datum& item, Row row, const FieldSlot& slot) {
  item.null = row == nullptr || (row[slot.null_word] & slot.null_mask) != 0;
  if (row != nullptr) __builtin_memcpy(&item.units, row + slot.word, slot.kind == TypeKind::decimal ? 16 : 8);
}

}    // namespace

MatchRows::MatchRows(const PatternSpec& spec)
    : absent_(spec.absence.has_value()),
      emit_(compile(spec.emit, *spec.layout)),
      timeout_emit_(compile(spec.timeout_emit, *spec.layout)),
      emit_fields_(step_fields(spec.emit, *spec.layout)),
      timeout_emit_fields_(step_fields(spec.timeout_emit, *spec.layout)) {}

MatchRows::StepFields MatchRows::step_fields(const std::vector<NamedExpr>& items, const RowLayout& layout) {
  StepFields fields;
  for (const auto& [name, value] : items) {
    std::optional<StepField>& field = fields.emplace_back();
    if (value.kind == TypedExpr::Kind::step_field) field = StepField{value.step, value.index, layout.slot(value.field)};
  }
  return fields;
}

Row MatchRows::event_of(const MatchView& match, const StepField& field) {
  const auto is_of_step = [&](const TakenEvent& event) { return event.step == field.step; };
  std::int32_t left = field.index;
  if (left >= 0) {
    for (const TakenEvent& event : match.events) {
      if (is_of_step(event) && left-- == 0) return event.row;
    }
  } else {
    for (std::size_t i = match.events.size(); i-- > 0;) {
      if (is_of_step(match.events[i]) && ++left == 0) return match.events[i].row;
    }
  }
  return nullptr;
}

std::span<const Datum> MatchRows::compute(const MatchView& match, EvalScratch& scratch,
                                          std::vector<Datum>& items) const {
  const std::span<const ExprProgram> wanted = programs(match.timed_out);
  const std::size_t first = absent_ ? 1 : 0;
  const StepFields& fields = match.timed_out ? timeout_emit_fields_ : emit_fields_;
  items.resize(first + wanted.size());
  if (absent_) items.front() = Datum::of_int(match.start_ms);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (fields[i]) {
      read_item(items[first + i], event_of(match, *fields[i]), fields[i]->slot);
      continue;
    }
    items[first + i] =
        wanted[i].evaluate({.time_ms = match.time_ms, .taken = match.taken.get(), .items = items}, scratch);
  }
  return std::span<const Datum>(items).subspan(first);
}

}    // namespace cepheid::nfa
