#include "runtime/operators/row_select.hpp"

namespace cepheid::runtime {

RowSelect::RowSelect(const std::vector<nfa::NamedExpr>& items, const nfa::RowLayout& from,
                     std::shared_ptr<const nfa::RowLayout> to)
    : to_(std::move(to)), items_(items.size()), words_(to_->words()) {
  for (const nfa::NamedExpr& item : items) programs_.push_back(nfa::compile_expression(item.value, {.row = &from}));
}

nfa::Row RowSelect::apply(nfa::Row row, TimeMs time_ms, nfa::EvalScratch& scratch) {
  to_->clear(words_.data());
  for (std::uint32_t i = 0; i < programs_.size(); ++i) {
    items_[i] = programs_[i].evaluate({.row = row, .time_ms = time_ms, .items = items_}, scratch);
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

}    // namespace cepheid::runtime
