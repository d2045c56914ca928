#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nfa/expr/program.hpp"
#include "nfa/matcher/huge_pages.hpp"
#include "nfa/matcher/key_encoder.hpp"
#include "nfa/matcher/key_index.hpp"
#include "nfa/row/text_head.hpp"
#include "runtime/aggregate/input_row.hpp"
#include "runtime/aggregate/state_blocks.hpp"

namespace cepheid::runtime {

/// Is told which keys there are.
class KeyListener {
 public:
  virtual ~KeyListener() = default;
  virtual void on_key(GroupId id) = 0;
  /// Its values can still be read.
  virtual void on_key_gone(GroupId id) = 0;
};

/// The keys of an aggregate for which there is state, numbered, each with the ends of the list of its blocks. A key
/// with no block left is freed, and its number used again. Null is a key value like any other. Not thread-safe.
class GroupKeys {
 public:
  /// Rows handed to find() at once, so that the waits for memory overlap.
  static constexpr std::size_t kBlock = 64;

  /// A key's list of blocks.
  struct Key {
    std::uint64_t word = 0;       // the key, if keys are words; else the hash of its bytes, which tells short ones
    BlockId oldest = kNoBlock;    // not of slices
    BlockId newest = kNoBlock;
    std::uint32_t size = 0;    // of its bytes
    bool null = false;
    bool used = false;
    std::uint8_t rest = kAwake;
  };
  static constexpr std::uint8_t kAwake = 0;

  GroupKeys(const std::vector<nfa::NamedExpr>& key, const nfa::RowLayout& layout);

  /// Tells it of all keys made from now on. It must outlive this.
  void listen(KeyListener& listener) { listener_ = &listener; }

  /// A row that will be among those of the next find(): of many texts few are in the cache.
  void expect(nfa::Row row) const {
    if (!field_ || kind_ != Kind::text) return;
    const nfa::Datum datum = nfa::read_field(row, *field_);
    if (!datum.null) __builtin_prefetch(datum.text);
  }
  /// Sets the key of at most kBlock rows; keys that are not there are made, and stay until release().
  void find(std::span<InputRow> rows, nfa::EvalScratch& scratch);
  /// As release_unused(), but the key keeps its place until the call of sweep() after the next, unless wake() comes
  /// before: most keys of a window come in the next one, too.
  void rest_unused(GroupId id);
  /// Before a key's first block is made.
  void wake(GroupId id) {
    if (keys_[id].rest != kAwake) end_rest(id);
  }
  /// `pause` is called now and then: all keys are whole, and may be read.
  template <typename Pause>
  void sweep(Pause&& pause) {
    rest_ = static_cast<std::uint8_t>(3 - rest_);
    for (std::size_t i = 0; i < rested_.size(); ++i) {
      // One that has woken and lies down anew stays.
      if (keys_[rested_[i]].rest == rest_) give_place_back(rested_[i]);
      if (i % kBlock == 0) pause();
    }
    rested_.clear();
    std::swap(rested_, resting_);
  }
  /// Frees the keys that rest at once.
  void end_rests();
  [[nodiscard]] Key& operator[](GroupId id) { return keys_[id]; }
  void prefetch(GroupId id) const { __builtin_prefetch(&keys_[id], 1); }
  /// Frees a key that has no block (unless it is the one key of all rows), if it is there.
  void release_unused(GroupId id) {
    const Key& key = keys_[id];
    if (kind_ != Kind::none && key.used && key.newest == kNoBlock && key.rest == kAwake) release(id);
  }
  /// The key's values. Text is put into `arena`. Valid until the next call.
  [[nodiscard]] std::span<const nfa::Datum> values(GroupId id, nfa::Arena& arena);
  /// All numbers of keys are less than this.
  [[nodiscard]] std::size_t places() const { return keys_.size(); }
  /// Keys that are there, not resting.
  [[nodiscard]] std::size_t live() const { return live_; }

 private:
  /// Of a key: there is none; one value of a word; text; all others, and several, as bytes.
  enum class Kind : std::uint8_t { none, word, text, bytes };

  struct Asked {
    std::uint64_t hash = 0;
    std::uint64_t word = 0;
    std::string_view bytes;
    bool null = false;
    GroupId guess = nfa::KeyIndex::kNone;    // which it most likely is
  };

  [[nodiscard]] bool is(GroupId id, const Asked& asked) const {
    const Key& key = keys_[id];
    if (key.word != asked.word) return false;
    if (kind_ == Kind::word) return true;
    return key.size == asked.bytes.size() && (key.size <= nfa::kTextHeadBytes || long_bytes_[id] == asked.bytes);
  }
  [[nodiscard]] std::uint64_t hash_of(std::uint64_t word) const {
    return kind_ == Kind::word ? nfa::KeyIndex::hash(word) : word;
  }
  /// The key's bytes; of short ones valid until the next call.
  [[nodiscard]] std::string_view bytes_of(GroupId id);
  void ask(std::span<InputRow> rows, nfa::EvalScratch& scratch);
  void ask_value(Asked& asked, const nfa::Datum& datum) const;
  void release(GroupId id);
  void end_rest(GroupId id);
  /// Forgets the key and gives its place back.
  void give_place_back(GroupId id);
  [[nodiscard]] GroupId make(const Asked& asked);

  Kind kind_ = Kind::none;
  Type type_;    // of a word or text
  std::optional<FieldSlot> field_;
  std::optional<nfa::ExprProgram> program_;    // of a word or text that is not a field
  std::optional<nfa::KeyEncoder> encoder_;
  nfa::KeyIndex index_;
  std::vector<Key, nfa::HugePageAllocator<Key>> keys_;
  std::vector<std::string> long_bytes_;    // by key, as far as there are keys of more than kTextHeadBytes
  std::vector<GroupId> free_;
  std::uint8_t rest_ = 1;                      // of keys that lie down now; of those before the last sweep() 3 - rest_
  std::vector<GroupId> resting_;               // since the last sweep()
  std::vector<GroupId> rested_;                // since the one before
  GroupId null_key_ = nfa::KeyIndex::kNone;    // of a word or text
  std::size_t live_ = 0;
  KeyListener* listener_ = nullptr;

  std::array<char, nfa::kTextHeadBytes> short_bytes_{};
  std::vector<Asked> asked_;
  std::vector<std::string> encoded_;
  std::vector<nfa::Datum> values_;
};

}    // namespace cepheid::runtime
