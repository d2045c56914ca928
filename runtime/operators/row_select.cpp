#include "runtime/operators/row_select.hpp"

#include <cstring>
#include <utility>

#include "nfa/row/deep_copy.hpp"

namespace cepheid::runtime {

RowSelect::RowSelect(const std::vector<nfa::NamedExpr>& items, const nfa::RowLayout& from,
                     std::shared_ptr<const nfa::RowLayout> to)
    : RowSelect(items, nfa::ExprProgram::Layouts{.row = &from}, std::move(to)) {}

RowSelect::RowSelect(const std::vector<nfa::NamedExpr>& items, const nfa::ExprProgram::Layouts& from,
                     std::shared_ptr<const nfa::RowLayout> to)
    : to_(std::move(to)), items_(items.size()), words_(to_->words()) {
  for (const nfa::NamedExpr& item : items) {
    Item& made = made_.emplace_back();
    if (item.value.kind == nfa::TypedExpr::Kind::field) {
      made.field = from.row->slot(item.value.field);
    } else {
      made.program = nfa::compile_expression(item.value, from);
    }
  }
}

nfa::Row RowSelect::apply(nfa::Row row, TimeMs time_ms, nfa::EvalScratch& scratch, std::span<const nfa::Row> sides) {
  to_->clear(words_.data());
  for (std::uint32_t i = 0; i < made_.size(); ++i) {
    const Item& item = made_[i];
    items_[i] = item.program
                    ? item.program->evaluate({.row = row, .time_ms = time_ms, .sides = sides, .items = items_}, scratch)
                    : nfa::read_field(row, item.field);
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

CopyingOutput::CopyingOutput(nfa::Batch& output) : output_(output) {
  const std::vector<Field>& fields = output.layout().schema().fields();
  for (std::uint32_t field = 0; field < fields.size(); ++field) {
    if (nfa::is_deep(fields[field].type.kind)) deep_fields_.push_back(field);
  }
}

void CopyingOutput::append(nfa::Row row, TimeMs time_ms, std::uint64_t sequence) {
  const nfa::RowLayout& layout = output_.layout();
  std::uint64_t* copy = output_.append(time_ms, sequence);
  std::memcpy(copy, row, layout.words() * sizeof(std::uint64_t));
  for (const std::uint32_t field : deep_fields_) {
    const nfa::Datum datum = nfa::read_field(row, layout.slot(field));
    if (datum.null) continue;
    layout.set(copy, field, nfa::copy_datum(datum, layout.schema().fields()[field].type, output_.arena()));
  }
}

}    // namespace cepheid::runtime
