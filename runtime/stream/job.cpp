#include "runtime/stream/job.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "nfa/row/datum.hpp"
#include "runtime/stream/job_graph.hpp"

namespace cepheid::runtime {

using patterns::RelationId;

namespace {

void keep_first(Result<void>& first, Result<void> next) {
  if (first && !next) first = std::move(next);
}

}    // namespace

void Job::Graph::on_rows(std::size_t input, nfa::Batch& rows, std::size_t begin, std::size_t end) {
  Root& root = roots[root_of_input[input]];
  if (marks.empty()) read_at = std::chrono::steady_clock::now();
  marks.extend(next_sequence + (end - begin) - 1);
  const std::size_t before = root.rows->size();
  if (root.rows->empty() && begin == 0 && end == rows.size()) {
    std::swap(*root.rows, rows);
    for (std::size_t i = 0; i < end; ++i) root.rows->set_sequence(i, next_sequence + i);
  } else {
    copy_rows(root, rows, begin, end);
  }
  next_sequence += end - begin;
  move_watermark(root, before);
}

void Job::Graph::move_watermark(Root& root, std::size_t first) {
  const std::size_t before = root.rows->advances().size();
  Watermark watermark = root.watermark;    // for the loop in registers
  root.rows->advance_by_rows(first, watermark.low_ms(), [&watermark](TimeMs time_ms) {
    watermark.note(time_ms);
    return watermark.low_ms();
  });
  root.watermark = watermark;
  if (root.invalid == nullptr) return;
  for (const nfa::Batch::Advance& advance : std::span(root.rows->advances()).subspan(before)) {
    root.invalid->advance(advance.low_ms, advance.sequence);
  }
}

void Job::Graph::copy_rows(Root& root, const nfa::Batch& rows, std::size_t begin, std::size_t end) {
  const nfa::RowLayout& layout = root.rows->layout();
  const std::size_t first = root.rows->size();
  root.rows->append_rows(rows, begin, end, next_sequence);
  if (!shards) return;
  // The reader takes the memory of text back before the shards are done with it.
  for (std::size_t i = first; i < root.rows->size(); ++i) {
    std::uint64_t* row = root.rows->words(i);
    for (const std::uint32_t field : root.deep_fields) {
      const nfa::Datum datum = nfa::read_field(row, layout.slot(field));
      if (datum.null) continue;
      layout.set(row, field, nfa::copy_datum(datum, layout.schema().fields()[field].type, root.rows->arena()));
    }
  }
}

void Job::Graph::on_invalid(std::size_t input, const InvalidRecord& record) {
  Root& root = roots[root_of_input[input]];
  ++invalid_records[root_of_input[input]];
  const std::string place = fmt::format("{}:{}", input_names[input], record.line);
  if (root.invalid == nullptr) {
    invalid_log.note(place, record.reason, context.now());
    return;
  }
  // Invalid rows move nothing; theirs is the time that the stream has come to.
  const TimeMs time_ms = root.watermark.largest_ms() == kBeginOfTime ? 0 : root.watermark.largest_ms();
  marks.extend(next_sequence);
  nfa::Batch& batch = *root.invalid;
  std::uint64_t* row = batch.append(time_ms, next_sequence++);
  const auto set = [&](std::string_view name, std::string_view text) {
    if (const auto field = batch.layout().schema().find(name)) {
      batch.layout().set(row, *field, nfa::Datum::of_text(batch.arena().copy_text(text)));
    }
  };
  set("line", record.text);
  set("place", place);
  set("reason", record.reason);
}

void Job::Graph::on_end(std::size_t input) {
  Root& root = roots[root_of_input[input]];
  if (--root.open_inputs == 0) end_stream(root);
}

void Job::Graph::end_stream(Root& root) {
  root.watermark.end();
  // It has its own place among the rows.
  const std::uint64_t sequence = next_sequence++;
  marks.extend(sequence);
  root.rows->advance(kEndOfTime, sequence);
  if (root.invalid != nullptr) root.invalid->advance(kEndOfTime, sequence);
}

Result<void> Job::Graph::load_tables(const std::stop_token& stop) {
  stop_token = stop;
  const TimeMs now_ms = table_files.empty() ? 0 : context.now();
  Result<void> loaded;
  gate.begin_pass();
  for (TableFile& file : table_files) {
    if (loaded) loaded = file.load(now_ms, stop);
  }
  gate.end_pass();
  return loaded;
}

void Job::Graph::refresh_tables() {
  const bool asks_time =
      std::ranges::any_of(plan->tables, [](const auto& table) { return table.refresh_ms || table.missing; });
  if (!asks_time) return;
  const TimeMs now_ms = context.now();
  for (Table& table : tables) table.set_now(now_ms);
  for (TableFile& file : table_files) file.refresh(now_ms, stop_token);
}

Result<void> Job::Graph::on_pass(bool waits) {
  gate.begin_pass();
  Result<void> first_error = pass(waits);
  gate.end_pass();
  // Whoever reads what is written may be slow.
  if (waits) keep_first(first_error, flush_sinks());
  if (context.after_pass) context.after_pass();
  return first_error;
}

Result<void> Job::Graph::pass(bool waits) {
  refresh_tables();
  Result<void> first_error;
  if (shards) {
    keep_first(first_error, first_half());
    keep_first(first_error, finish(waits));
  } else {
    first_error = work_through();
    marks.begin(next_sequence);
  }
  return first_error;
}

Result<void> Job::Graph::work_through() {
  // Where one fails, all others still do their work: what was found before is written.
  Result<void> first_error;
  for (const std::unique_ptr<Operator>& node : operators) keep_first(first_error, node->process());
  count_rows();
  for (const std::unique_ptr<SinkOperator>& sink : sinks) keep_first(first_error, sink->process());
  if (!context.matches.empty()) keep_first(first_error, context.matches.back()->end_pass());
  time_matches();
  for (nfa::Batch& batch : batches) batch.clear();
  return first_error;
}

Result<void> Job::Graph::first_half() {
  const auto is_empty = [&](RelationId id) { return batches[id].empty(); };
  const auto is_zero = [](std::uint64_t count) { return count == 0; };
  if (std::ranges::all_of(early_relations, is_empty) && std::ranges::all_of(invalid_records, is_zero)) return {};
  Result<void> first_error;
  for (const std::unique_ptr<Operator>& node : early_operators) keep_first(first_error, node->process());
  PutBy& pass = *free.back();
  free.pop_back();
  for (ShardedPatterns* patterns : sharded) patterns->put_into(pass.work);
  swap_with(pass);
  marks.begin(next_sequence);
  in_flight.push_back(&pass);
  shards->give(pass.work);
  return first_error;
}

Result<void> Job::Graph::finish(bool all) {
  Result<void> first_error;
  while (!in_flight.empty() && (all || free.empty() || Shards::is_done(in_flight.front()->work))) {
    PutBy& pass = *in_flight.front();
    Shards::wait(pass.work);
    in_flight.pop_front();
    // What was read behind an error is not worked on.
    if (first_error) first_error = second_half(pass);
    free.push_back(&pass);
    all = all || !first_error;
  }
  return first_error;
}

Result<void> Job::Graph::second_half(PutBy& pass) {
  swap_with(pass);
  for (ShardedPatterns* patterns : sharded) patterns->set_done(pass.work);
  Result<void> done = work_through();
  swap_with(pass);
  return done;
}

void Job::Graph::swap_with(PutBy& other) {
  for (std::size_t i = 0; i < early_relations.size(); ++i) {
    std::swap(batches[early_relations[i]], other.batches[i]);
  }
  std::swap(marks, other.marks);
  std::swap(read_at, other.read_at);
  std::swap(invalid_records, other.invalid_records);
}

void Job::Graph::time_matches() {
  std::uint64_t matches = 0;
  for (const PatternCounters& counters : pattern_counters) matches += counters.matches.get();
  std::uint64_t scores = 0;
  for (const auto& [relation, counters] : fraud_counters) scores += counters.scored.get();
  if (matches == timed_matches && scores == timed_scores) return;
  const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - read_at;
  if (matches != timed_matches) match_latencies.record(took, matches - timed_matches);
  if (scores != timed_scores) score_latencies.record(took, scores - timed_scores);
  timed_matches = matches;
  timed_scores = scores;
}

void Job::Graph::count_rows() {
  // At once, so that whoever looks sees what part of all records was invalid.
  const std::lock_guard lock(counts_mutex);
  for (std::size_t i = 0; i < roots.size(); ++i) {
    roots[i].counters->events.add(roots[i].rows->size());
    roots[i].counters->invalid.add(std::exchange(invalid_records[i], 0));
    roots[i].counters->low_ms.set(roots[i].watermark.low_ms());
  }
  for (Statement& statement : statements) statement.rows.add(batches[statement.relation].size());
  if (!marks.any_refused()) return;
  for (const Root& root : roots) {
    std::uint64_t late = 0;
    for (std::size_t i = 0; i < root.rows->size(); ++i) late += marks.is_late(root.rows->sequence(i)) ? 1 : 0;
    root.counters->late.add(late);
  }
}

Result<void> Job::Graph::flush_sinks() {
  Result<void> first_error;
  for (const std::unique_ptr<SinkOperator>& sink : sinks) keep_first(first_error, sink->flush());
  return first_error;
}

Job::Job(std::shared_ptr<const patterns::Plan> plan, std::vector<JobInput> inputs,
         std::vector<std::unique_ptr<Sink>> sinks, JobContext context)
    : graph_(std::make_unique<Graph>(std::move(plan), std::move(inputs), std::move(sinks), std::move(context))) {}

Job::~Job() = default;

Result<void> Job::run(const std::stop_token& stop) {
  CEPHEID_TRY(graph_->operators_made);
  CEPHEID_TRY(graph_->load_tables(stop));
  // A stream that nothing feeds must not hold back those that it is read with.
  for (Graph::Root& root : graph_->roots) {
    if (root.open_inputs == 0) graph_->end_stream(root);
  }
  graph_->runs = true;
  const Result<bool> done = graph_->reader->run(stop);
  graph_->runs = false;
  const Result<void> flushed = graph_->flush_sinks();
  if (!done) return done.error();
  return flushed;
}

Result<void> Job::start(std::span<const RelationId> streams, const std::stop_token& stop) {
  CEPHEID_TRY(graph_->operators_made);
  CEPHEID_TRY(graph_->load_tables(stop));
  for (Graph::Root& root : graph_->roots) {
    if (std::ranges::find(streams, root.relation) == streams.end()) {
      graph_->end_stream(root);
    } else {
      ++root.open_inputs;
    }
  }
  return {};
}

Result<void> Job::give(RelationId stream, const nfa::Batch& rows, std::size_t begin, std::size_t end) {
  if (begin == end) return {};
  Graph::Root& root = graph_->root_of(stream);
  graph_->marks.extend(graph_->next_sequence + (end - begin) - 1);
  if (graph_->shards) {
    graph_->copy_rows(root, rows, begin, end);
  } else {
    root.rows->borrow_rows(rows, begin, end, graph_->next_sequence);    // until the pass is done, which it is at once
  }
  graph_->next_sequence += end - begin;
  graph_->move_watermark(root, 0);
  return graph_->on_pass(false);
}

Result<void> Job::end() {
  for (Graph::Root& root : graph_->roots) {
    if (root.open_inputs != 0) graph_->end_stream(root);
  }
  CEPHEID_TRY(graph_->on_pass(true));
  return graph_->flush_sinks();
}

void Job::put(patterns::TableId table, nfa::Row row) {
  graph_->tables[table].put(row, 0, 0);
}

bool Job::is_running() const {
  return graph_->runs;
}

StateReader& Job::states() {
  return *graph_->states;
}

JobStats Job::stats() const {
  JobStats stats;
  std::unique_lock lock(graph_->counts_mutex);
  for (const Graph::Root& root : graph_->roots) {
    stats.streams.push_back({.name = graph_->plan->relations[root.relation].name,
                             .events = root.counters->events.get(),
                             .invalid = root.counters->invalid.get(),
                             .late = root.counters->late.get(),
                             .low_ms = root.counters->low_ms.get()});
  }
  lock.unlock();
  std::size_t pattern = 0;
  for (const patterns::Relation& relation : graph_->plan->relations) {
    if (!std::holds_alternative<patterns::PatternPlan>(relation.body)) continue;
    const PatternCounters& counters = graph_->pattern_counters[pattern++];
    stats.patterns.push_back({.name = relation.name,
                              .matches = counters.matches.get(),
                              .timeouts = counters.timeouts.get(),
                              .skip_failures = counters.skip_failures.get(),
                              .dropped = counters.dropped.get(),
                              .blocked = counters.blocked.get(),
                              .partial_matches = counters.partial_matches.get()});
  }
  for (const Graph::Statement& statement : graph_->statements) {
    stats.statements.push_back(
        {.name = graph_->plan->relations[statement.relation].name, .rows = statement.rows.get()});
  }
  for (const auto& [relation, counters] : graph_->fraud_counters) {
    stats.frauds.push_back({.name = graph_->plan->relations[relation].name,
                            .scored = counters.scored.get(),
                            .users = counters.users.get(),
                            .state_bytes = counters.state_bytes.get()});
  }
  for (const auto& [relation, counters] : graph_->alert_counters) {
    stats.alerts.push_back({.name = graph_->plan->relations[relation].name,
                            .raised = counters.raised.get(),
                            .held_back = counters.held_back.get()});
  }
  for (std::size_t i = 0; i < graph_->sinks.size(); ++i) {
    stats.sinks.push_back({.name = graph_->sinks_at_work()[i].name, .rows = graph_->sink_counters[i].get()});
  }
  for (const Table& table : graph_->tables) {
    const TableCounters& counters = table.counters();
    stats.tables.push_back({.name = table.plan().name,
                            .rows = counters.rows.get(),
                            .skipped = counters.skipped.get(),
                            .asked = counters.asked.get(),
                            .failed = counters.failed.get()});
  }
  stats.match_latencies = graph_->match_latencies.get();
  stats.score_latencies = graph_->score_latencies.get();
  return stats;
}

}    // namespace cepheid::runtime
