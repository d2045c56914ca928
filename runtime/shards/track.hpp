#pragma once

#include <cstdint>
#include <vector>

#include "cepheid/time.hpp"
#include "nfa/row/layout.hpp"

namespace cepheid::runtime {

/// Position of a shard.
using ShardId = std::uint16_t;

inline constexpr std::uint32_t kMaxShards = 1024;

/// What the engines over one list of inputs see in a pass: rows and watermark moves of all inputs in one order, without
/// late rows. All shards read the same track; each takes the rows that are its own, and every watermark move, since
/// the timers of its keys depend on when time came how far.
struct Track {
  struct Item {
    nfa::Row row;    // null: only the watermark moves
    TimeMs time_ms;
    TimeMs low_after_ms;    // the input's watermark right after it; kBeginOfTime: as before
    std::uint64_t sequence;
    std::uint32_t input;
  };
  /// How far the smallest watermark of the inputs has come: what rows made of these may be as old as.
  struct Advance {
    std::uint64_t sequence;
    TimeMs low_ms;
  };
  std::vector<Item> items;
  std::vector<Advance> advances;
  /// By key route (TrackBuilder): the shard of each item's row; of an item without a row anything.
  std::vector<std::vector<ShardId>> owners;

  void clear() {
    items.clear();
    advances.clear();
    for (std::vector<ShardId>& route : owners) route.clear();
  }
};

}    // namespace cepheid::runtime
