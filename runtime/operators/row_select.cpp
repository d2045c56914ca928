#include "runtime/operators/row_select.hpp"

#include <cstring>

namespace cepheid::runtime {

RowSelect::RowSelect(const std::vector<nfa::NamedExpr>& items, const nfa::RowLayout& from,
                     std::shared_ptr<const nfa::RowLayout> to)
    : RowSelect(items, nfa::ExprProgram::Layouts{.row = &from}, std::move(to)) {}

RowSelect::RowSelect(const std::vector<nfa::NamedExpr>& items, const nfa::ExprProgram::Layouts& from,
                     std::shared_ptr<const nfa::RowLayout> to)
    : to_(std::move(to)), items_(items.size()), words_(to_->words()) {
  for (const nfa::NamedExpr& item : items) programs_.push_back(nfa::compile_expression(item.value, from));
}

nfa::Row RowSelect::apply(nfa::Row row, TimeMs time_ms, nfa::EvalScratch& scratch, std::span<const nfa::Row> sides) {
  to_->clear(words_.data());
  for (std::uint32_t i = 0; i < programs_.size(); ++i) {
    items_[i] = programs_[i].evaluate({.row = row, .time_ms = time_ms, .sides = sides, .items = items_}, scratch);
    to_->set(words_.data(), i, items_[i]);
  }
  return words_.data();
}

RowMapping::RowMapping(std::shared_ptr<const nfa::RowLayout> from, std::shared_ptr<const nfa::RowLayout> to,
                       std::vector<std::uint32_t> fields)
    : from_(std::move(from)), to_(std::move(to)), fields_(std::move(fields)), words_(to_->words()) {
  to_->clear(words_.data());
}

void RowMapping::set_constant(std::uint32_t field, const nfa::Datum& datum) {
  to_->set(words_.data(), field, datum);
}

nfa::Row RowMapping::apply(nfa::Row row) {
  for (std::uint32_t i = 0; i < fields_.size(); ++i) {
    to_->set(words_.data(), fields_[i], nfa::read_field(row, from_->slot(i)));
  }
  return words_.data();
}

void append_copy(nfa::Batch& output, nfa::Row row, TimeMs time_ms, std::uint64_t sequence) {
  const nfa::RowLayout& layout = output.layout();
  void* copy = output.arena().allocate(layout.copy_size(row));
  layout.copy_to(row, copy);
  std::memcpy(output.append(time_ms, sequence), copy, layout.words() * sizeof(std::uint64_t));
}

}    // namespace cepheid::runtime
