#include "runtime/stream/job.hpp"

#include <algorithm>
#include <cstring>
#include <deque>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "runtime/codec/decoder.hpp"
#include "runtime/operators/derived.hpp"
#include "runtime/operators/late_marks.hpp"
#include "runtime/operators/late_output.hpp"
#include "runtime/operators/sink.hpp"
#include "runtime/stream/invalid_log.hpp"
#include "runtime/stream/merged_reader.hpp"
#include "runtime/stream/run_order.hpp"
#include "runtime/stream/watermark.hpp"

namespace cepheid::runtime {

using patterns::RelationId;

namespace {

void keep_first(Result<void>& first, Result<void> next) {
  if (first && !next) first = std::move(next);
}

}    // namespace

struct Job::Graph final : public RowReceiver {
  /// A `stream` that rows come in by.
  struct Root {
    RelationId relation;
    const patterns::SourcePlan* plan;
    nfa::Batch* rows;
    nfa::Batch* invalid = nullptr;    // of `invalid to`
    Watermark watermark;
    std::size_t open_inputs = 0;
    StreamCounters* counters;
  };

  Graph(std::shared_ptr<const patterns::Plan> from, std::vector<JobInput> inputs,
        std::vector<std::unique_ptr<Sink>> opened, JobContext given);

  void make_batches();
  void make_operators();
  void make_sinks(std::vector<std::unique_ptr<Sink>> opened);
  void make_reader(std::vector<JobInput> inputs);
  [[nodiscard]] Root& root_of(RelationId relation);

  void on_rows(std::size_t input, nfa::Batch& rows, std::size_t begin, std::size_t end) override;
  void on_invalid(std::size_t input, const InvalidRecord& record) override;
  void on_end(std::size_t input) override;
  Result<void> on_pass(bool waits) override;

  void end_stream(Root& root);
  void count_late();
  Result<void> flush_sinks();

  std::shared_ptr<const patterns::Plan> plan;
  JobContext context;
  std::deque<nfa::Batch> batches;                  // by relation
  std::vector<DurationMs> latenesses;              // by relation
  std::deque<StreamCounters> stream_counters;      // by root
  std::deque<PatternCounters> pattern_counters;    // by pattern, in the plan's order
  std::deque<Counter> sink_counters;
  std::vector<Root> roots;
  std::vector<std::size_t> root_of_input;    // by input: position in roots
  std::vector<std::string> input_names;
  LateMarks marks;
  InvalidLog invalid_log;
  std::vector<std::unique_ptr<Operator>> operators;
  std::vector<std::unique_ptr<SinkOperator>> sinks;
  std::optional<MergedReader> reader;
  std::uint64_t next_sequence = 0;
};

Job::Graph::Graph(std::shared_ptr<const patterns::Plan> from, std::vector<JobInput> inputs,
                  std::vector<std::unique_ptr<Sink>> opened, JobContext given)
    : plan(std::move(from)), context(std::move(given)), invalid_log(context.log) {
  make_batches();
  make_operators();
  make_sinks(std::move(opened));
  make_reader(std::move(inputs));
}

void Job::Graph::make_batches() {
  for (const patterns::Relation& relation : plan->relations) {
    batches.emplace_back(relation.layout);
    DurationMs lateness = 0;
    if (const auto* source = std::get_if<patterns::SourcePlan>(&relation.body)) lateness = source->lateness;
    if (const auto* side = std::get_if<patterns::SideOutputPlan>(&relation.body)) lateness = latenesses[side->source];
    if (const auto* derived = std::get_if<patterns::DerivedPlan>(&relation.body)) {
      // Of several inputs the smallest: what reads this holds its watermark back rather too far than not far enough.
      lateness = latenesses[derived->inputs.front().relation];
      for (const patterns::InputMapping& input : derived->inputs) {
        lateness = std::min(lateness, latenesses[input.relation]);
      }
      lateness = derived->lateness.value_or(lateness);
    }
    latenesses.push_back(lateness);
  }
  for (RelationId id = 0; id < plan->relations.size(); ++id) {
    const auto* source = std::get_if<patterns::SourcePlan>(&plan->relations[id].body);
    if (source == nullptr) continue;
    roots.push_back({.relation = id,
                     .plan = source,
                     .rows = &batches[id],
                     .invalid = source->invalid_to ? &batches[*source->invalid_to] : nullptr,
                     .watermark = Watermark(source->lateness),
                     .counters = &stream_counters.emplace_back()});
  }
}

void Job::Graph::make_operators() {
  std::vector<PatternCounters*> counters(plan->relations.size(), nullptr);
  for (RelationId id = 0; id < plan->relations.size(); ++id) {
    if (std::holds_alternative<patterns::PatternPlan>(plan->relations[id].body)) {
      counters[id] = &pattern_counters.emplace_back();
    }
  }
  const std::vector<std::vector<RelationId>> sources = sources_behind(*plan);
  std::vector<bool> made(plan->relations.size(), false);
  for (const RelationId id : run_order(*plan)) {
    const patterns::Relation& relation = plan->relations[id];
    if (made[id]) continue;
    if (const auto* side = std::get_if<patterns::SideOutputPlan>(&relation.body); side != nullptr && side->late) {
      operators.push_back(
          std::make_unique<LateOutputOperator>(batches[side->source], latenesses[side->source], marks, batches[id]));
    } else if (const auto* derived = std::get_if<patterns::DerivedPlan>(&relation.body)) {
      std::vector<OperatorInput> inputs;
      for (const patterns::InputMapping& input : derived->inputs) {
        inputs.push_back({.batch = &batches[input.relation], .lateness_ms = latenesses[input.relation]});
      }
      operators.push_back(std::make_unique<DerivedOperator>(*derived, inputs, batches[id]));
    } else if (const auto* pattern = std::get_if<patterns::PatternPlan>(&relation.body)) {
      // One engine for all patterns over the same inputs: a row is looked at once for all of them.
      std::vector<PatternOperator::Output> outputs;
      for (RelationId other = 0; other < plan->relations.size(); ++other) {
        const auto* same = std::get_if<patterns::PatternPlan>(&plan->relations[other].body);
        if (same == nullptr || same->inputs != pattern->inputs) continue;
        outputs.push_back({.plan = same, .batch = &batches[other], .counters = counters[other]});
        made[other] = true;
      }
      std::vector<PatternOperator::Input> inputs;
      for (const RelationId input : pattern->inputs) {
        inputs.push_back({.batch = &batches[input], .of_source = !sources[input].empty()});
      }
      operators.push_back(std::make_unique<PatternOperator>(outputs, inputs, marks, context.matches, context.log));
    }
  }
}

void Job::Graph::make_sinks(std::vector<std::unique_ptr<Sink>> opened) {
  if (opened.empty()) return;
  for (std::size_t i = 0; i < plan->sinks.size(); ++i) {
    std::vector<const nfa::Batch*> inputs;
    for (const patterns::SinkPlan::Input& input : plan->sinks[i].inputs) inputs.push_back(&batches[input.relation]);
    sinks.push_back(
        std::make_unique<SinkOperator>(plan->sinks[i], inputs, std::move(opened[i]), sink_counters.emplace_back()));
  }
}

void Job::Graph::make_reader(std::vector<JobInput> inputs) {
  std::vector<MergedReader::Input> merged;
  for (JobInput& input : inputs) {
    Root& root = root_of(input.stream);
    root_of_input.push_back(static_cast<std::size_t>(&root - roots.data()));
    input_names.push_back(input.source->name());
    ++root.open_inputs;
    const std::shared_ptr<const nfa::RowLayout>& layout = plan->relations[input.stream].layout;
    RowTarget target{.layout = layout, .time_field = root.plan->time_field, .required = root.plan->required};
    std::unique_ptr<Decoder> decoder = input.format == patterns::SourceFormat::csv
                                           ? make_csv_decoder(std::move(target))
                                           : make_json_decoder(std::move(target));
    merged.push_back({.rows = RowInput(std::move(input.source), std::move(decoder)),
                      .layout = layout,
                      .timed = root.plan->time_field.has_value()});
  }
  reader.emplace(std::move(merged), context.now, *this);
}

Job::Graph::Root& Job::Graph::root_of(RelationId relation) {
  return *std::ranges::find(roots, relation, &Root::relation);
}

void Job::Graph::on_rows(std::size_t input, nfa::Batch& rows, std::size_t begin, std::size_t end) {
  Root& root = roots[root_of_input[input]];
  root.counters->events.add(end - begin);
  marks.extend(next_sequence + (end - begin) - 1);
  const std::size_t before = root.rows->size();
  if (root.rows->empty() && begin == 0 && end == rows.size()) {
    std::swap(*root.rows, rows);
    for (std::size_t i = 0; i < end; ++i) root.rows->set_sequence(i, next_sequence + i);
  } else {
    const std::size_t bytes = root.rows->layout().words() * sizeof(std::uint64_t);
    for (std::size_t i = begin; i < end; ++i) {
      std::memcpy(root.rows->append(rows.time_ms(i), next_sequence + (i - begin)), rows.row(i), bytes);
    }
  }
  next_sequence += end - begin;
  for (std::size_t i = before; i < root.rows->size(); ++i) {
    if (!root.watermark.note(root.rows->time_ms(i))) continue;
    root.rows->advance_after(i + 1, root.watermark.low_ms(), root.rows->sequence(i));
    if (root.invalid != nullptr) root.invalid->advance(root.watermark.low_ms(), root.rows->sequence(i));
  }
}

void Job::Graph::on_invalid(std::size_t input, const InvalidRecord& record) {
  Root& root = roots[root_of_input[input]];
  root.counters->invalid.add(1);
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
  root.rows->advance(kEndOfTime, next_sequence);
  if (root.invalid != nullptr) root.invalid->advance(kEndOfTime, next_sequence);
}

Result<void> Job::Graph::on_pass(bool waits) {
  // Where one fails, all others still do their work: what was found before is written.
  Result<void> first_error;
  for (const std::unique_ptr<Operator>& node : operators) keep_first(first_error, node->process());
  count_late();
  for (const std::unique_ptr<SinkOperator>& sink : sinks) keep_first(first_error, sink->process());
  if (context.matches != nullptr) keep_first(first_error, context.matches->end_pass());
  for (nfa::Batch& batch : batches) batch.clear();
  marks.begin(next_sequence);
  if (waits) keep_first(first_error, flush_sinks());
  if (context.after_pass) context.after_pass();
  return first_error;
}

void Job::Graph::count_late() {
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
  // A stream that nothing feeds must not hold back those that it is read with.
  for (Graph::Root& root : graph_->roots) {
    if (root.open_inputs == 0) graph_->end_stream(root);
  }
  const Result<bool> done = graph_->reader->run(stop);
  const Result<void> flushed = graph_->flush_sinks();
  if (!done) return done.error();
  return flushed;
}

JobStats Job::stats() const {
  JobStats stats;
  for (const Graph::Root& root : graph_->roots) {
    stats.streams.push_back({.name = graph_->plan->relations[root.relation].name,
                             .events = root.counters->events.get(),
                             .invalid = root.counters->invalid.get(),
                             .late = root.counters->late.get()});
  }
  std::size_t pattern = 0;
  for (const patterns::Relation& relation : graph_->plan->relations) {
    if (!std::holds_alternative<patterns::PatternPlan>(relation.body)) continue;
    const PatternCounters& counters = graph_->pattern_counters[pattern++];
    stats.patterns.push_back({.name = relation.name,
                              .matches = counters.matches.get(),
                              .timeouts = counters.timeouts.get(),
                              .skip_failures = counters.skip_failures.get(),
                              .dropped = counters.dropped.get(),
                              .blocked = counters.blocked.get()});
  }
  for (std::size_t i = 0; i < graph_->sinks.size(); ++i) {
    stats.sinks.push_back({.name = graph_->plan->sinks[i].name, .rows = graph_->sink_counters[i].get()});
  }
  return stats;
}

}    // namespace cepheid::runtime
