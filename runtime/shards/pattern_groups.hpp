#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "patterns/plan/plan.hpp"
#include "runtime/shards/track.hpp"

namespace cepheid::runtime {

/// Patterns over one list of inputs that share an engine on each shard they live on.
struct PatternGroup {
  std::vector<patterns::RelationId> patterns;    // in the plan's order
  /// The one shard that has all their keys; absent: every shard, each with its part of the keys.
  std::optional<ShardId> home;
};

/// The patterns over `inputs`, grouped for so many shards: those with the same key together. On one shard stays, chosen
/// by its position in the plan, what could give other matches, or in another order, on several:
/// - a pattern without a key,
/// - one whose `limit` counts over all keys (the limit that holds where none is written counts by shard),
/// - one whose `limit` says `fail`, which must end all keys at one point,
/// - one to whose inputs an event can come by several ways: which is first of two of its rows with different keys?
[[nodiscard]] std::vector<PatternGroup> group_patterns(const patterns::Plan& plan,
                                                       const std::vector<patterns::RelationId>& inputs,
                                                       std::uint32_t shards);

}    // namespace cepheid::runtime
