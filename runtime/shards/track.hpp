#pragma once

#include <cstdint>
#include <vector>

#include "cepheid/time.hpp"
#include "nfa/engine/engine.hpp"

namespace cepheid::runtime {

/// Position of a shard.
using ShardId = std::uint16_t;

inline constexpr std::uint32_t kMaxShards = 1024;

/// What the engines over one list of inputs see in a pass: rows and watermark moves of all inputs in one order, without
/// late rows. All shards read the same track; each takes the rows that are its own, and every watermark move, since
/// the timers of its keys depend on when time came how far.
struct Track {
  /// Rows and moves of one input up to these positions, from where the run before it ends: by sequence, of equal ones
  /// the row first.
  struct Run {
    std::uint32_t input;
    std::size_t rows_end;
    std::size_t moves_end;
  };
  /// How far the smallest watermark of the inputs has come: what rows made of these may be as old as.
  struct Advance {
    std::uint64_t sequence;
    TimeMs low_ms;
  };
  std::vector<Run> runs;
  std::vector<nfa::Engine::Arrival> rows;
  /// Those that a row brings about are noted with the row, and here as well if there are key routes.
  std::vector<nfa::Engine::Move> moves;
  std::vector<Advance> advances;
  /// By key route (TrackBuilder): the shard of each row.
  std::vector<std::vector<ShardId>> owners;

  void clear() {
    runs.clear();
    rows.clear();
    moves.clear();
    advances.clear();
    for (std::vector<ShardId>& route : owners) route.clear();
  }
};

}    // namespace cepheid::runtime
