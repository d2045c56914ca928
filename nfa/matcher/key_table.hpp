#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "nfa/matcher/deadlines.hpp"
#include "nfa/matcher/event_store.hpp"
#include "nfa/matcher/key_encoder.hpp"

namespace cepheid::nfa {

/// The keys for which patterns with one `key` hold state, numbered. An event's key is looked up once for all of them,
/// when the first one asks. Not thread-safe.
class KeyTable {
 public:
  static constexpr KeyId kNoKey = ~KeyId{0};

  /// `texts_stay`: equal texts of all rows are one pointer that stays valid, so that a text key is that pointer.
  KeyTable(const std::vector<TypedExpr>& key, const RowLayout& layout, bool texts_stay);

  /// The next event.
  void begin() { asked_ = false; }
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
  [[nodiscard]] std::size_t size() const { return keys_.size(); }
  /// The key's values. Valid until the next call.
  [[nodiscard]] std::span<const Datum> values(KeyId id);

  /// The key as bytes, and the way back, for saving; nothing if the bytes are none of such a key.
  [[nodiscard]] std::string bytes(KeyId id) const;
  [[nodiscard]] std::optional<KeyId> add(std::string_view bytes, EvalScratch& scratch);
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  enum class Kind : std::uint8_t { none, word, bytes };
  struct Key {
    std::uint64_t word = 0;
    std::uint32_t holders = 0;
    bool null = false;
  };

  void look_up(const CurrentEvent& event, EvalScratch& scratch);
  void make();
  void forget(KeyId id);

  Kind kind_ = Kind::none;
  KeyEncoder encoder_;
  Type type_;         // of a word
  FieldSlot slot_;    // of a word
  boost::unordered_flat_map<std::uint64_t, KeyId> by_word_;
  boost::unordered_flat_map<std::string, KeyId> by_bytes_;
  KeyId null_key_ = kNoKey;    // of words
  std::vector<Key> keys_;
  std::vector<std::string> texts_;    // by key: its bytes, if keys are no words
  std::size_t text_bytes_ = 0;
  std::vector<KeyId> free_;

  // Of the event at hand.
  bool asked_ = false;
  bool null_ = false;
  std::uint64_t word_ = 0;
  std::string bytes_;
  KeyId found_ = kNoKey;

  std::vector<Datum> values_;
  Arena arena_;
};

}    // namespace cepheid::nfa
