#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "nfa/matcher/deadlines.hpp"
#include "nfa/matcher/event_block.hpp"
#include "nfa/matcher/event_store.hpp"
#include "nfa/matcher/key_encoder.hpp"
#include "nfa/matcher/key_index.hpp"
#include "nfa/matcher/paged_array.hpp"
#include "nfa/matcher/text_hash.hpp"

namespace cepheid::nfa {

/// The keys for which patterns with one `key` hold state, numbered. An event's key is looked up once for all of them,
/// when the first one asks. Not thread-safe.
class KeyTable {
 public:
  static constexpr KeyId kNoKey = ~KeyId{0};

  /// `texts_stay`: equal texts of all rows are one pointer that stays valid, so that a text key is that pointer.
  KeyTable(const std::vector<TypedExpr>& key, const RowLayout& layout, bool texts_stay);

  /// Looks the keys of those of a block's rows up that are `wanted`, together, so that the waits for memory overlap.
  void look_up(std::span<const Row> rows, EventBlock::Rows wanted);
  /// Of a row of the block: its key's number as things stand.
  [[nodiscard]] KeyId found(std::size_t row) const { return block_ids_[row]; }
  /// Rows of the block whose keys were looked up.
  [[nodiscard]] EventBlock::Rows known_rows() const { return block_known_; }
  /// Those of them whose keys nobody holds, as things stand.
  [[nodiscard]] EventBlock::Rows rows_of_none() const { return block_none_; }
  /// The next event is this row of the block.
  void begin(std::size_t row) {
    begin();
    block_next_ = row + 1;
    if ((block_known_ >> row & 1) == 0) return;
    asked_ = is_of_block_ = true;
    found_ = block_ids_[row];
  }
  /// The block is done.
  void end_block() { block_known_ = block_none_ = 0; }

  /// The next event is one of no block. Where there is no key, `found_` is always the only number.
  void begin() {
    asked_ = kind_ == Kind::none;
    is_of_block_ = false;
  }
  /// The number of the event's key; kNoKey: nobody holds state for it.
  KeyId find(const CurrentEvent& event, EvalScratch& scratch) {
    if (!asked_) look_up(event, scratch);
    return found_;
  }
  /// The same; a key that nobody holds gets a number, which whoever asked must hold().
  KeyId find_or_make(const CurrentEvent& event, EvalScratch& scratch) {
    if (!asked_) look_up(event, scratch);
    if (found_ == kNoKey) make();
    return found_;
  }
  void hold(KeyId id) { ++keys_[id].holders; }
  /// The last one to release a key frees its number.
  void release(KeyId id) {
    if (--keys_[id].holders == 0) forget(id);
  }
  /// One more than the largest number given.
  [[nodiscard]] std::size_t size() const { return made_; }
  /// The key's values. Valid until the next call.
  [[nodiscard]] std::span<const Datum> values(KeyId id);

  /// The key as bytes, and the way back, for saving; nothing if the bytes are none of such a key.
  [[nodiscard]] std::string bytes(KeyId id) const;
  [[nodiscard]] std::optional<KeyId> add(std::string_view bytes, EvalScratch& scratch);
  /// Gives memory back if nobody holds any key.
  void give_back();
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  /// Of a key: there is none; one value that is a word; one that is a text; all others, and several.
  enum class Kind : std::uint8_t { none, word, text, bytes };
  struct Key {
    std::uint64_t word = 0;    // the key, if keys are words; its hash, if they are texts
    std::uint32_t holders = 0;
    bool null = false;
    std::uint8_t size = 0;    // of a text, or kLongText if it is longer than its hash tells
  };

  void look_up(const CurrentEvent& event, EvalScratch& scratch);
  void look_words_up(std::span<const Row> rows);
  void look_texts_up(std::span<const Row> rows);
  template <typename Read, typename Is>
  void look_values_up(const Read& read, std::span<const Row> rows, const Is& is);
  static constexpr std::uint8_t kLongText = 255;

  [[nodiscard]] bool is_one_value() const { return kind_ == Kind::word || kind_ == Kind::text; }
  [[nodiscard]] static std::uint8_t told_size(std::string_view text) {
    return text.size() <= kTextHeadBytes ? static_cast<std::uint8_t>(text.size()) : kLongText;
  }
  /// Is key `id`, which is not null, this text?
  [[nodiscard]] bool is_text(KeyId id, std::string_view text, std::uint64_t hash) const {
    const Key& key = keys_[id];
    if (key.word != hash || key.size != told_size(text)) return false;
    return key.size != kLongText || texts_[id] == text;
  }
  [[nodiscard]] KeyId find_text(std::string_view text, std::uint64_t hash) const {
    return by_word_.find(KeyIndex::hash(hash), [&](KeyId id) { return is_text(id, text, hash); });
  }
  [[nodiscard]] KeyId find_word(std::uint64_t word) const {
    return by_word_.find(KeyIndex::hash(word), [&](KeyId id) { return keys_[id].word == word; });
  }
  /// The number, 0 in place of none; without a branch.
  [[nodiscard]] static KeyId known_or_first(KeyId id) { return id & (KeyId{0} - KeyId{id < KeyIndex::kMany}); }
  void note_nulls(std::span<const Row> rows);
  /// A byte that mostly tells a row of the block from the others.
  [[nodiscard]] static std::uint8_t tag_of(std::uint64_t hash) { return static_cast<std::uint8_t>(hash >> 56); }
  void tell_block(KeyId key, KeyId id);
  [[nodiscard]] bool has_key(std::size_t row, KeyId key) const;
  [[nodiscard]] std::string_view text_of(KeyId id) const;
  void make();
  void forget(KeyId id);

  Kind kind_ = Kind::none;
  KeyEncoder encoder_;
  Type type_;           // of a word or text
  FieldSlot slot_;      // of a word or text
  KeyIndex by_word_;    // of words, and of texts by their hash
  boost::unordered_flat_map<std::string, KeyId> by_bytes_;
  KeyId null_key_ = kNoKey;    // of words and texts
  PagedArray<Key> keys_;
  std::size_t made_ = 0;              // numbers given so far
  std::vector<std::string> texts_;    // by key: its bytes, if keys are no words, or its text
  std::size_t text_bytes_ = 0;
  KeyId free_ = kNoKey;     // the first number that is free again; its word is the next one
  std::size_t held_ = 0;    // keys

  // Of the event at hand.
  bool asked_ = false;
  bool is_of_block_ = false;    // it is the row of the block before block_next_
  bool null_ = false;
  std::uint64_t word_ = 0;    // of a text its hash
  std::string_view text_;
  std::string bytes_;
  KeyId found_ = kNoKey;

  // Of the block at hand; kept true as keys come and go. Only keys that are words or texts are looked up
  // ahead.
  EventBlock::Rows block_known_ = 0;
  EventBlock::Rows block_null_ = 0;
  EventBlock::Rows block_none_ = 0;
  std::size_t block_next_ = 0;    // rows before it are done
  std::array<std::uint64_t, EventBlock::kMost> block_words_ = {};
  std::array<std::string_view, EventBlock::kMost> block_texts_ = {};
  std::array<KeyId, EventBlock::kMost> block_ids_ = {};
  alignas(64) std::array<std::uint8_t, EventBlock::kMost> block_tags_ = {};    // of those that were looked up

  std::vector<Datum> values_;
  Arena arena_;
};

}    // namespace cepheid::nfa
