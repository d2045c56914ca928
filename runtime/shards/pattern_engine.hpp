#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "cepheid/pattern_stats.hpp"
#include "nfa/engine/engine.hpp"
#include "nfa/engine/match_rows.hpp"
#include "patterns/plan/plan.hpp"
#include "runtime/operators/match_listener.hpp"
#include "runtime/shards/match_batch.hpp"
#include "runtime/shards/track.hpp"

namespace cepheid::runtime {

/// What an engine found in a pass, for one of its patterns.
struct PatternResult {
  MatchBatch matches;
  PatternStats stats;
};

/// By pattern of the engine.
using EngineResult = std::vector<PatternResult>;

/// Patterns over one list of inputs with their engine, which has all their keys or those of one shard. Makes rows of
/// its matches; of `shadow` patterns none. Used by one thread at a time.
class PatternEngine final : private nfa::MatchConsumer {
 public:
  /// Relations of `plan`, which must outlive it, as must `listener`, which may be null.
  PatternEngine(const patterns::Plan& plan, const std::vector<patterns::RelationId>& patterns, MatchListener* listener);

  [[nodiscard]] EngineResult make_result() const;

  /// Works on the rows of a track that `owners` says are of `shard`; of a null `owners`: on all. `result`, from
  /// make_result(), is cleared first.
  void work(const Track& track, const std::vector<ShardId>* owners, ShardId shard, EngineResult& result);

 private:
  struct Made {
    const patterns::PatternPlan* plan;
    std::shared_ptr<const nfa::RowLayout> layout;
    nfa::MatchRows rows;
    std::vector<std::uint32_t> emit_fields;    // where the values of `emit` go in the relation's layout
    std::vector<std::uint32_t> timeout_fields;
  };

  [[nodiscard]] std::span<const nfa::Engine::Arrival> own_rows(std::span<const nfa::Engine::Arrival> rows,
                                                               std::span<const ShardId> owners, ShardId shard);
  void on_match(const nfa::MatchView& match) override;
  static void set_plain_fields(const Made& made, const nfa::MatchView& match, nfa::Batch& batch, std::uint64_t* row);

  std::vector<Made> patterns_;
  MatchListener* listener_;
  nfa::EvalScratch scratch_;
  std::vector<nfa::Datum> items_;            // of the match at hand
  EngineResult* result_ = nullptr;           // of the pass at hand
  std::vector<nfa::Engine::Arrival> own_;    // of a run's rows those of the shard
  std::unique_ptr<nfa::Engine> engine_;
};

}    // namespace cepheid::runtime
