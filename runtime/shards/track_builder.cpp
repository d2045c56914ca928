#include "runtime/shards/track_builder.hpp"

#include <algorithm>
#include <utility>

namespace cepheid::runtime {

namespace {

std::vector<const nfa::Batch*> batches_of(const std::vector<TrackBuilder::Input>& inputs) {
  std::vector<const nfa::Batch*> batches;
  for (const TrackBuilder::Input& input : inputs) batches.push_back(input.batch);
  return batches;
}

}    // namespace

TrackBuilder::TrackBuilder(const std::vector<Input>& inputs, std::vector<KeyRoute> routes, LateMarks& marks)
    : inputs_(inputs),
      routes_(std::move(routes)),
      marks_(marks),
      merge_(batches_of(inputs)),
      lows_(inputs.size(), kBeginOfTime) {}

void TrackBuilder::build(Track& track) {
  track.clear();
  track.owners.resize(routes_.size());
  for (KeyRoute& route : routes_) route.end_run_of_rows();
  merge_.walk([&](std::size_t input, const nfa::Batch& batch, std::size_t i) { take_row(track, input, batch, i); },
              [&](std::size_t input, const nfa::Batch::Advance& advance) { take_advance(track, input, advance); });
}

void TrackBuilder::take_row(Track& track, std::size_t input, const nfa::Batch& batch, std::size_t i) {
  const TimeMs time_ms = batch.time_ms(i);
  const std::uint64_t sequence = batch.sequence(i);
  const bool late = time_ms < lows_[input];
  if (inputs_[input].of_source) marks_.note(sequence, !late);
  if (late) return;
  // Told at once how far the row moves its stream, an engine need not keep a copy of it. A move that another row caused
  // (one that was filtered out) is another item.
  const nfa::Batch::Advance* next = merge_.advance_after_row(input);
  const bool moves = next != nullptr && next->sequence == sequence && next->low_ms > lows_[input];
  track.items.push_back({.row = batch.row(i),
                         .time_ms = time_ms,
                         .low_after_ms = moves ? next->low_ms : kBeginOfTime,
                         .sequence = sequence,
                         .input = static_cast<std::uint32_t>(input)});
  for (std::size_t route = 0; route < routes_.size(); ++route) {
    track.owners[route].push_back(routes_[route].shard_of(static_cast<std::uint32_t>(input), batch.row(i), time_ms));
  }
  if (moves) move_low(track, input, next->low_ms, sequence);
}

void TrackBuilder::take_advance(Track& track, std::size_t input, const nfa::Batch::Advance& advance) {
  if (advance.low_ms <= lows_[input]) return;
  track.items.push_back({.row = nullptr,
                         .time_ms = 0,
                         .low_after_ms = advance.low_ms,
                         .sequence = advance.sequence,
                         .input = static_cast<std::uint32_t>(input)});
  for (std::vector<ShardId>& owners : track.owners) owners.push_back(0);
  move_low(track, input, advance.low_ms, advance.sequence);
}

void TrackBuilder::move_low(Track& track, std::size_t input, TimeMs low_ms, std::uint64_t sequence) {
  lows_[input] = low_ms;
  const TimeMs joint = *std::ranges::min_element(lows_);
  if (joint <= joint_low_ms_) return;
  joint_low_ms_ = joint;
  track.advances.push_back({.sequence = sequence, .low_ms = joint});
}

}    // namespace cepheid::runtime
