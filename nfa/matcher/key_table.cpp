#include "nfa/matcher/key_table.hpp"

#include <utility>

namespace cepheid::nfa {
namespace {

/// Is the value of such a type one word that equal values have in common?
bool is_word(const Type& type, bool texts_stay) {
  return type.kind == TypeKind::int_ || type.kind == TypeKind::timestamp ||
         (type.kind == TypeKind::string && texts_stay);
}

}    // namespace

KeyTable::KeyTable(const std::vector<TypedExpr>& key, const RowLayout& layout, bool texts_stay)
    : encoder_(key, layout) {
  if (key.empty()) return;
  kind_ = Kind::bytes;
  const TypedExpr& first = key.front();
  if (key.size() == 1 && first.kind == TypedExpr::Kind::field && is_word(first.type, texts_stay)) {
    kind_ = Kind::word;
    type_ = first.type;
    slot_ = layout.slot(first.field);
  }
}

void KeyTable::look_up(const CurrentEvent& event, EvalScratch& scratch) {
  asked_ = true;
  switch (kind_) {
    case Kind::none: found_ = null_key_; return;
    case Kind::word: {
      null_ = (event.row[slot_.null_word] & slot_.null_mask) != 0;
      if (null_) {
        found_ = null_key_;
        return;
      }
      word_ = event.row[slot_.word];
      const auto found = by_word_.find(word_);
      found_ = found == by_word_.end() ? kNoKey : found->second;
      return;
    }
    case Kind::bytes: {
      encoder_.encode(event.row, event.time_ms, scratch, bytes_);
      const auto found = by_bytes_.find(bytes_);
      found_ = found == by_bytes_.end() ? kNoKey : found->second;
      return;
    }
  }
}

void KeyTable::make() {
  if (free_.empty()) {
    found_ = static_cast<KeyId>(keys_.size());
    keys_.emplace_back();
    if (kind_ == Kind::bytes) texts_.emplace_back();
  } else {
    found_ = free_.back();
    free_.pop_back();
  }
  Key& key = keys_[found_];
  key.null = kind_ == Kind::word && null_;
  if (kind_ == Kind::bytes) {
    texts_[found_] = bytes_;
    text_bytes_ += bytes_.size();
    by_bytes_.emplace(bytes_, found_);
  } else if (kind_ == Kind::word && !null_) {
    key.word = word_;
    by_word_.emplace(word_, found_);
  } else {
    null_key_ = found_;
  }
}

void KeyTable::forget(KeyId id) {
  Key& key = keys_[id];
  if (kind_ == Kind::bytes) {
    by_bytes_.erase(texts_[id]);
    text_bytes_ -= texts_[id].size();
  } else if (kind_ == Kind::word && !key.null) {
    by_word_.erase(key.word);
  } else {
    null_key_ = kNoKey;
  }
  free_.push_back(id);
  if (found_ == id) found_ = kNoKey;
}

std::span<const Datum> KeyTable::values(KeyId id) {
  const Key& key = keys_[id];
  if (kind_ == Kind::bytes) {
    arena_.clear();
    encoder_.decode(texts_[id], arena_, values_);
  } else if (kind_ == Kind::word) {
    values_.assign(1, Datum());
    values_.front().null = key.null;
    __builtin_memcpy(&values_.front().integer, &key.word, sizeof key.word);
  }
  return values_;
}

std::string KeyTable::bytes(KeyId id) const {
  if (kind_ == Kind::none) return {};
  if (kind_ == Kind::bytes) return texts_[id];
  const Key& key = keys_[id];
  if (key.null) return std::string(1, '\0');
  std::string bytes(1, '\1');
  if (type_.kind != TypeKind::string) return bytes.append(reinterpret_cast<const char*>(&key.word), sizeof key.word);
  const Text* text = nullptr;
  __builtin_memcpy(&text, &key.word, sizeof text);
  const std::uint64_t size = text->size;
  return bytes.append(reinterpret_cast<const char*>(&size), sizeof size).append(text->view());
}

std::optional<KeyId> KeyTable::add(std::string_view bytes, EvalScratch&) {
  if (!encoder_.fits(bytes)) return std::nullopt;
  if (kind_ == Kind::bytes) {
    bytes_ = bytes;
    const auto found = by_bytes_.find(bytes_);
    found_ = found == by_bytes_.end() ? kNoKey : found->second;
  } else if (kind_ == Kind::word) {
    null_ = bytes[0] == '\0';
    // Text that must stay has no place here: such a state is not loaded.
    if (!null_ && type_.kind == TypeKind::string) return std::nullopt;
    if (!null_) __builtin_memcpy(&word_, bytes.data() + 1, sizeof word_);
    const auto found = by_word_.find(word_);
    found_ = null_ ? null_key_ : found == by_word_.end() ? kNoKey : found->second;
  } else {
    found_ = null_key_;
  }
  if (found_ == kNoKey) make();
  return found_;
}

std::size_t KeyTable::memory_bytes() const {
  return keys_.capacity() * sizeof(Key) + by_word_.bucket_count() * (sizeof(std::uint64_t) + sizeof(KeyId) + 4) +
         by_bytes_.bucket_count() * (sizeof(std::string) + sizeof(KeyId) + 4) +
         texts_.capacity() * sizeof(std::string) + 2 * text_bytes_;    // in the map, too
}

}    // namespace cepheid::nfa
