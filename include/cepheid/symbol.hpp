#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "cepheid/export.hpp"
#include "cepheid/row_words.hpp"

namespace cepheid::inline v0 {

/// Text that a SymbolTable keeps: one word, nothing to copy when a row is pushed. Equal symbols of one table are equal
/// texts. Valid as long as its table. Without a value it is a null.
class Symbol {
 public:
  Symbol() = default;
  [[nodiscard]] bool has_value() const { return text_ != nullptr; }
  /// The text; "" without a value.
  [[nodiscard]] std::string_view view() const { return text_ == nullptr ? std::string_view() : text_->view(); }
  [[nodiscard]] const Text* text() const { return text_; }
  friend bool operator==(Symbol, Symbol) = default;

 private:
  friend class SymbolTable;
  explicit Symbol(const Text* text) : text_(text) {}
  const Text* text_ = nullptr;
};

/// Texts, each kept once: for values that come again and again (users, actions, countries), so that pushing them costs
/// a word. Grows with the distinct texts and gives none back before its end. Not thread-safe.
class SymbolTable {
 public:
  CEPHEID_API SymbolTable();
  CEPHEID_API ~SymbolTable();
  CEPHEID_API SymbolTable(SymbolTable&&) noexcept;
  CEPHEID_API SymbolTable& operator=(SymbolTable&&) noexcept;

  /// The symbol of a text. Amortised O(size of the text).
  [[nodiscard]] CEPHEID_API Symbol intern(std::string_view text);
  /// Number of distinct texts.
  [[nodiscard]] CEPHEID_API std::size_t size() const;
  /// Bytes held for them.
  [[nodiscard]] CEPHEID_API std::size_t memory_bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}    // namespace cepheid::inline v0
