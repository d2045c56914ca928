#include "cepheid/row_batch.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "nfa/row/datum.hpp"
#include "patterns/embed/row_batch_impl.hpp"

namespace cepheid::inline v0 {

std::string_view RowBatch::Impl::reason(std::size_t i) const {
  const auto found = std::ranges::lower_bound(reasons, i, {}, &std::pair<std::size_t, std::string>::first);
  return found != reasons.end() && found->first == i ? std::string_view(found->second) : std::string_view();
}

void RowBatch::Impl::fail_last(std::string reason) {
  const std::size_t last = size() - 1;
  if (reasons.empty() || reasons.back().first != last) reasons.emplace_back(last, std::move(reason));
}

RowBatch::RowBatch(const Rules& rules, StreamId stream) : impl_(std::make_unique<Impl>(rules, stream)) {}
RowBatch::~RowBatch() = default;
RowBatch::RowBatch(RowBatch&&) noexcept = default;
RowBatch& RowBatch::operator=(RowBatch&&) noexcept = default;

StreamId RowBatch::stream() const {
  return impl_->stream;
}
const Schema& RowBatch::schema() const {
  return impl_->layout.schema();
}
std::size_t RowBatch::size() const {
  return impl_->size();
}

RowWriter RowBatch::add() {
  const std::size_t at = impl_->words.size();
  impl_->words.resize(at + impl_->layout.words());
  impl_->layout.clear(impl_->words.data() + at);
  return {*this, impl_->words.data() + at};
}

RowView RowBatch::operator[](std::size_t row) const {
  return impl_->layout.view(impl_->row(row));
}

std::string_view RowBatch::reason(std::size_t row) const {
  return impl_->reason(row);
}

void RowBatch::clear() {
  impl_->words.clear();
  impl_->arena.clear();
  impl_->reasons.clear();
}

// ---- RowWriter

std::uint32_t RowWriter::find(std::string_view field) {
  if (const auto position = batch_.schema().find(field)) return *position;
  batch_.impl_->fail_last(fmt::format("there is no field `{}`", field));
  return kNoField;
}

/// The kind of a field, if there is one.
TypeKind RowWriter::kind_of(std::uint32_t field) const {
  const std::vector<Field>& fields = batch_.schema().fields();
  return field < fields.size() ? fields[field].type.kind : TypeKind::null_;
}

RowWriter& RowWriter::put(std::uint32_t field, const nfa::Datum& datum) {
  const RowBatch::Impl& batch = *batch_.impl_;
  batch.layout.set(words_, field, datum);
  // The objects on its path are there, too.
  const std::vector<Field>& fields = batch.layout.schema().fields();
  for (std::uint32_t i = 0; i < fields.size(); ++i) {
    if (fields[i].presence && fields[field].name.starts_with(fields[i].name + ".")) {
      batch.layout.set(words_, i, nfa::Datum::of_bool(true));
    }
  }
  return *this;
}

RowWriter& RowWriter::refuse(std::uint32_t field, const char* what) {
  const std::vector<Field>& fields = batch_.schema().fields();
  batch_.impl_->fail_last(field >= fields.size() ? fmt::format("there is no field {}", field)
                                                 : fmt::format("field `{}` is {}, and was given {}", fields[field].name,
                                                               to_string(fields[field].type), what));
  return *this;
}

RowWriter& RowWriter::set(std::uint32_t field, bool value) {
  if (kind_of(field) != TypeKind::bool_) return refuse(field, "a bool");
  return put(field, nfa::Datum::of_bool(value));
}

RowWriter& RowWriter::set(std::uint32_t field, std::int64_t value) {
  nfa::Datum datum;
  switch (kind_of(field)) {
    case TypeKind::int_:
    case TypeKind::timestamp: datum = nfa::Datum::of_int(value); break;
    case TypeKind::double_: datum = nfa::Datum::of_double(static_cast<double>(value)); break;
    case TypeKind::decimal: return set(field, DecimalValue{.decimal = {value}, .scale = 0});
    default: return refuse(field, "an int");
  }
  return put(field, datum);
}

RowWriter& RowWriter::set(std::uint32_t field, double value) {
  if (kind_of(field) != TypeKind::double_) return refuse(field, "a double");
  if (!std::isfinite(value)) return *this;
  return put(field, nfa::Datum::of_double(value));
}

RowWriter& RowWriter::set(std::uint32_t field, Timestamp value) {
  if (kind_of(field) != TypeKind::timestamp) return refuse(field, "a timestamp");
  return put(field, nfa::Datum::of_int(value.ms));
}

RowWriter& RowWriter::set(std::uint32_t field, const DecimalValue& value) {
  if (kind_of(field) != TypeKind::decimal) return refuse(field, "a decimal");
  const int scale = batch_.schema().fields()[field].type.scale;
  if (value.scale > scale) return refuse(field, "a decimal of more digits");
  Int128 units = value.decimal.units;
  for (int i = value.scale; i < scale; ++i) {
    if (__builtin_mul_overflow(units, Int128{10}, &units)) return refuse(field, "a decimal that is too large");
  }
  return put(field, nfa::Datum::of_decimal(units));
}

RowWriter& RowWriter::set(std::uint32_t field, std::string_view value) {
  if (kind_of(field) != TypeKind::string) return refuse(field, "text");
  return put(field, nfa::Datum::of_text(batch_.impl_->arena.copy_text(value)));
}

RowWriter& RowWriter::set(std::uint32_t field, Symbol value) {
  if (kind_of(field) != TypeKind::string) return refuse(field, "text");
  if (!value.has_value()) return *this;
  return put(field, nfa::Datum::of_text(value.text()));
}

}    // namespace cepheid::inline v0
