#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "cepheid/decimal.hpp"
#include "cepheid/export.hpp"
#include "cepheid/row_view.hpp"
#include "cepheid/rules.hpp"
#include "cepheid/symbol.hpp"
#include "cepheid/value.hpp"

namespace cepheid::nfa {
struct Datum;
}

namespace cepheid::inline v0 {

class RowBatch;

/// Sets the fields of a row of a RowBatch, which begin as nulls. Valid until the next row is added.
///
/// A value must fit its field as JSON's would: an int fits a double, a decimal and a timestamp (ms) too. One that does
/// not fit, or a field that is not there, makes the row invalid: an engine counts it, leaves it out, and says why to
/// `on_invalid`. A double that is not finite is a null.
class RowWriter {
 public:
  CEPHEID_API RowWriter& set(std::uint32_t field, bool value);
  CEPHEID_API RowWriter& set(std::uint32_t field, std::int64_t value);
  RowWriter& set(std::uint32_t field, int value) { return set(field, std::int64_t{value}); }
  CEPHEID_API RowWriter& set(std::uint32_t field, double value);
  CEPHEID_API RowWriter& set(std::uint32_t field, Timestamp value);
  CEPHEID_API RowWriter& set(std::uint32_t field, const DecimalValue& value);
  /// Copies the text into the batch.
  CEPHEID_API RowWriter& set(std::uint32_t field, std::string_view value);
  RowWriter& set(std::uint32_t field, const char* value) { return set(field, std::string_view(value)); }
  /// Keeps the symbol, whose table must live as long as the batch's rows.
  CEPHEID_API RowWriter& set(std::uint32_t field, Symbol value);

  /// By name. Linear in the fields: where it matters, use positions (schema().find()).
  template <typename Value>
  RowWriter& set(std::string_view field, const Value& value) {
    const std::uint32_t position = find(field);
    return position == kNoField ? *this : set(position, value);
  }

 private:
  friend class RowBatch;
  RowWriter(RowBatch& batch, std::uint64_t* words) : batch_(batch), words_(words) {}
  static constexpr std::uint32_t kNoField = ~std::uint32_t{0};
  CEPHEID_API std::uint32_t find(std::string_view field);
  [[nodiscard]] TypeKind kind_of(std::uint32_t field) const;
  RowWriter& put(std::uint32_t field, const nfa::Datum& datum);
  RowWriter& refuse(std::uint32_t field, const char* what);

  RowBatch& batch_;
  std::uint64_t* words_;
};

/// Rows of one stream, with the memory of their text. clear() keeps the memory for the next ones. Not thread-safe.
class RowBatch {
 public:
  /// For the rows of a stream of `rules`.
  CEPHEID_API RowBatch(const Rules& rules, StreamId stream);
  CEPHEID_API ~RowBatch();
  CEPHEID_API RowBatch(RowBatch&&) noexcept;
  CEPHEID_API RowBatch& operator=(RowBatch&&) noexcept;

  [[nodiscard]] CEPHEID_API StreamId stream() const;
  [[nodiscard]] CEPHEID_API const Schema& schema() const;
  [[nodiscard]] CEPHEID_API std::size_t size() const;
  [[nodiscard]] bool empty() const { return size() == 0; }

  /// Adds a row whose fields are all null. Amortised O(fields).
  CEPHEID_API RowWriter add();
  /// A row, valid until the next add() or clear().
  [[nodiscard]] CEPHEID_API RowView operator[](std::size_t row) const;
  /// Why a row is invalid; empty if its fields were set as they should.
  [[nodiscard]] CEPHEID_API std::string_view reason(std::size_t row) const;
  CEPHEID_API void clear();

 private:
  friend class RowWriter;
  friend class Engine;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}    // namespace cepheid::inline v0
