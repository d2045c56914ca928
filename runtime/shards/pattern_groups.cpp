#include "runtime/shards/pattern_groups.hpp"

#include <algorithm>
#include <string>

#include "runtime/stream/run_order.hpp"

namespace cepheid::runtime {

namespace {

using patterns::RelationId;

/// In how many ways rows of `from` come to each relation, derived streams alone leading on; at most 2 is counted.
std::vector<unsigned> ways_from(const patterns::Plan& plan, RelationId from) {
  std::vector<unsigned> ways(plan.relations.size(), 0);
  ways[from] = 1;
  for (RelationId id = 0; id < plan.relations.size(); ++id) {
    if (!std::holds_alternative<patterns::DerivedPlan>(plan.relations[id].body)) continue;
    for (const RelationId input : inputs_of(plan.relations[id])) ways[id] = std::min(2U, ways[id] + ways[input]);
  }
  return ways;
}

bool comes_by_several_ways(const patterns::Plan& plan, const std::vector<RelationId>& inputs) {
  for (RelationId id = 0; id < plan.relations.size(); ++id) {
    if (std::holds_alternative<patterns::DerivedPlan>(plan.relations[id].body)) continue;
    const std::vector<unsigned> ways = ways_from(plan, id);
    unsigned total = 0;
    for (const RelationId input : inputs) total += ways[input];
    if (total > 1) return true;
  }
  return false;
}

bool stays_on_one_shard(const nfa::PatternSpec& spec) {
  const nfa::PartialMatchLimit& limit = spec.limit;
  if (spec.key.empty()) return true;
  return !limit.is_default && (!limit.per_key || limit.then == nfa::PartialMatchLimit::Then::fail);
}

/// Equal for equal keys.
std::string text_of_key(const nfa::PatternSpec& spec) {
  std::string text;
  for (const nfa::TypedExpr& value : spec.key) text.append(nfa::fingerprint(value)).push_back('\n');
  return text;
}

}    // namespace

std::vector<PatternGroup> group_patterns(const patterns::Plan& plan, const std::vector<RelationId>& inputs,
                                         std::uint32_t shards) {
  const bool several_ways = comes_by_several_ways(plan, inputs);
  std::vector<PatternGroup> groups;
  std::vector<std::string> keys;    // by group; of one with a home nothing
  std::uint32_t position = 0;
  for (RelationId id = 0; id < plan.relations.size(); ++id) {
    const auto* pattern = std::get_if<patterns::PatternPlan>(&plan.relations[id].body);
    if (pattern == nullptr) continue;
    const auto home = static_cast<ShardId>(position++ % shards);
    if (pattern->inputs != inputs) continue;
    PatternGroup wanted{.patterns = {id}};
    std::string key;
    if (several_ways || stays_on_one_shard(pattern->spec)) {
      wanted.home = home;
    } else {
      key = text_of_key(pattern->spec);
    }
    std::size_t same = 0;
    while (same < groups.size() && !(groups[same].home == wanted.home && keys[same] == key)) ++same;
    if (same < groups.size()) {
      groups[same].patterns.push_back(id);
    } else {
      groups.push_back(std::move(wanted));
      keys.push_back(std::move(key));
    }
  }
  return groups;
}

}    // namespace cepheid::runtime
