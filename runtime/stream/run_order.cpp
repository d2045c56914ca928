#include "runtime/stream/run_order.hpp"

#include <algorithm>

namespace cepheid::runtime {

using patterns::RelationId;

namespace {

/// reaches[a][b]: rows of a come to b, through what the plan says.
std::vector<std::vector<bool>> reachability(const patterns::Plan& plan) {
  const std::size_t count = plan.relations.size();
  std::vector<std::vector<bool>> reaches(count, std::vector<bool>(count, false));
  for (RelationId to = 0; to < count; ++to) {
    reaches[to][to] = true;
    // What is read stands before what reads it, so its row is complete.
    for (const RelationId input : needed_by(plan, to)) {
      for (RelationId from = 0; from < count; ++from) {
        if (reaches[from][input]) reaches[from][to] = true;
      }
    }
  }
  return reaches;
}

}    // namespace

std::vector<RelationId> inputs_of(const patterns::Relation& relation) {
  if (const auto* side = std::get_if<patterns::SideOutputPlan>(&relation.body)) return {side->source};
  if (const auto* pattern = std::get_if<patterns::PatternPlan>(&relation.body)) return pattern->inputs;
  if (const auto* join = std::get_if<patterns::JoinPlan>(&relation.body)) {
    return {join->left.input.relation, join->right.input.relation};
  }
  const std::vector<patterns::InputMapping>* mapped = nullptr;
  if (const auto* derived = std::get_if<patterns::DerivedPlan>(&relation.body)) mapped = &derived->inputs;
  if (const auto* aggregate = std::get_if<patterns::AggregatePlan>(&relation.body)) mapped = &aggregate->inputs;
  if (const auto* rank = std::get_if<patterns::RankPlan>(&relation.body)) mapped = &rank->inputs;
  if (const auto* alert = std::get_if<patterns::AlertPlan>(&relation.body)) mapped = &alert->inputs;
  if (const auto* fraud = std::get_if<patterns::FraudPlan>(&relation.body)) mapped = &fraud->inputs;
  std::vector<RelationId> inputs;
  if (mapped == nullptr) return inputs;
  for (const patterns::InputMapping& input : *mapped) inputs.push_back(input.relation);
  return inputs;
}

std::vector<patterns::TableId> tables_of(const patterns::Relation& relation) {
  std::vector<patterns::TableId> tables;
  if (const auto* fraud = std::get_if<patterns::FraudPlan>(&relation.body)) {
    for (const patterns::LookupPlan& list : fraud->lists) tables.push_back(list.table);
  }
  const auto* derived = std::get_if<patterns::DerivedPlan>(&relation.body);
  if (derived == nullptr) return tables;
  for (const patterns::DerivedPlan::Stage& stage : derived->stages) {
    if (stage.lookup) tables.push_back(stage.lookup->table);
  }
  return tables;
}

std::vector<RelationId> needed_by(const patterns::Plan& plan, RelationId relation) {
  std::vector<RelationId> needed = inputs_of(plan.relations[relation]);
  for (const patterns::TableId table : tables_of(plan.relations[relation])) {
    for (const patterns::InputMapping& input : plan.tables[table].latest_from) needed.push_back(input.relation);
  }
  return needed;
}

bool judges_lateness(const patterns::Relation& relation) {
  if (const auto* aggregate = std::get_if<patterns::AggregatePlan>(&relation.body)) {
    return aggregate->window.kind != patterns::WindowPlan::Kind::none;
  }
  return std::holds_alternative<patterns::PatternPlan>(relation.body) ||
         std::holds_alternative<patterns::JoinPlan>(relation.body);
}

std::vector<std::vector<RelationId>> sources_behind(const patterns::Plan& plan) {
  std::vector<std::vector<RelationId>> sources(plan.relations.size());
  for (RelationId id = 0; id < plan.relations.size(); ++id) {
    const patterns::Relation& relation = plan.relations[id];
    if (std::holds_alternative<patterns::SourcePlan>(relation.body)) sources[id] = {id};
    if (!std::holds_alternative<patterns::DerivedPlan>(relation.body)) continue;
    for (const RelationId input : inputs_of(relation)) {
      for (const RelationId source : sources[input]) {
        if (std::ranges::find(sources[id], source) == sources[id].end()) sources[id].push_back(source);
      }
    }
  }
  return sources;
}

std::vector<RelationId> run_order(const patterns::Plan& plan) {
  const std::size_t count = plan.relations.size();
  std::vector<std::vector<RelationId>> before(count);
  for (RelationId id = 0; id < count; ++id) before[id] = needed_by(plan, id);

  const std::vector<std::vector<bool>> reaches = reachability(plan);
  const std::vector<std::vector<RelationId>> sources = sources_behind(plan);
  for (RelationId late = 0; late < count; ++late) {
    const auto* side = std::get_if<patterns::SideOutputPlan>(&plan.relations[late].body);
    if (side == nullptr || !side->late) continue;
    for (RelationId judge = 0; judge < count; ++judge) {
      if (!judges_lateness(plan.relations[judge]) || reaches[late][judge]) continue;
      const bool judges = std::ranges::any_of(inputs_of(plan.relations[judge]), [&](RelationId input) {
        return std::ranges::find(sources[input], side->source) != sources[input].end();
      });
      if (judges) before[late].push_back(judge);
    }
  }

  std::vector<RelationId> order;
  std::vector<bool> placed(count, false);
  while (order.size() < count) {
    RelationId next = 0;
    bool found = false;
    RelationId first_left = 0;
    for (RelationId id = static_cast<RelationId>(count); id-- > 0;) {
      if (placed[id]) continue;
      first_left = id;
      if (std::ranges::all_of(before[id], [&](RelationId input) { return placed[input]; })) {
        next = id;
        found = true;
      }
    }
    // Late streams that wait for each other's readers: the plan's order decides.
    if (!found) next = first_left;
    placed[next] = true;
    order.push_back(next);
  }
  return order;
}

}    // namespace cepheid::runtime
