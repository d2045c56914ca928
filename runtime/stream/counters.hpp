#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "cepheid/time.hpp"
#include "runtime/stream/latencies.hpp"

namespace cepheid::runtime {

/// A number that one thread counts up and any may read while the job runs.
class Counter {
 public:
  void add(std::uint64_t n) { value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed); }
  void set(std::uint64_t n) { value_.store(n, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// A time that one thread sets and any may read while the job runs.
class TimeLevel {
 public:
  void set(TimeMs time_ms) { value_.store(time_ms, std::memory_order_relaxed); }
  [[nodiscard]] TimeMs get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<TimeMs> value_{kBeginOfTime};
};

struct StreamCounters {
  Counter events;      // rows that were read
  Counter invalid;     // records that are no rows
  Counter late;        // rows that no operator took for being late
  TimeLevel low_ms;    // the watermark
};

struct PatternCounters {
  Counter matches;
  Counter timeouts;
  Counter skip_failures;      // `or_fail` that did
  Counter dropped;            // partial matches that a limit took away
  Counter blocked;            // partial matches that a limit did not let begin
  Counter partial_matches;    // alive now
};

struct AlertCounters {
  Counter raised;
  Counter held_back;    // by `dedupe`
};

struct FraudCounters {
  Counter scored;
  Counter users;          // remembered now
  Counter state_bytes;    // that they take
};

struct TableCounters {
  Counter rows;       // that it has
  Counter skipped;    // records that do not decode, rows with a null in their key
  Counter asked;      // keys that `missing from` was asked for
  Counter failed;     // of them those without an answer that is one
};

/// What a job has done so far, one row of each list for a stream, pattern, statement, sink or table of the plan. Plain numbers.
struct JobStats {
  struct Stream {
    std::string name;
    std::uint64_t events = 0;
    std::uint64_t invalid = 0;
    std::uint64_t late = 0;
    TimeMs low_ms = kBeginOfTime;    // the watermark: kBeginOfTime before the first row, kEndOfTime at the end
  };
  struct Pattern {
    std::string name;
    std::uint64_t matches = 0;
    std::uint64_t timeouts = 0;
    std::uint64_t skip_failures = 0;
    std::uint64_t dropped = 0;
    std::uint64_t blocked = 0;
    std::uint64_t partial_matches = 0;    // alive now
  };
  struct Fraud {
    std::string name;
    std::uint64_t scored = 0;
    std::uint64_t users = 0;
    std::uint64_t state_bytes = 0;
  };
  /// An aggregate, join or ranking.
  struct Statement {
    std::string name;
    std::uint64_t rows = 0;    // that it gave
  };
  struct Alert {
    std::string name;
    std::uint64_t raised = 0;
    std::uint64_t held_back = 0;
  };
  struct Sink {
    std::string name;
    std::uint64_t rows = 0;
  };
  struct Table {
    std::string name;
    std::uint64_t rows = 0;
    std::uint64_t skipped = 0;
    std::uint64_t asked = 0;
    std::uint64_t failed = 0;
  };
  std::vector<Stream> streams;
  std::vector<Pattern> patterns;
  std::vector<Statement> statements;
  std::vector<Fraud> frauds;
  std::vector<Alert> alerts;
  std::vector<Sink> sinks;
  std::vector<Table> tables;
  Latencies::Counts match_latencies;    // from when an event was read until its matches were handed on
  Latencies::Counts score_latencies;    // the same of scores
};

}    // namespace cepheid::runtime
