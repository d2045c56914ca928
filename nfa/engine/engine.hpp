#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "cepheid/result.hpp"
#include "cepheid/time.hpp"
#include "nfa/automaton/pattern_spec.hpp"
#include "nfa/matcher/match.hpp"
#include "nfa/row/bytes.hpp"
#include "nfa/row/layout.hpp"

namespace cepheid::nfa {

/// All patterns over the same streams (the same `on` list), with the state of one shard: puts rows in event-time order,
/// finds each key's state, moves its partial matches, fires timers. No thread, file, clock or log. Not thread-safe.
///
/// Memory: rows that wait for the watermark, and events that live partial matches hold. Rows passed in are copied when
/// they must be kept; they need to live only during the call.
class Engine {
 public:
  struct Options {
    bool merge_partial_matches = true;    // off: each is moved by itself; the matches are the same
    /// All text of all rows is kept elsewhere as long as the engine lives, equal texts as one pointer (a SymbolTable):
    /// then text is not copied, and a key that is a text is told by its pointer. A state with events cannot be loaded,
    /// for their text would have no place.
    bool texts_stay = false;
    /// How many matches of each pattern are made for the consumer. The state is the same for all wishes.
    MatchWish matches = {};
  };

  /// `patterns` have one layout and one list of inputs.
  Engine(std::vector<std::shared_ptr<const PatternSpec>> patterns, MatchConsumer& consumer, Options options);
  Engine(std::vector<std::shared_ptr<const PatternSpec>> patterns, MatchConsumer& consumer)
      : Engine(std::move(patterns), consumer, Options{}) {}
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// A row of stream `input`, in order of arrival. False: it is late (time < the input's low) and was left out.
  /// `low_after_ms`: the input's watermark right after this row, where the caller knows it: a row that need not wait
  /// for others is then worked on at once and never copied. The same as push and then advance.
  bool push(std::uint32_t input, Row row, TimeMs time_ms, std::uint64_t sequence, TimeMs low_after_ms = kBeginOfTime);

  /// What arrives: a row of a stream, or, without a row, only a move of the stream's watermark.
  struct Arrival {
    Row row;
    TimeMs time_ms;
    TimeMs low_after_ms;    // the watermark right after it; kBeginOfTime: as before
    std::uint64_t sequence;
  };
  /// The same as push() and advance() of each in turn, but faster: what many rows need is found for all of them at
  /// once. None may be late.
  void push(std::uint32_t input, std::span<const Arrival> arrivals);

  /// A stream's watermark moves to `low_ms`, the cause being the row `sequence`.
  struct Move {
    std::uint64_t sequence;
    TimeMs low_ms;
  };
  /// The same for an engine that has some of a stream's rows only: `arrivals` are these, all with a row and the
  /// watermark that all rows up to it have brought about, and `moves` how it moves among them; both by `sequence`, of
  /// equal ones the row first. Moves at which nothing can happen cost nothing.
  void push(std::uint32_t input, std::span<const Arrival> arrivals, std::span<const Move> moves);

  /// The watermark of stream `input`: (largest time seen) - lateness; a row before it is late from now on. kEndOfTime
  /// ends the stream. Never falls. The engine's time is the smallest of its inputs'.
  void advance(std::uint32_t input, TimeMs low_ms, std::uint64_t sequence);

  /// No row given out from now on has an earlier `time_ms`.
  [[nodiscard]] TimeMs low_ms() const;
  /// Valid until load().
  [[nodiscard]] const PatternStats& stats(std::uint32_t pattern) const;

  /// Writes the whole state: all that what it gives from now on depends on. Equal states give equal bytes, the same on
  /// every machine. Linear in the state, but for sorting the keys. Not to be called from within a MatchConsumer.
  void save(ByteWriter& out) const;
  /// Reads what save wrote, in place of the state there is: from then on this engine gives what the saved one would
  /// have given, in the same order. An error, and the state as it was, if the bytes are of another format, of other
  /// patterns (by fingerprint and position) or options, or are damaged. Patterns are compiled anew. Not to be called
  /// from within a MatchConsumer.
  Result<void> load(ByteReader& in);

  /// Bytes that the state holds, memory kept for reuse included: events, partial matches, keys, deadlines, what waits.
  /// An estimate, within some tens of percent: how full the lists of each key are is not looked up. O(patterns).
  [[nodiscard]] std::size_t memory_bytes() const;

  /// The first exception that a native condition has thrown since the last call; null if none has.
  [[nodiscard]] std::exception_ptr take_failure();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}    // namespace cepheid::nfa
