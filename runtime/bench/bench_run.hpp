#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "cepheid/result.hpp"
#include "patterns/plan/plan.hpp"
#include "runtime/bench/loaded_events.hpp"

namespace cepheid::runtime {

/// What is done with a match. The engine alone makes no others than are asked for; a whole job makes all.
enum class MatchWork : std::uint8_t {
  all,      // `emit` is computed, every event is visited, the checksum is kept
  count,    // they are counted
  first,    // as `all` without `emit`, for at most so many matches of each event that lets some out
  none,     // nothing
};

struct BenchOptions {
  /// Threads that keys are spread over.
  std::uint32_t shards = 1;
  /// First events of the file that are worked on before the clock starts; their matches are not counted either.
  std::uint64_t setup = 0;
  MatchWork work = MatchWork::count;
  /// For MatchWork::first.
  std::uint64_t first = 1;
  /// What relative paths of tables' files are relative to; for run_end_to_end.
  std::string folder = {};
  /// Called on a working thread, always the same, about every thousand events with the number of events done. May be
  /// empty.
  std::function<void(std::uint64_t events)> progress;
};

/// One run, from the first event after the setup until time has ended.
struct BenchRun {
  std::uint64_t events = 0;
  std::uint64_t matches =
      0;    // (rows, see run_operators()) with MatchWork::first those visited, with none 0, else all
  std::uint64_t timeouts = 0;        // partial matches reported for having run out of time
  std::uint64_t match_events = 0;    // events of the matches visited
  std::uint64_t dropped = 0;         // partial matches that a limit took away, setup included
  std::uint64_t late = 0;            // events that were late, setup included
  std::uint64_t invalid = 0;         // records that were no rows, setup included
  /// The sum, modulo 2^64, of a hash of (`id` of the first event, `id` of the last one) over all matches. Only with
  /// MatchWork::all, and where all patterns' rows have a field `id` of type int.
  std::optional<std::uint64_t> checksum;
  double seconds = 0;
  double cpu_seconds = 0;
};

/// Has it patterns, so that run_engine() measures it and not run_operators()?
[[nodiscard]] bool has_patterns(const patterns::Plan& plan);

/// Can the engine be measured by itself: does no pattern read a derived stream or another pattern? Otherwise why not.
[[nodiscard]] Result<void> check_engine_run(const patterns::Plan& plan);

/// Measures the engine alone: an engine for each `on` list of the plan's patterns, fed from memory on the calling
/// thread. With several shards each has a thread of its own, which looks at all events and takes those of its keys, so
/// that nothing but the events is shared; the clock runs until the last is done. Within the clock lies all that the
/// engine does for an event; the watermark moves after each event and comes to the end of time after the last one.
/// Streams of the plan without events are at their ends from the start. Nothing: a stop was asked for. The plan has
/// passed check_engine_run().
[[nodiscard]] Result<std::optional<BenchRun>> run_engine(const patterns::Plan& plan, const LoadedEvents& events,
                                                         const BenchOptions& options, const std::stop_token& stop);

/// Measures a plan without patterns: its operators, as a job has them, fed from memory on the calling thread; `matches`
/// are the rows that its aggregates, joins and rankings give. Tables are read before the clock starts. Nothing: a stop
/// was asked for.
[[nodiscard]] Result<std::optional<BenchRun>> run_operators(const std::shared_ptr<const patterns::Plan>& plan,
                                                            const LoadedEvents& events, const BenchOptions& options,
                                                            const std::function<TimeMs()>& now,
                                                            const std::stop_token& stop);

/// Measures the way from a file to matches: a whole job without sinks. The clock starts before the file is opened or,
/// with a setup, when the first byte behind it is asked for. `emit` is always computed, as in a job.
/// Nothing: a stop was asked for.
[[nodiscard]] Result<std::optional<BenchRun>> run_end_to_end(const std::shared_ptr<const patterns::Plan>& plan,
                                                             const EventFile& file, const BenchOptions& options,
                                                             const std::function<TimeMs()>& now,
                                                             const std::stop_token& stop);

}    // namespace cepheid::runtime
