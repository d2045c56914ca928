#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cepheid/binding.hpp"
#include "cepheid/export.hpp"
#include "cepheid/match.hpp"
#include "cepheid/pattern_stats.hpp"
#include "cepheid/result.hpp"
#include "cepheid/row_batch.hpp"
#include "cepheid/rules.hpp"
#include "cepheid/time.hpp"

namespace cepheid::inline v0 {

/// What became of a row.
enum class Pushed : std::uint8_t {
  taken,
  late,       // before the stream's watermark: left out, as Flink CEP does
  invalid,    // a required field is null, its time for one, or it was set wrongly: left out
  refused,    // pushed from inside a callback, or a row of other rules: nothing was done
};

/// What an engine tells. Each may be absent: what it would tell is counted all the same.
///
/// Called in the thread that pushes, in the order of event time. A callback may read the engine (stats, watermarks,
/// memory) but not change it: a push from inside is refused. If one throws, the engine finishes what it is at, with all
/// further callbacks, and the first exception then leaves the call that led to it; the engine is as valid as ever, and
/// what the callback was told counts as told.
struct Handlers {
  std::function<void(const Match&)> on_match = nullptr;
  /// For patterns with `on_timeout` only.
  std::function<void(const Match&)> on_timeout = nullptr;
  std::function<void(StreamId, const RowView&)> on_late = nullptr;
  std::function<void(StreamId, const RowView&, std::string_view reason)> on_invalid = nullptr;
};

/// Rows of a stream counted by what became of them.
struct StreamStats {
  std::uint64_t taken = 0;
  std::uint64_t late = 0;
  std::uint64_t invalid = 0;
};

/// Runs the patterns of some Rules over rows that are pushed in, in event time: each stream's watermark is the largest
/// time seen less its `lateness`, and moves with every row or by hand.
///
/// No thread, file, clock, log or environment inside. An engine is used by one thread at a time; engines share nothing
/// but their immutable Rules, so any number may run side by side, each with keys of its own.
///
/// Rows are copied only if they must be kept: what is pushed need live only during the call. Memory: rows that wait for
/// the watermark, and those that partial matches hold; `limit partial_matches` bounds them (50 million by default).
class Engine {
 public:
  struct Options {
    /// Off: each partial match is moved by itself, at a cost for each; the matches are the same.
    bool merge_partial_matches = true;
    /// All text of all rows is Symbols of one SymbolTable, which outlives the engine: then no text is copied, and a key
    /// is told by its symbol. Structs that bind strings are not let in; a RowBatch must have been set by symbols. Such
    /// an engine cannot load a state.
    bool symbols_only = false;
  };

  CEPHEID_API Engine(Rules rules, Handlers handlers, Options options);
  Engine(Rules rules, Handlers handlers) : Engine(std::move(rules), std::move(handlers), Options{}) {}
  CEPHEID_API ~Engine();
  CEPHEID_API Engine(Engine&&) noexcept;
  CEPHEID_API Engine& operator=(Engine&&) noexcept;

  [[nodiscard]] CEPHEID_API const Rules& rules() const;
  [[nodiscard]] CEPHEID_API bool symbols_only() const;

  // ---- rows in

  /// A way in for a user's own struct, whose Binding must have each field of the stream, with its type; members that
  /// the stream does not have are left out. An error names what does not fit.
  template <typename T>
  [[nodiscard]] Result<Input<T>> input(std::string_view stream) const {
    return Input<T>::make(rules(), stream, symbols_only());
  }

  /// Pushes one row. The cost of a row that concerns no partial match is that of its key's look-up and of the distinct
  /// conditions that are asked of it, whatever number of patterns and partial matches there is.
  template <typename T>
  Pushed push(Input<T>& input, const T& row) {
    return push_row(input.stream(), input.write(row));
  }
  /// Pushes rows in their order; gives how many of them were taken.
  template <typename T>
  std::size_t push(Input<T>& input, std::span<const T> rows) {
    std::size_t taken = 0;
    for (const T& row : rows) taken += push(input, row) == Pushed::taken ? 1 : 0;
    return taken;
  }
  /// Pushes the rows of a batch in their order; gives how many of them were taken.
  CEPHEID_API std::size_t push(const RowBatch& rows);
  /// Pushes a row that lies as the stream's schema says (of a RowBatch, of a callback of another engine of the same
  /// rules).
  CEPHEID_API Pushed push(StreamId stream, const RowView& row);
  /// The same for a stream without `time`, whose rows are as old as the caller says.
  CEPHEID_API Pushed push(StreamId stream, const RowView& row, TimeMs time_ms);

  // ---- time

  /// No row before `low_ms` will come in this stream: what waited for that goes on. Never moves back. False: called
  /// from inside a callback, nothing was done.
  CEPHEID_API bool advance(StreamId stream, TimeMs low_ms);
  /// The same for all streams.
  CEPHEID_API bool advance(TimeMs low_ms);
  /// The end of all streams: every timer fires, and all rows from here on are late.
  bool finish() { return advance(kEndOfTime); }

  /// The stream's watermark: rows before it are late.
  [[nodiscard]] CEPHEID_API TimeMs low_ms(StreamId stream) const;

  // ---- state

  /// All that later output depends on, as bytes: rows that wait, partial matches, time, counters. Versioned; the same
  /// on every machine; of equal states equal. Linear in the state. Must not be called from inside a callback.
  [[nodiscard]] CEPHEID_API std::string save() const;
  /// Goes on where a saved engine was: what is here is replaced. An error, and nothing changed, if the bytes are of
  /// other patterns or of an unknown version, or are damaged (a checksum stands at their end), or if called from inside
  /// a callback.
  [[nodiscard]] CEPHEID_API Result<void> load(std::string_view bytes);

  // ---- figures

  /// Valid until load().
  [[nodiscard]] CEPHEID_API const PatternStats& stats(PatternId pattern) const;
  /// Valid until load().
  [[nodiscard]] CEPHEID_API const StreamStats& stats(StreamId stream) const;
  /// Bytes held for state, free blocks kept for reuse included; without the rules. An estimate, for limits and graphs.
  [[nodiscard]] CEPHEID_API std::size_t memory_bytes() const;

 private:
  CEPHEID_API Pushed push_row(StreamId stream, const std::uint64_t* words);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}    // namespace cepheid::inline v0
