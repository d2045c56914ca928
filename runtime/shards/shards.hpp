#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "patterns/plan/plan.hpp"
#include "runtime/operators/match_listener.hpp"
#include "runtime/shards/pattern_engine.hpp"
#include "runtime/shards/track.hpp"

namespace cepheid::runtime {

/// What shards are given for a pass, and what they give back in the same place. Reused.
struct ShardWork {
  std::vector<Track> tracks;                         // by list of inputs
  std::vector<std::vector<EngineResult>> results;    // by group of patterns, then shard; empty where it does not live
  std::atomic<std::uint32_t> working{0};             // shards that are not done
};

/// Threads, each with the engines of its part of the keys. All are given the same work, in the same order, through a
/// bounded queue each, and answer for themselves. Used by one thread.
class Shards {
 public:
  struct Group {
    std::vector<patterns::RelationId> patterns;
    std::size_t track = 0;          // that it reads
    std::size_t route = 0;          // of the track, by which its keys are spread; of no account with a home
    std::optional<ShardId> home;    // the one shard that has all its keys
  };

  /// `listeners`: by shard, called on its thread; none: nobody listens. `plan` and listeners must outlive it.
  Shards(const patterns::Plan& plan, std::vector<Group> groups, std::uint32_t count,
         const std::vector<MatchListener*>& listeners);
  /// What was given and is not done yet is done first.
  ~Shards();
  Shards(const Shards&) = delete;
  Shards& operator=(const Shards&) = delete;

  /// Makes room for results; once for each piece of work that is reused.
  void prepare(ShardWork& work) const;
  /// The tracks are read and the results written by the shards from here until it is done. Waits while the queue of a
  /// shard is full.
  void give(ShardWork& work);

  [[nodiscard]] static bool is_done(const ShardWork& work) { return work.working.load(std::memory_order_acquire) == 0; }
  static void wait(const ShardWork& work);

 private:
  struct Shard;
  void run(ShardId id);

  std::vector<Group> groups_;
  std::vector<std::unique_ptr<Shard>> shards_;
};

/// Pieces of work between the thread that gives them and a shard, at most: enough that neither waits for the other at
/// each, few enough that what they hold stays in the cache.
inline constexpr std::size_t kWorkInFlight = 4;

}    // namespace cepheid::runtime
