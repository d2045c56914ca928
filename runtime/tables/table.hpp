#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cepheid/time.hpp"
#include "nfa/row/layout.hpp"
#include "patterns/plan/plan.hpp"
#include "runtime/codec/decoder.hpp"
#include "runtime/state/state_view.hpp"
#include "runtime/stream/counters.hpp"
#include "runtime/tables/missing_rows.hpp"
#include "runtime/tables/owned_row.hpp"

namespace cepheid::runtime {

/// Of each key of a table that is asked `as_of`, so many rows are kept, the oldest ones go first: an unbounded history
/// would be a leak. What is older is as if it had never been there.
inline constexpr std::size_t kMaxVersionsOfKey = 1024;

/// So many keys are remembered as not being there, for whom `missing from` was asked; then all are forgotten.
inline constexpr std::size_t kMaxAbsentKeys = 1 << 20;

/// A `table`: rows in memory by their key, each a deep copy with the defaults put in. A row replaces the one that has
/// its key. Its state is asked with the columns of the key as `key` and all others as `value`. Not thread-safe.
///
/// Streams that feed it are worked on a pass at a time, before those who look things up in it. So rows carry their
/// `sequence`, and a look-up names its own: it sees what had come by then. A look-up costs a
/// hash and a probe.
class Table final : public StateView {
 public:
  using Log = std::function<void(std::string_view)>;

  /// Rows of a table that is being read.
  class Rows;

  /// `keeps_versions`: find_as_of will be called. `plan` must outlive it. `log` may be empty.
  Table(const patterns::TablePlan& plan, bool keeps_versions, Log log);
  [[nodiscard]] const patterns::TablePlan& plan() const { return plan_; }
  [[nodiscard]] const nfa::RowLayout& layout() const { return *plan_.layout; }
  /// Do rows that find() gave stay where they are as long as the table lives? Otherwise until the next change of it.
  [[nodiscard]] bool is_fixed() const { return plan_.latest_from.empty() && !plan_.refresh_ms; }

  /// Takes the row; one that has a null in its key is skipped and counted.
  void put(nfa::Row row, TimeMs time_ms, std::uint64_t sequence);
  /// A new pass begins: no look-up will name a sequence that came before.
  void begin_pass();
  /// Rows come from `missing`, too. `now_ms` as of set_now.
  void set_missing(std::unique_ptr<MissingRows> missing) { missing_ = std::move(missing); }
  /// Now, in ms since the epoch: for how long what was not there is remembered, and how often failures are logged.
  void set_now(TimeMs now_ms) { now_ms_ = now_ms; }

  /// The row of a key, of which each part has the type of its column; a row of defaults if there is none or a part is
  /// null.
  [[nodiscard]] nfa::Row find(std::span<const nfa::Datum> key, std::uint64_t sequence);
  /// Is there a row of the key? `missing` is asked, too.
  [[nodiscard]] bool has(std::span<const nfa::Datum> key, std::uint64_t sequence) {
    return find(key, sequence) != default_row_.get();
  }
  /// The row of a key as it was at `time_ms`: of the rows that had come by `sequence` and have no later time the last.
  [[nodiscard]] nfa::Row find_as_of(std::span<const nfa::Datum> key, TimeMs time_ms, std::uint64_t sequence);

  void read(StateId id, const Visit& visit) override;

  /// An empty set of rows, and all rows replaced by it at once.
  [[nodiscard]] Rows make_rows();
  void replace(Rows&& rows);

  [[nodiscard]] const TableCounters& counters() const { return counters_; }
  /// Notes rows that are none of the table's.
  void count_skipped(std::uint64_t rows) { counters_.skipped.add(rows); }

 private:
  struct Version {
    OwnedRow row;
    TimeMs time_ms;
    std::uint64_t sequence;
  };
  /// What there is of a key.
  struct Entry {
    Version latest;
    std::vector<Version> earlier;    // in order of arrival: what look-ups of this pass may still want
    std::vector<Version> by_time;    // with versions: by time, then arrival
  };
  using Entries = std::unordered_map<std::string, Entry>;

  [[nodiscard]] OwnedRow with_defaults(nfa::Row row);
  /// Writes the key of `row` to key_bytes_; false: a part is null.
  bool encode_key_of(nfa::Row row);
  bool encode_key(std::span<const nfa::Datum> key);
  /// Puts the row into `entries`, under the key in key_bytes_. The entry, if it is new.
  Entry* put_entry(Entries& entries, nfa::Row row, TimeMs time_ms, std::uint64_t sequence);
  /// The same into entries_.
  void put_own(nfa::Row row, TimeMs time_ms, std::uint64_t sequence);
  /// The values of the row's key; valid until the next call.
  [[nodiscard]] std::span<const nfa::Datum> key_of(nfa::Row row);
  /// Asks for the key in key_bytes_; null: it is not there.
  [[nodiscard]] nfa::Row ask_missing(std::span<const nfa::Datum> key);
  /// Was key_bytes_ asked for, without success, not too long ago?
  [[nodiscard]] bool is_known_absent();
  void log_failure(const std::string& message);
  /// The row that an answer holds; null: none.
  [[nodiscard]] nfa::Row row_of_answer(const std::string& answer, std::span<const nfa::Datum> key);

  const patterns::TablePlan& plan_;
  bool keeps_versions_;
  Log log_;
  std::vector<std::pair<std::uint32_t, nfa::Datum>> defaults_;
  OwnedRow default_row_;
  Entries entries_;
  std::vector<Entry*> changed_;    // those with `earlier` rows
  std::unique_ptr<MissingRows> missing_;
  std::unordered_map<std::string, TimeMs> absent_;    // until when a key is known not to be there
  std::unique_ptr<Decoder> answer_decoder_;
  Decoded answer_;
  TimeMs now_ms_ = 0;
  TimeMs logged_ms_ = kBeginOfTime;    // when a failure was last logged
  std::string key_bytes_;
  std::vector<std::uint64_t> words_;
  std::vector<nfa::Datum> key_;    // of key_of
  TableCounters counters_;
};

/// Rows read for a table, not yet in it.
class Table::Rows {
 public:
  void add(nfa::Row row);

 private:
  friend class Table;
  explicit Rows(Table& table) : table_(&table), keys_(table.keys() ? std::make_unique<StateKeys>() : nullptr) {}

  Table* table_;
  Entries entries_;
  std::unique_ptr<StateKeys> keys_;    // if the table keeps them
};

}    // namespace cepheid::runtime
