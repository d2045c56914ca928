#include "nfa/row/layout.hpp"

#include <cstring>
#include <utility>

#include "nfa/row/deep_copy.hpp"

namespace cepheid::nfa {

RowLayout::RowLayout(Schema schema) : schema_(std::move(schema)) {
  const std::vector<Field>& fields = schema_.fields();
  const std::size_t null_words = (fields.size() + 63) / 64;
  words_ = static_cast<std::uint32_t>(null_words);
  slots_.reserve(fields.size());
  for (std::uint32_t i = 0; i < fields.size(); ++i) {
    const TypeKind kind = fields[i].presence ? TypeKind::bool_ : fields[i].type.kind;
    slots_.push_back({.null_word = i / 64, .word = words_, .null_mask = std::uint64_t{1} << (i % 64), .kind = kind});
    words_ += kind == TypeKind::decimal ? 2 : 1;
    if (is_deep(kind)) deep_.push_back(i);
  }
  // Null fields hold zeros, so that equal rows are equal bytes.
  null_row_.resize(words_);
  std::memset(null_row_.data(), 0xff, null_words * sizeof(std::uint64_t));
}

namespace {

/// Pieces of a copy are aligned to 16 bytes.
constexpr std::size_t piece_bytes(std::size_t size) {
  return (size + 15) & ~std::size_t{15};
}

constexpr std::size_t row_bytes(std::uint32_t words) {
  return piece_bytes(words * sizeof(std::uint64_t));
}

const Text* text_at(Row row, const FieldSlot& slot) {
  const Text* text = nullptr;
  std::memcpy(&text, row + slot.word, sizeof text);
  return text;
}

/// Copies `size` bytes, 8 at least: short text, which most is, without a call.
void copy_text(const char* from, char* to, std::size_t size) {
  if (size <= 16) {
    std::uint64_t first = 0;
    std::uint64_t last = 0;    // the two overlap
    std::memcpy(&first, from, sizeof first);
    std::memcpy(&last, from + size - sizeof last, sizeof last);
    std::memcpy(to, &first, sizeof first);
    std::memcpy(to + size - sizeof last, &last, sizeof last);
  } else {
    std::memcpy(to, from, size);
  }
}

}    // namespace

std::size_t RowLayout::copy_size(Row row) const {
  std::size_t size = row_bytes(words_);
  for (const std::uint32_t field : deep_) {
    const FieldSlot& slot = slots_[field];
    if (slot.kind == TypeKind::string) {
      if ((row[slot.null_word] & slot.null_mask) == 0) size += piece_bytes(sizeof(Text) + text_at(row, slot)->size);
    } else {
      size += deep_size(read_field(row, slot), schema_.fields()[field].type);
    }
  }
  return size;
}

void RowLayout::copy_to(Row row, void* to) const {
  auto* copy = static_cast<std::uint64_t*>(to);
  std::memcpy(copy, row, words_ * sizeof(std::uint64_t));
  char* behind = static_cast<char*>(to) + row_bytes(words_);
  for (const std::uint32_t field : deep_) {
    const FieldSlot& slot = slots_[field];
    if ((row[slot.null_word] & slot.null_mask) != 0) continue;
    if (slot.kind == TypeKind::string) {
      const Text* const text = text_at(row, slot);
      const std::size_t size = sizeof(Text) + text->size;
      copy_text(reinterpret_cast<const char*>(text), behind, size);
      std::memcpy(copy + slot.word, &behind, sizeof behind);
      behind += piece_bytes(size);
    } else {
      set(copy, field, deep_copy(read_field(row, slot), schema_.fields()[field].type, behind));
    }
  }
}

}    // namespace cepheid::nfa
