#include "runtime/stream/job_graph.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "nfa/row/deep_copy.hpp"
#include "runtime/codec/decoder.hpp"
#include "runtime/operators/derived.hpp"
#include "runtime/operators/late_output.hpp"
#include "runtime/operators/pattern.hpp"
#include "runtime/shards/pattern_groups.hpp"
#include "runtime/stream/run_order.hpp"

namespace cepheid::runtime {

using patterns::RelationId;

Job::Graph::Graph(std::shared_ptr<const patterns::Plan> from, std::vector<JobInput> inputs,
                  std::vector<std::unique_ptr<Sink>> opened, JobContext given)
    : plan(std::move(from)), context(std::move(given)), invalid_log(context.log) {
  make_batches();
  find_early();
  make_operators();
  make_sinks(std::move(opened));
  make_reader(std::move(inputs));
  make_shards();
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
    const std::vector<Field>& fields = plan->relations[id].layout->schema().fields();
    for (std::uint32_t field = 0; field < fields.size(); ++field) {
      if (nfa::is_deep(fields[field].type.kind)) roots.back().deep_fields.push_back(field);
    }
  }
}

void Job::Graph::find_early() {
  bool any_pattern = false;
  for (const patterns::Relation& relation : plan->relations) {
    const std::vector<RelationId> inputs = inputs_of(relation);
    const bool from_early = std::ranges::all_of(inputs, [&](RelationId input) { return is_early[input]; });
    const auto* side = std::get_if<patterns::SideOutputPlan>(&relation.body);
    const bool is_pattern = std::holds_alternative<patterns::PatternPlan>(relation.body);
    is_early.push_back(from_early && !is_pattern && (side == nullptr || !side->late));
    any_pattern = any_pattern || (is_pattern && from_early);
  }
  if (context.shards <= 1 || !any_pattern) is_early.assign(plan->relations.size(), false);
  for (RelationId id = 0; id < plan->relations.size(); ++id) {
    if (is_early[id]) early_relations.push_back(id);
  }
}

void Job::Graph::make_operators() {
  std::vector<PatternCounters*> counters(plan->relations.size(), nullptr);
  for (RelationId id = 0; id < plan->relations.size(); ++id) {
    if (std::holds_alternative<patterns::PatternPlan>(plan->relations[id].body)) {
      counters[id] = &pattern_counters.emplace_back();
    }
  }
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
      (is_early[id] ? early_operators : operators)
          .push_back(std::make_unique<DerivedOperator>(*derived, inputs, batches[id]));
    } else if (const auto* pattern = std::get_if<patterns::PatternPlan>(&relation.body)) {
      make_patterns(pattern->inputs, counters);
      for (RelationId other = 0; other < plan->relations.size(); ++other) {
        const auto* same = std::get_if<patterns::PatternPlan>(&plan->relations[other].body);
        if (same != nullptr && same->inputs == pattern->inputs) made[other] = true;
      }
    }
  }
}

void Job::Graph::make_patterns(const std::vector<RelationId>& over, const std::vector<PatternCounters*>& counters) {
  // One engine for all patterns over the same inputs: a row is looked at once for all of them.
  std::vector<RelationId> ids;
  for (RelationId id = 0; id < plan->relations.size(); ++id) {
    const auto* pattern = std::get_if<patterns::PatternPlan>(&plan->relations[id].body);
    if (pattern != nullptr && pattern->inputs == over) ids.push_back(id);
  }
  const std::vector<std::vector<RelationId>> sources = sources_behind(*plan);
  std::vector<TrackBuilder::Input> inputs;
  for (const RelationId input : over) {
    inputs.push_back({.batch = &batches[input], .of_source = !sources[input].empty()});
  }
  const auto spec_of = [&](RelationId id) -> const patterns::PatternPlan& {
    return std::get<patterns::PatternPlan>(plan->relations[id].body);
  };
  const auto output_of = [&](RelationId id) {
    return PatternOutput(spec_of(id), batches[id], *counters[id], context.log);
  };
  if (!std::ranges::all_of(over, [&](RelationId input) { return is_early[input]; })) {
    std::vector<PatternOutput> outputs;
    for (const RelationId id : ids) outputs.push_back(output_of(id));
    MatchListener* listener = context.matches.empty() ? nullptr : context.matches.back();
    operators.push_back(std::make_unique<PatternOperator>(
        TrackBuilder(inputs, {}, marks), std::make_unique<PatternEngine>(*plan, ids, listener), std::move(outputs)));
    return;
  }
  std::vector<std::shared_ptr<const nfa::RowLayout>> layouts;
  for (const RelationId input : over) layouts.push_back(plan->relations[input].layout);
  std::vector<KeyRoute> routes;
  std::map<RelationId, ShardedPatterns::Output> by_id;
  for (PatternGroup& group : group_patterns(*plan, over, context.shards)) {
    for (std::size_t i = 0; i < group.patterns.size(); ++i) {
      const RelationId id = group.patterns[i];
      by_id.insert({id, {.output = output_of(id), .group = groups.size(), .position = i}});
    }
    if (!group.home) routes.emplace_back(spec_of(group.patterns.front()).spec, layouts, context.shards);
    groups.push_back({.patterns = std::move(group.patterns),
                      .track = sharded.size(),
                      .route = routes.empty() ? 0 : routes.size() - 1,
                      .home = group.home});
  }
  std::vector<ShardedPatterns::Output> outputs;
  for (auto& [id, output] : by_id) outputs.push_back(std::move(output));
  auto made = std::make_unique<ShardedPatterns>(TrackBuilder(inputs, std::move(routes), marks), sharded.size(),
                                                std::move(outputs));
  sharded.push_back(made.get());
  operators.push_back(std::move(made));
}

void Job::Graph::make_shards() {
  if (groups.empty()) return;
  shards.emplace(*plan, std::move(groups), context.shards, context.matches);
  for (std::size_t i = 0; i < kWorkInFlight; ++i) {
    PutBy& made = put_by.emplace_back();
    for (const RelationId id : early_relations) made.batches.emplace_back(plan->relations[id].layout);
    made.work.tracks.resize(sharded.size());
    shards->prepare(made.work);
    free.push_back(&made);
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

}    // namespace cepheid::runtime
