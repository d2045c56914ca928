#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "runtime/operators/derived.hpp"
#include "runtime/operators/late_marks.hpp"
#include "runtime/operators/operator.hpp"
#include "runtime/operators/sharded_patterns.hpp"
#include "runtime/operators/sink.hpp"
#include "runtime/shards/shards.hpp"
#include "runtime/state/pass_gate.hpp"
#include "runtime/state/state_reader.hpp"
#include "runtime/stream/invalid_log.hpp"
#include "runtime/stream/job.hpp"
#include "runtime/stream/merged_reader.hpp"
#include "runtime/stream/watermark.hpp"
#include "runtime/tables/table.hpp"
#include "runtime/tables/table_file.hpp"

namespace cepheid::runtime {

/// The inputs, operators and sinks of a job, wired.
///
/// With one shard a pass goes through all operators at once. With several it does so in two halves: the first derives
/// streams and gives the shards what their patterns read; the second, when they are done, takes what they found and
/// does the rest. Between the two, the rows of a pass are put by, and later passes are read.
struct Job::Graph final : public RowReceiver {
  /// A `stream` that rows come in by.
  struct Root {
    patterns::RelationId relation;
    const patterns::SourcePlan* plan;
    nfa::Batch* rows;
    nfa::Batch* invalid = nullptr;    // of `invalid to`
    Watermark watermark;
    std::size_t open_inputs = 0;
    StreamCounters* counters;
    std::vector<std::uint32_t> deep_fields;    // text, lists, objects
  };

  /// A pass between its halves.
  struct PutBy {
    std::deque<nfa::Batch> batches;    // by position in early_relations
    LateMarks marks;
    std::chrono::steady_clock::time_point read_at;
    std::vector<std::uint64_t> invalid_records;
    ShardWork work;
  };

  Graph(std::shared_ptr<const patterns::Plan> from, std::vector<JobInput> inputs,
        std::vector<std::unique_ptr<Sink>> opened, JobContext given);

  // job_graph.cpp: how it is made.
  void make_batches();
  void make_tables();
  void find_early();
  [[nodiscard]] bool has_early_inputs(const patterns::Relation& relation) const;
  void keep_tables_together();
  void make_operators();
  void make_operator(patterns::RelationId id);
  void make_feeds(patterns::RelationId id);
  void make_feed(patterns::TableId table);
  [[nodiscard]] std::vector<OperatorInput> inputs_for(const std::vector<patterns::InputMapping>& mapped) const;
  [[nodiscard]] OperatorInput input_for(patterns::RelationId relation) const;
  void make_patterns(const std::vector<patterns::RelationId>& over, const std::vector<PatternCounters*>& counters);
  void make_shards();
  void make_states();
  void make_sinks(std::vector<std::unique_ptr<Sink>> opened);
  void make_reader(std::vector<JobInput> inputs);
  [[nodiscard]] Root& root_of(patterns::RelationId relation);
  [[nodiscard]] const std::vector<patterns::SinkPlan>& sinks_at_work() const {
    return context.other_sinks != nullptr ? *context.other_sinks : plan->sinks;
  }

  // job.cpp: how it works.
  Result<void> load_tables(const std::stop_token& stop);
  void refresh_tables();
  Result<void> pass(bool waits);
  void time_matches();
  void on_rows(std::size_t input, nfa::Batch& rows, std::size_t begin, std::size_t end) override;
  void move_watermark(Root& root, std::size_t first);
  void copy_rows(Root& root, const nfa::Batch& rows, std::size_t begin, std::size_t end);
  void on_invalid(std::size_t input, const InvalidRecord& record) override;
  void on_end(std::size_t input) override;
  Result<void> on_pass(bool waits) override;
  Result<void> first_half();
  Result<void> second_half(PutBy& pass);
  Result<void> finish(bool all);
  Result<void> work_through();
  void swap_with(PutBy& other);
  void end_stream(Root& root);
  void count_rows();
  Result<void> flush_sinks();

  std::shared_ptr<const patterns::Plan> plan;
  JobContext context;
  PassGate gate;                         // held while rows are worked on
  std::deque<nfa::Batch> batches;        // by relation
  std::vector<DurationMs> latenesses;    // by relation
  std::vector<bool> is_early;            // by relation: filled in the first half
  std::vector<patterns::RelationId> early_relations;
  std::vector<std::vector<patterns::RelationId>> sources;    // by relation: sources_behind
  std::deque<Table> tables;                                  // of the plan, in order
  std::vector<Table*> table_pointers;                        // the same
  std::vector<bool> is_fed;                                  // by table: has its TableFeed been made?
  std::vector<TableFile> table_files;
  std::stop_token stop_token;
  std::deque<StreamCounters> stream_counters;      // by root
  std::deque<PatternCounters> pattern_counters;    // by pattern, in the plan's order
  std::map<patterns::RelationId, AlertCounters> alert_counters;
  std::map<patterns::RelationId, FraudCounters> fraud_counters;
  std::deque<Counter> sink_counters;
  /// Relations that are aggregates, joins or rankings, and how many rows each gave.
  struct Statement {
    patterns::RelationId relation;
    Counter rows;
  };
  std::deque<Statement> statements;
  std::vector<Root> roots;
  std::vector<std::size_t> root_of_input;    // by input: position in roots
  std::vector<std::string> input_names;
  LateMarks marks;
  std::chrono::steady_clock::time_point read_at;    // when the first row of the pass at hand came
  std::vector<std::uint64_t> invalid_records;       // by root: those of the pass at hand
  mutable std::mutex counts_mutex;                  // held while rows and invalid records of a pass are counted
  Latencies match_latencies;
  std::uint64_t timed_matches = 0;    // those in match_latencies
  Latencies score_latencies;
  std::uint64_t timed_scores = 0;    // those in score_latencies
  std::atomic<bool> runs{false};
  InvalidLog invalid_log;
  std::vector<std::unique_ptr<Operator>> early_operators;    // of the first half; none without shards
  std::vector<std::unique_ptr<Operator>> operators;          // all others
  std::vector<ShardedPatterns*> sharded;                     // among operators
  std::optional<StateReader> states;                         // of tables and operators, if they may be asked
  std::vector<Shards::Group> groups;
  std::vector<std::unique_ptr<SinkOperator>> sinks;
  std::optional<MergedReader> reader;
  Result<void> operators_made;    // why some operator could not be made; nothing runs then
  std::uint64_t next_sequence = 0;
  std::deque<PutBy> put_by;        // all that there are
  std::vector<PutBy*> free;        // of put_by
  std::deque<PutBy*> in_flight;    // of put_by, in the order of arrival
  std::optional<Shards> shards;    // the last member: its threads read the others
};

}    // namespace cepheid::runtime
