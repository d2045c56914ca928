#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "nfa/row/batch.hpp"
#include "patterns/plan/plan.hpp"

namespace cepheid::runtime {

/// Bytes behind the ones a decoder is given that must be readable (their value does not matter): simdjson reads so far.
inline constexpr std::size_t kDecodePadding = 64;

/// A record (a line, a CSV row, a message) may have so many bytes; a longer one is an invalid row. Without a bound one
/// missing line end would take all memory.
inline constexpr std::size_t kMaxRecordBytes = 16 << 20;

/// A record that is no row of the stream, and why.
struct InvalidRecord {
  std::uint32_t rows_before = 0;    // of Decoded::rows: where it stood among the good ones
  std::uint64_t line = 0;           // number of its first line, from 1
  std::string text;                 // UTF-8: what is not is replaced by U+FFFD
  std::string reason;               // of a small set: names fields and types, never values
};

/// What a piece of bytes held. Rows have sequence 0, and time 0 if the stream has no time field. Reused.
struct Decoded {
  explicit Decoded(std::shared_ptr<const nfa::RowLayout> layout) : rows(std::move(layout)) {}

  nfa::Batch rows;
  std::vector<InvalidRecord> invalid;

  [[nodiscard]] bool empty() const { return rows.size() == 0 && invalid.empty(); }
  void clear() {
    rows.clear();
    invalid.clear();
  }
};

/// What a decoder fills.
struct RowTarget {
  std::shared_ptr<const nfa::RowLayout> layout;
  std::optional<std::uint32_t> time_field;
  std::vector<std::uint32_t> required;    // null there makes a record invalid
};

/// Can a row have this time? The two ends of time are what a watermark is before the first row and behind the last.
[[nodiscard]] constexpr bool is_within_time(TimeMs time_ms) {
  return kBeginOfTime < time_ms && time_ms < kEndOfTime;
}
/// Why a record with another time is invalid; `field` is its time field.
[[nodiscard]] inline std::string beyond_time(const std::string& field) {
  return "`" + field + "` is at the end of time";
}

/// Finds records in bytes and makes rows of them. Keeps what it learnt before (a CSV header, the line number): one for
/// each source. Never fails as a whole: what cannot be read is an InvalidRecord. Not thread-safe.
class Decoder {
 public:
  virtual ~Decoder() = default;
  /// Decodes whole records from the start of `bytes`, at most `max_records` rows and invalid ones together, and says
  /// how many bytes they took. 0 if `bytes` ends within the first record, unless `last`: nothing follows then, so that
  /// the rest is a record too. `bytes` has kDecodePadding readable bytes behind it. Appends to `out`.
  virtual std::size_t decode(std::string_view bytes, bool last, std::size_t max_records, Decoded& out) = 0;
};

[[nodiscard]] std::unique_ptr<Decoder> make_json_decoder(RowTarget target);
[[nodiscard]] std::unique_ptr<Decoder> make_csv_decoder(RowTarget target);

/// `text` if it is UTF-8, otherwise with each wrong byte replaced by U+FFFD.
[[nodiscard]] std::string valid_utf8(std::string_view text);

}    // namespace cepheid::runtime
