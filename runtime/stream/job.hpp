#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "cepheid/result.hpp"
#include "nfa/row/batch.hpp"
#include "patterns/plan/plan.hpp"
#include "runtime/io/sink.hpp"
#include "runtime/io/source.hpp"
#include "runtime/operators/alert_listener.hpp"
#include "runtime/operators/match_listener.hpp"
#include "runtime/state/state_reader.hpp"
#include "runtime/stream/counters.hpp"
#include "runtime/tables/missing_rows.hpp"

namespace cepheid::runtime {

/// Bytes for one stream of a plan. A stream may have several.
struct JobInput {
  patterns::RelationId stream = 0;
  std::unique_ptr<Source> source;
  patterns::SourceFormat format = patterns::SourceFormat::json;    // json or csv
};

/// What a job needs of the world beside its inputs and sinks.
struct JobContext {
  /// Now, in ms since the epoch: the time of arrival where a stream has no `time`.
  std::function<TimeMs()> now;
  /// Takes a line for the log; called at most once a second for each reason. May be empty.
  std::function<void(std::string_view)> log;
  /// Called after each run of rows, on the job's thread. May be empty.
  std::function<void()> after_pass;
  /// What relative paths of tables' files are relative to.
  std::string folder = {};
  /// Who is asked for rows that a table with `missing` does not have; may be empty, or give null: nobody.
  std::function<std::unique_ptr<MissingRows>(const patterns::TablePlan&)> missing_rows = {};
  /// Who is told of alerts that have channels; null: nobody. It must outlive the job.
  AlertListener* alerts = nullptr;
  /// Written in place of the plan's sinks; null: the plan's. They must outlive the job.
  const std::vector<patterns::SinkPlan>* other_sinks = nullptr;
  /// Tables whose rows are put(), not read from their files.
  std::vector<patterns::TableId> given_tables = {};
  /// Threads that patterns' keys are spread over, at most kMaxShards (shards/track.hpp). One: the thread that runs the
  /// job does all. The output is the same, byte for byte, at any number.
  std::uint32_t shards = 1;
  /// Will state be asked for? Then keys are kept in order (state/state_keys.hpp says what that costs).
  bool asks_state = false;
  /// Who gets whole matches; empty: nobody. With one shard it is one, called on the job's thread. With several it is
  /// one for each of them, called on its thread, not in the order of the output, and one more, called on the job's
  /// thread, for patterns over what was found by others; end_pass() is called of that one only. They must outlive the
  /// job.
  std::vector<MatchListener*> matches;
};

/// A plan at work: inputs, the graph of operators, sinks, on the thread that calls run(); with several shards patterns
/// are on threads of theirs.
///
/// The graph works in passes: a run of source rows in the order of arrival goes through all operators before the next.
/// Every relation has one batch; an operator reads its inputs' and fills its own.
class Job {
 public:
  /// `sinks` has one for each sink of the plan (or of `other_sinks`), in order, or none at all: then nothing is written.
  Job(std::shared_ptr<const patterns::Plan> plan, std::vector<JobInput> inputs,
      std::vector<std::unique_ptr<Sink>> sinks, JobContext context);
  ~Job();
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  /// Reads the files of tables, then all inputs to their ends; then time ends too and every timer fires. A requested
  /// stop ends the reading: whole records that were read are worked on and written, no timer fires, since the state is
  /// not at its end. After an error too what was found before is written. Once only.
  Result<void> run(const std::stop_token& stop);

  /// Instead of run(), for rows that are decoded already: start() with the streams that they are of, then give() of all
  /// rows in order of arrival, at most a pass (some thousand) at once, then end(). All other streams are at their ends
  /// from the start. The rows' text must outlive the job if it has several shards, else the call.
  Result<void> start(std::span<const patterns::RelationId> streams, const std::stop_token& stop);
  Result<void> give(patterns::RelationId stream, const nfa::Batch& rows, std::size_t begin, std::size_t end);
  Result<void> end();
  /// Puts a copy of a row into a table. Before the job is at work.
  void put(patterns::TableId table, nfa::Row row);

  /// Any thread, also while it runs.
  [[nodiscard]] JobStats stats() const;

  /// Any thread, also while it runs: has it read its tables, and does it read its inputs now?
  [[nodiscard]] bool is_running() const;

  /// Who answers questions about the state of tables, aggregates and rankings. Requires `asks_state`.
  [[nodiscard]] StateReader& states();

 private:
  struct Graph;
  std::unique_ptr<Graph> graph_;
};

}    // namespace cepheid::runtime
