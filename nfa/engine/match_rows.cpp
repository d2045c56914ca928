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

}    // namespace

MatchRows::MatchRows(const PatternSpec& spec)
    : absent_(spec.absence.has_value()),
      emit_(compile(spec.emit, *spec.layout)),
      timeout_emit_(compile(spec.timeout_emit, *spec.layout)) {}

std::span<const Datum> MatchRows::compute(const MatchView& match, EvalScratch& scratch,
                                          std::vector<Datum>& items) const {
  const std::span<const ExprProgram> wanted = programs(match.timed_out);
  const std::size_t first = absent_ ? 1 : 0;
  items.assign(first + wanted.size(), Datum());
  if (absent_) items.front() = Datum::of_int(match.start_ms);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    items[first + i] =
        wanted[i].evaluate({.time_ms = match.time_ms, .taken = match.taken.get(), .items = items}, scratch);
  }
  return std::span<const Datum>(items).subspan(first);
}

}    // namespace cepheid::nfa
