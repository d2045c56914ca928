#include "nfa/row/layout.hpp"

#include <cstring>
#include <utility>

#include "nfa/row/deep_copy.hpp"

namespace cepheid::nfa {

RowLayout::RowLayout(Schema schema) : schema_(std::move(schema)) {
  const std::vector<Field>& fields = schema_.fields();
  null_words_ = static_cast<std::uint32_t>((fields.size() + 63) / 64);
  words_ = null_words_;
  slots_.reserve(fields.size());
  for (std::uint32_t i = 0; i < fields.size(); ++i) {
    const TypeKind kind = fields[i].presence ? TypeKind::bool_ : fields[i].type.kind;
    slots_.push_back({.null_word = i / 64, .word = words_, .null_mask = std::uint64_t{1} << (i % 64), .kind = kind});
    words_ += kind == TypeKind::decimal ? 2 : 1;
    if (is_deep(kind)) deep_.push_back(i);
  }
}

void RowLayout::clear(std::uint64_t* row) const {
  std::memset(row, 0xff, null_words_ * sizeof(std::uint64_t));
  // Null fields hold zeros, so that equal rows are equal bytes.
  std::memset(row + null_words_, 0, (words_ - null_words_) * sizeof(std::uint64_t));
}

void RowLayout::set(std::uint64_t* row, std::uint32_t field, const Datum& datum) const {
  const FieldSlot& slot = slots_[field];
  if (datum.null) {
    row[slot.null_word] |= slot.null_mask;
    std::memset(row + slot.word, 0, slot.kind == TypeKind::decimal ? 16 : 8);
    return;
  }
  row[slot.null_word] &= ~slot.null_mask;
  switch (slot.kind) {
    case TypeKind::decimal: std::memcpy(row + slot.word, &datum.units, 16); break;
    case TypeKind::bool_: row[slot.word] = datum.boolean ? 1 : 0; break;
    default: std::memcpy(row + slot.word, &datum.integer, 8);
  }
}

namespace {

constexpr std::size_t row_bytes(std::uint32_t words) {
  return (words * sizeof(std::uint64_t) + 15) & ~std::size_t{15};
}

}    // namespace

std::size_t RowLayout::copy_size(Row row) const {
  std::size_t size = row_bytes(words_);
  for (const std::uint32_t field : deep_) {
    size += deep_size(read_field(row, slots_[field]), schema_.fields()[field].type);
  }
  return size;
}

void RowLayout::copy_to(Row row, void* to) const {
  auto* copy = static_cast<std::uint64_t*>(to);
  std::memcpy(copy, row, words_ * sizeof(std::uint64_t));
  char* behind = static_cast<char*>(to) + row_bytes(words_);
  for (const std::uint32_t field : deep_) {
    const Datum datum = read_field(row, slots_[field]);
    if (!datum.null) set(copy, field, deep_copy(datum, schema_.fields()[field].type, behind));
  }
}

}    // namespace cepheid::nfa
