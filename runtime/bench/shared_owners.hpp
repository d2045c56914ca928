#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runtime/shards/track.hpp"

namespace cepheid::runtime {

/// Which shard each of many events is of, by key route: found once, by the shards together. Events come in runs; each
/// run is found by one shard and used by all. Runs may be published and awaited by several threads at once.
class SharedOwners {
 public:
  static constexpr std::size_t kRunRows = 1024;

  SharedOwners(std::uint64_t rows, std::size_t routes)
      : rows_(rows),
        owners_(routes, std::vector<ShardId>(static_cast<std::size_t>(rows))),
        run_count_(static_cast<std::size_t>((rows + kRunRows - 1) / kRunRows)),
        published_(std::make_unique<std::atomic<std::uint32_t>[]>(run_count_)) {}

  [[nodiscard]] std::size_t runs() const { return run_count_; }
  [[nodiscard]] std::uint64_t begin_of(std::size_t run) const { return std::uint64_t{run} * kRunRows; }
  [[nodiscard]] std::uint64_t end_of(std::size_t run) const { return std::min(rows_, begin_of(run + 1)); }

  /// The owners of events [begin, end): to be written before their runs are published, and read after.
  [[nodiscard]] std::span<ShardId> owners(std::size_t route, std::uint64_t begin, std::uint64_t end) {
    return std::span(owners_[route]).subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
  }
  void publish(std::size_t run) {
    published_[run].store(1, std::memory_order_release);
    published_[run].notify_all();
  }
  /// Waits until the runs that have events [begin, end) are published.
  void wait(std::uint64_t begin, std::uint64_t end) const {
    for (std::size_t run = static_cast<std::size_t>(begin / kRunRows); begin_of(run) < end; ++run) {
      published_[run].wait(0, std::memory_order_acquire);
    }
  }

 private:
  std::uint64_t rows_;
  std::vector<std::vector<ShardId>> owners_;    // by route, then event
  std::size_t run_count_;
  std::unique_ptr<std::atomic<std::uint32_t>[]> published_;    // 0 or 1
};

}    // namespace cepheid::runtime
