#include "nfa/matcher/key_table.hpp"

#include <algorithm>
#include <utility>

namespace cepheid::nfa {
namespace {

/// Is the value of such a type one word that equal values have in common?
bool is_word(const Type& type, bool texts_stay) {
  return type.kind == TypeKind::int_ || type.kind == TypeKind::timestamp ||
         (type.kind == TypeKind::string && texts_stay);
}

std::string_view text_at(Row row, const FieldSlot& slot) {
  const Text* text = nullptr;
  __builtin_memcpy(&text, row + slot.word, sizeof text);
  return text->view();
}

}    // namespace

KeyTable::KeyTable(const std::vector<TypedExpr>& key, const RowLayout& layout, bool texts_stay)
    : encoder_(key, layout) {
  if (key.empty()) return;
  kind_ = Kind::bytes;
  const TypedExpr& first = key.front();
  if (key.size() != 1 || first.kind != TypedExpr::Kind::field) return;
  if (is_word(first.type, texts_stay)) kind_ = Kind::word;
  if (first.type.kind == TypeKind::string && !texts_stay) kind_ = Kind::text;
  if (is_one_value()) {
    type_ = first.type;
    slot_ = layout.slot(first.field);
  }
}

void KeyTable::look_up(std::span<const Row> rows, EventBlock::Rows wanted) {
  block_known_ = is_one_value() ? wanted : 0;
  block_null_ = block_none_ = 0;
  block_next_ = 0;
  is_of_block_ = false;
  if (block_known_ == 0) return;
  if (kind_ == Kind::word) {
    look_words_up(rows);
  } else {
    look_texts_up(rows);
  }
}

void KeyTable::look_words_up(std::span<const Row> rows) {
  look_values_up([&](std::size_t i) { return block_words_[i] = rows[i][slot_.word]; }, rows,
                 [&](std::size_t i, KeyId id) { return keys_[id].word == block_words_[i]; });
}

void KeyTable::look_texts_up(std::span<const Row> rows) {
  const auto hash_text = [&](std::size_t i) {
    const bool null = (rows[i][slot_.null_word] & slot_.null_mask) != 0;
    block_texts_[i] = null ? std::string_view() : text_at(rows[i], slot_);
    return block_words_[i] = text_hash(block_texts_[i]);
  };
  look_values_up(hash_text, rows,
                 [&](std::size_t i, KeyId id) { return is_text(id, block_texts_[i], block_words_[i]); });
}

/// `read(i)` puts the word of row `i` into the block, `is(i, id)` tells whether it is that of a key, which may be one
/// of any number below `made_`. Who holds what is as good as random, so nothing branches on it.
template <typename Read, typename Is>
void KeyTable::look_values_up(const Read& read, std::span<const Row> rows, const Is& is) {
  const EventBlock::Rows wanted = block_known_;
  const FieldSlot slot = slot_;
  const KeyIndex::View index(by_word_);
  std::array<std::uint64_t, EventBlock::kMost> hashes;
  std::uint64_t nulls = 0;
  for (EventBlock::Rows left = wanted; left != 0; left &= left - 1) {
    const auto i = static_cast<std::size_t>(__builtin_ctzll(left));
    const std::uint64_t hash = KeyIndex::hash(read(i));
    index.prefetch(hash);
    hashes[i] = hash;
    block_tags_[i] = tag_of(hash);
    nulls |= rows[i][slot.null_word];
  }
  if (made_ == 0) {
    for (EventBlock::Rows left = wanted; left != 0; left &= left - 1) {
      block_ids_[static_cast<std::size_t>(__builtin_ctzll(left))] = kNoKey;
    }
    block_none_ = wanted;
  } else {
    for (EventBlock::Rows left = wanted; left != 0; left &= left - 1) {
      const auto i = static_cast<std::size_t>(__builtin_ctzll(left));
      const KeyId id = index.guess(hashes[i]);
      block_ids_[i] = id;
      __builtin_prefetch(&keys_[known_or_first(id)]);
    }
    for (EventBlock::Rows left = wanted; left != 0; left &= left - 1) {
      const auto i = static_cast<std::size_t>(__builtin_ctzll(left));
      KeyId id = block_ids_[i];
      const bool same = is(i, known_or_first(id));
      if ((id == KeyIndex::kMany) | ((id != kNoKey) & !same)) {
        id = by_word_.find(hashes[i], [&](KeyId other) { return is(i, other); });
        block_ids_[i] = id;
      }
      block_none_ |= EventBlock::Rows{id == kNoKey} << i;
    }
  }
  if ((nulls & slot.null_mask) != 0) note_nulls(rows);
}

/// Some of the block's rows that were looked up have no key but null.
void KeyTable::note_nulls(std::span<const Row> rows) {
  for (EventBlock::Rows left = block_known_; left != 0; left &= left - 1) {
    const auto i = static_cast<std::size_t>(__builtin_ctzll(left));
    if ((rows[i][slot_.null_word] & slot_.null_mask) == 0) continue;
    block_null_ |= EventBlock::Rows{1} << i;
    block_ids_[i] = null_key_;
  }
  block_none_ = null_key_ == kNoKey ? block_none_ | block_null_ : block_none_ & ~block_null_;
}

/// Tells the rows of the block that are still to come that their key, which is that of number `key`, has the number
/// `id` now, or has lost it.
void KeyTable::tell_block(KeyId key, KeyId id) {
  if (block_next_ == EventBlock::kMost) return;
  const EventBlock::Rows maybe =
      keys_[key].null ? block_null_ : equal_bytes(block_tags_.data(), tag_of(KeyIndex::hash(keys_[key].word)));
  for (EventBlock::Rows left = (maybe & block_known_) >> block_next_ << block_next_; left != 0; left &= left - 1) {
    const auto i = static_cast<std::size_t>(__builtin_ctzll(left));
    if (!has_key(i, key)) continue;
    block_ids_[i] = id;
    const EventBlock::Rows bit = EventBlock::Rows{1} << i;
    block_none_ = id == kNoKey ? block_none_ | bit : block_none_ & ~bit;
  }
}

/// Does the row of the block, which was looked up, have the key of number `key`?
bool KeyTable::has_key(std::size_t row, KeyId key) const {
  const bool is_null = (block_null_ >> row & 1) != 0;
  if (is_null || keys_[key].null) return is_null == keys_[key].null;
  const std::uint64_t word = block_words_[row];
  return kind_ == Kind::text ? is_text(key, block_texts_[row], word) : keys_[key].word == word;
}

void KeyTable::look_up(const CurrentEvent& event, EvalScratch& scratch) {
  asked_ = true;
  switch (kind_) {
    case Kind::none: return;
    case Kind::word:
    case Kind::text: {
      null_ = (event.row[slot_.null_word] & slot_.null_mask) != 0;
      if (null_) {
        found_ = null_key_;
        return;
      }
      if (kind_ == Kind::word) {
        word_ = event.row[slot_.word];
        found_ = find_word(word_);
      } else {
        text_ = text_at(event.row, slot_);
        word_ = text_hash(text_);
        found_ = find_text(text_, word_);
      }
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
  if (is_of_block_) {
    const std::size_t row = block_next_ - 1;
    null_ = (block_null_ >> row & 1) != 0;
    word_ = block_words_[row];
    text_ = block_texts_[row];
  }
  if (free_ == kNoKey) {
    found_ = static_cast<KeyId>(made_++);
    keys_.reach(made_);
    if (kind_ == Kind::bytes || kind_ == Kind::text) texts_.emplace_back();
  } else {
    found_ = free_;
    free_ = static_cast<KeyId>(keys_[found_].word);
  }
  ++held_;
  Key& key = keys_[found_];
  key.null = is_one_value() && null_;
  if (kind_ == Kind::bytes) {
    texts_[found_] = bytes_;
    text_bytes_ += bytes_.size();
    by_bytes_.emplace(bytes_, found_);
  } else if (is_one_value() && !null_) {
    key.word = word_;
    by_word_.add(KeyIndex::hash(word_), found_);
    if (kind_ == Kind::text) {
      key.size = told_size(text_);
      texts_[found_] = text_;
      text_bytes_ += text_.size();
    }
  } else {
    null_key_ = found_;
  }
  if (block_known_ != 0) tell_block(found_, found_);
}

void KeyTable::forget(KeyId id) {
  --held_;
  Key& key = keys_[id];
  if (kind_ == Kind::bytes) {
    by_bytes_.erase(texts_[id]);
    text_bytes_ -= texts_[id].size();
  } else if (is_one_value() && !key.null) {
    by_word_.remove(KeyIndex::hash(key.word), id);
    if (kind_ == Kind::text) text_bytes_ -= texts_[id].size();
  } else {
    null_key_ = kNoKey;
  }
  if (block_known_ != 0) tell_block(id, kNoKey);
  key.word = std::exchange(free_, id);
  if (found_ == id) found_ = kNoKey;
}

void KeyTable::give_back() {
  if (held_ != 0) return;
  keys_.clear();
  made_ = 0;
  free_ = kNoKey;
  by_word_ = KeyIndex();
  by_bytes_ = decltype(by_bytes_)();
  texts_ = decltype(texts_)();
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
  } else if (kind_ == Kind::text) {
    arena_.clear();
    values_.assign(1, key.null ? Datum() : Datum::of_text(arena_.copy_text(texts_[id])));
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
  const std::string_view text = text_of(id);
  const std::uint64_t size = text.size();
  return bytes.append(reinterpret_cast<const char*>(&size), sizeof size).append(text);
}

/// Of a key that is a text, not null.
std::string_view KeyTable::text_of(KeyId id) const {
  if (kind_ == Kind::text) return texts_[id];
  const Text* text = nullptr;
  __builtin_memcpy(&text, &keys_[id].word, sizeof text);
  return text->view();
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
    found_ = null_ ? null_key_ : find_word(word_);
  } else if (kind_ == Kind::text) {
    null_ = bytes[0] == '\0';
    text_ = null_ ? std::string_view() : bytes.substr(1 + sizeof(std::uint64_t));
    word_ = text_hash(text_);
    found_ = null_ ? null_key_ : find_text(text_, word_);
  } else {
    found_ = null_key_;
  }
  if (found_ == kNoKey) make();
  return found_;
}

std::size_t KeyTable::memory_bytes() const {
  return keys_.memory_bytes() + by_word_.memory_bytes() +
         by_bytes_.bucket_count() * (sizeof(std::string) + sizeof(KeyId) + 4) +
         texts_.capacity() * sizeof(std::string) +
         (kind_ == Kind::bytes ? 2 : 1) * text_bytes_;    // bytes are in the map, too
}

}    // namespace cepheid::nfa
