#include "runtime/shards/shards.hpp"

#include <thread>
#include <utility>

#include "runtime/shards/spsc_queue.hpp"

namespace cepheid::runtime {

struct Shards::Shard {
  std::vector<std::unique_ptr<PatternEngine>> engines;    // by group; null where it does not live here
  SpscQueue<ShardWork*> queue{kWorkInFlight};
  std::jthread thread;
};

Shards::Shards(const patterns::Plan& plan, std::vector<Group> groups, std::uint32_t count,
               const std::vector<MatchListener*>& listeners)
    : groups_(std::move(groups)) {
  for (std::uint32_t id = 0; id < count; ++id) {
    Shard& shard = *shards_.emplace_back(std::make_unique<Shard>());
    for (const Group& group : groups_) {
      const bool lives_here = !group.home || *group.home == id;
      MatchListener* listener = id < listeners.size() ? listeners[id] : nullptr;
      shard.engines.push_back(lives_here ? std::make_unique<PatternEngine>(plan, group.patterns, listener) : nullptr);
    }
  }
  for (std::uint32_t id = 0; id < count; ++id) {
    shards_[id]->thread = std::jthread([this, id] { run(static_cast<ShardId>(id)); });
  }
}

Shards::~Shards() {
  for (const std::unique_ptr<Shard>& shard : shards_) shard->queue.close();
}

void Shards::run(ShardId id) {
  Shard& shard = *shards_[id];
  while (const std::optional<ShardWork*> next = shard.queue.pop()) {
    ShardWork& work = **next;
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      const Group& group = groups_[i];
      if (shard.engines[i] == nullptr) continue;
      const Track& track = work.tracks[group.track];
      const std::vector<ShardId>* owners = group.home ? nullptr : &track.owners[group.route];
      shard.engines[i]->work(track, owners, id, work.results[i][id]);
    }
    if (work.working.fetch_sub(1, std::memory_order_acq_rel) == 1) work.working.notify_one();
  }
}

void Shards::prepare(ShardWork& work) const {
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    std::vector<EngineResult>& results = work.results.emplace_back();
    for (const std::unique_ptr<Shard>& shard : shards_) {
      results.push_back(shard->engines[i] == nullptr ? EngineResult() : shard->engines[i]->make_result());
    }
  }
}

void Shards::give(ShardWork& work) {
  work.working.store(static_cast<std::uint32_t>(shards_.size()), std::memory_order_relaxed);
  for (const std::unique_ptr<Shard>& shard : shards_) shard->queue.push(&work);
}

void Shards::wait(const ShardWork& work) {
  while (const std::uint32_t working = work.working.load(std::memory_order_acquire)) {
    work.working.wait(working, std::memory_order_acquire);
  }
}

}    // namespace cepheid::runtime
