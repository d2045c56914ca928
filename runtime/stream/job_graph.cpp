#include "runtime/stream/job_graph.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "nfa/row/deep_copy.hpp"
#include "runtime/codec/decoder.hpp"
#include "runtime/operators/aggregate.hpp"
#include "runtime/operators/alert.hpp"
#include "runtime/operators/derived.hpp"
#include "runtime/operators/fraud.hpp"
#include "runtime/operators/join.hpp"
#include "runtime/operators/late_output.hpp"
#include "runtime/operators/make_scorer.hpp"
#include "runtime/operators/pattern.hpp"
#include "runtime/operators/rank.hpp"
#include "runtime/shards/pattern_groups.hpp"
#include "runtime/stream/run_order.hpp"
#include "runtime/tables/table_feed.hpp"

namespace cepheid::runtime {

using patterns::RelationId;

namespace {

/// Is each row of it made by one row of its inputs, whose time it has, as soon as that comes?
bool gives_rows_at_once(const patterns::Relation& relation) {
  if (std::holds_alternative<patterns::RankPlan>(relation.body)) return true;
  if (std::holds_alternative<patterns::AlertPlan>(relation.body)) return true;
  if (std::holds_alternative<patterns::FraudPlan>(relation.body)) return true;
  const auto* aggregate = std::get_if<patterns::AggregatePlan>(&relation.body);
  return aggregate != nullptr && aggregate->window.kind == patterns::WindowPlan::Kind::none;
}

bool is_kept_state(const patterns::Relation& relation) {
  return std::holds_alternative<patterns::AggregatePlan>(relation.body) ||
         std::holds_alternative<patterns::JoinPlan>(relation.body) ||
         std::holds_alternative<patterns::RankPlan>(relation.body);
}

/// The tables that are asked for how they were.
std::vector<bool> tables_with_versions(const patterns::Plan& plan) {
  std::vector<bool> with_versions(plan.tables.size(), false);
  for (const patterns::Relation& relation : plan.relations) {
    const auto* derived = std::get_if<patterns::DerivedPlan>(&relation.body);
    if (derived == nullptr) continue;
    for (const patterns::DerivedPlan::Stage& stage : derived->stages) {
      if (stage.lookup && stage.lookup->as_of) with_versions[stage.lookup->table] = true;
    }
  }
  return with_versions;
}

/// Lets those in who ask for state while it waits for an answer: the table that asks, and all else, is whole then.
class MissingRowsOfJob final : public MissingRows {
 public:
  MissingRowsOfJob(std::unique_ptr<MissingRows> asked, PassGate& gate) : asked_(std::move(asked)), gate_(gate) {}

  Result<std::optional<std::string>> ask(std::span<const MissingColumn> key) override {
    Result<std::optional<std::string>> answer = std::optional<std::string>();
    gate_.open_during([&] { answer = asked_->ask(key); });
    return answer;
  }

 private:
  std::unique_ptr<MissingRows> asked_;
  PassGate& gate_;
};

}    // namespace

Job::Graph::Graph(std::shared_ptr<const patterns::Plan> from, std::vector<JobInput> inputs,
                  std::vector<std::unique_ptr<Sink>> opened, JobContext given)
    : plan(std::move(from)), context(std::move(given)), invalid_log(context.log) {
  sources = sources_behind(*plan);
  make_batches();
  make_tables();
  find_early();
  make_operators();
  make_states();
  make_sinks(std::move(opened));
  make_shards();
  make_reader(std::move(inputs));
}

void Job::Graph::make_batches() {
  for (const patterns::Relation& relation : plan->relations) {
    batches.emplace_back(relation.layout);
    DurationMs lateness = 0;
    if (const auto* source = std::get_if<patterns::SourcePlan>(&relation.body)) lateness = source->lateness;
    if (const auto* side = std::get_if<patterns::SideOutputPlan>(&relation.body)) lateness = latenesses[side->source];
    const auto* derived = std::get_if<patterns::DerivedPlan>(&relation.body);
    if (derived != nullptr || gives_rows_at_once(relation)) {
      const std::vector<RelationId> inputs = inputs_of(relation);
      // Of several inputs the smallest: what reads this holds its watermark back rather too far than not far enough.
      lateness = latenesses[inputs.front()];
      for (const RelationId input : inputs) lateness = std::min(lateness, latenesses[input]);
      if (derived != nullptr) lateness = derived->lateness.value_or(lateness);
    }
    latenesses.push_back(lateness);
  }
  for (RelationId id = 0; id < plan->relations.size(); ++id) {
    if (is_kept_state(plan->relations[id])) statements.emplace_back().relation = id;
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
  invalid_records.resize(roots.size());
}

void Job::Graph::make_tables() {
  const std::vector<bool> with_versions = tables_with_versions(*plan);
  for (patterns::TableId id = 0; id < plan->tables.size(); ++id) {
    const patterns::TablePlan& of_plan = plan->tables[id];
    Table& table = tables.emplace_back(of_plan, with_versions[id], context.log);
    table_pointers.push_back(&table);
    std::unique_ptr<MissingRows> missing =
        of_plan.missing && context.missing_rows ? context.missing_rows(of_plan) : nullptr;
    if (missing != nullptr) table.set_missing(std::make_unique<MissingRowsOfJob>(std::move(missing), gate));
    const bool given = std::ranges::find(context.given_tables, id) != context.given_tables.end();
    if (of_plan.latest_from.empty() && of_plan.from && !given)
      table_files.emplace_back(table, context.folder, context.log, gate);
  }
  is_fed.assign(tables.size(), false);
}

void Job::Graph::find_early() {
  for (const patterns::Relation& relation : plan->relations) {
    const auto* side = std::get_if<patterns::SideOutputPlan>(&relation.body);
    const bool may_be_early = std::holds_alternative<patterns::SourcePlan>(relation.body) ||
                              std::holds_alternative<patterns::DerivedPlan>(relation.body) ||
                              (side != nullptr && !side->late);
    is_early.push_back(may_be_early && has_early_inputs(relation));
  }
  keep_tables_together();
  const bool any_pattern = std::ranges::any_of(plan->relations, [&](const patterns::Relation& relation) {
    return std::holds_alternative<patterns::PatternPlan>(relation.body) && has_early_inputs(relation);
  });
  if (context.shards <= 1 || !any_pattern) is_early.assign(plan->relations.size(), false);
  for (RelationId id = 0; id < plan->relations.size(); ++id) {
    if (is_early[id]) early_relations.push_back(id);
  }
}

bool Job::Graph::has_early_inputs(const patterns::Relation& relation) const {
  return std::ranges::all_of(inputs_of(relation), [&](RelationId input) { return is_early[input]; });
}

void Job::Graph::keep_tables_together() {
  // A table that streams feed is filled and asked in the same half: between the two halves of a pass the first ones of
  // later passes may be done. Each round makes one relation at least late, or is the last.
  for (bool changed = true; changed;) {
    changed = false;
    const auto make_late = [&](RelationId id) {
      changed = changed || is_early[id];
      is_early[id] = false;
    };
    for (patterns::TableId table = 0; table < plan->tables.size(); ++table) {
      const std::vector<patterns::InputMapping>& feeds = plan->tables[table].latest_from;
      std::vector<RelationId> readers;
      for (RelationId id = 0; id < plan->relations.size(); ++id) {
        const std::vector<patterns::TableId> asked = tables_of(plan->relations[id]);
        if (std::ranges::find(asked, table) != asked.end()) readers.push_back(id);
      }
      const bool early = std::ranges::all_of(feeds, [&](const auto& feed) { return is_early[feed.relation]; }) &&
                         std::ranges::all_of(readers, [&](RelationId id) { return is_early[id]; });
      if (feeds.empty() || early) continue;
      for (const RelationId id : readers) make_late(id);
    }
    for (RelationId id = 0; id < plan->relations.size(); ++id) {
      if (!has_early_inputs(plan->relations[id])) make_late(id);
    }
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
    if (made[id]) continue;
    const auto* pattern = std::get_if<patterns::PatternPlan>(&plan->relations[id].body);
    if (pattern == nullptr) {
      make_feeds(id);
      make_operator(id);
      continue;
    }
    make_patterns(pattern->inputs, counters);
    for (RelationId other = 0; other < plan->relations.size(); ++other) {
      const auto* same = std::get_if<patterns::PatternPlan>(&plan->relations[other].body);
      if (same != nullptr && same->inputs == pattern->inputs) made[other] = true;
    }
  }
  for (patterns::TableId table = 0; table < plan->tables.size(); ++table) make_feed(table);
}

void Job::Graph::make_operator(RelationId id) {
  const patterns::Relation& relation = plan->relations[id];
  nfa::Batch& output = batches[id];
  if (const auto* side = std::get_if<patterns::SideOutputPlan>(&relation.body); side != nullptr && side->late) {
    operators.push_back(
        std::make_unique<LateOutputOperator>(batches[side->source], latenesses[side->source], marks, output));
  } else if (const auto* derived = std::get_if<patterns::DerivedPlan>(&relation.body)) {
    (is_early[id] ? early_operators : operators)
        .push_back(std::make_unique<DerivedOperator>(*derived, inputs_for(derived->inputs), table_pointers, output));
  } else if (const auto* aggregate = std::get_if<patterns::AggregatePlan>(&relation.body)) {
    operators.push_back(make_aggregate(*aggregate, relation.name, inputs_for(aggregate->inputs), output, &marks));
  } else if (const auto* join = std::get_if<patterns::JoinPlan>(&relation.body)) {
    const std::vector<OperatorInput> inputs = {input_for(join->left.input.relation),
                                               input_for(join->right.input.relation)};
    operators.push_back(std::make_unique<JoinOperator>(*join, inputs, output, marks));
  } else if (const auto* fraud = std::get_if<patterns::FraudPlan>(&relation.body)) {
    Result<FraudScorer> scorer = make_scorer(*fraud, context.folder);
    if (!scorer) {
      operators_made = Error{fmt::format("fraud `{}`: {}", relation.name, scorer.error().message)};
      return;
    }
    operators.push_back(std::make_unique<FraudOperator>(*fraud, std::move(*scorer), inputs_for(fraud->inputs),
                                                        table_pointers, output, fraud_counters[id]));
  } else if (const auto* alert = std::get_if<patterns::AlertPlan>(&relation.body)) {
    operators.push_back(std::make_unique<AlertOperator>(*alert, relation.name, inputs_for(alert->inputs), output,
                                                        alert_counters[id], context.alerts));
  } else if (const auto* rank = std::get_if<patterns::RankPlan>(&relation.body)) {
    operators.push_back(std::make_unique<RankOperator>(relation.name, *rank, inputs_for(rank->inputs), output));
  }
}

void Job::Graph::make_feeds(RelationId id) {
  for (const patterns::TableId table : tables_of(plan->relations[id])) make_feed(table);
}

void Job::Graph::make_feed(patterns::TableId table) {
  const patterns::TablePlan& of_plan = plan->tables[table];
  if (is_fed[table] || of_plan.latest_from.empty()) return;
  is_fed[table] = true;
  std::vector<const nfa::Batch*> feeds;
  for (const patterns::InputMapping& input : of_plan.latest_from) feeds.push_back(&batches[input.relation]);
  bool early = false;
  for (RelationId id = 0; id < plan->relations.size(); ++id) {
    const std::vector<patterns::TableId> asked = tables_of(plan->relations[id]);
    early = early || (is_early[id] && std::ranges::find(asked, table) != asked.end());
  }
  (early ? early_operators : operators).push_back(std::make_unique<TableFeed>(tables[table], feeds));
}

std::vector<OperatorInput> Job::Graph::inputs_for(const std::vector<patterns::InputMapping>& mapped) const {
  std::vector<OperatorInput> inputs;
  for (const patterns::InputMapping& input : mapped) inputs.push_back(input_for(input.relation));
  return inputs;
}

OperatorInput Job::Graph::input_for(RelationId relation) const {
  return {.batch = &batches[relation], .lateness_ms = latenesses[relation], .of_source = !sources[relation].empty()};
}

void Job::Graph::make_patterns(const std::vector<RelationId>& over, const std::vector<PatternCounters*>& counters) {
  // One engine for all patterns over the same inputs: a row is looked at once for all of them.
  std::vector<RelationId> ids;
  for (RelationId id = 0; id < plan->relations.size(); ++id) {
    const auto* pattern = std::get_if<patterns::PatternPlan>(&plan->relations[id].body);
    if (pattern != nullptr && pattern->inputs == over) ids.push_back(id);
  }
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
    made.invalid_records.resize(roots.size());
    made.work.tracks.resize(sharded.size());
    shards->prepare(made.work);
    free.push_back(&made);
  }
}

void Job::Graph::make_states() {
  if (!context.asks_state) return;
  std::vector<StateView*> views;
  for (Table& table : tables) views.push_back(&table);
  for (const std::unique_ptr<Operator>& node : operators) {
    if (auto* view = dynamic_cast<StateView*>(node.get()); view != nullptr) views.push_back(view);
  }
  for (StateView* view : views) {
    view->keep_keys();
    view->set_gate(gate);
  }
  states.emplace(views, gate);
}

void Job::Graph::make_sinks(std::vector<std::unique_ptr<Sink>> opened) {
  if (opened.empty()) return;
  const std::vector<patterns::SinkPlan>& sink_plans = sinks_at_work();
  for (std::size_t i = 0; i < sink_plans.size(); ++i) {
    std::vector<const nfa::Batch*> inputs;
    for (const patterns::SinkPlan::Input& input : sink_plans[i].inputs) inputs.push_back(&batches[input.relation]);
    sinks.push_back(std::make_unique<SinkOperator>(sink_plans[i], inputs, std::move(opened[i]),
                                                   sink_counters.emplace_back(), gate));
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
