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

Track::Run& begin_run(Track& track, std::size_t input) {
  return track.runs.emplace_back(Track::Run{static_cast<std::uint32_t>(input), track.rows.size(), track.moves.size()});
}

/// The run that the next row or move of `input` goes to.
Track::Run& run_of(Track& track, std::size_t input) {
  return track.runs.empty() || track.runs.back().input != input ? begin_run(track, input) : track.runs.back();
}

void add_move(Track& track, Track::Run& run, const nfa::Batch::Advance& advance) {
  track.moves.push_back({.sequence = advance.sequence, .low_ms = advance.low_ms});
  run.moves_end = track.moves.size();
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
  // (one that was filtered out) stands by itself.
  const nfa::Batch::Advance* next = merge_.advance_after_row(input);
  const bool moves = next != nullptr && next->sequence == sequence && next->low_ms > lows_[input];
  Track::Run* run = &run_of(track, input);
  // Only where a row comes to the patterns by several ways.
  if (!track.moves.empty() && track.moves.back().sequence >= sequence) run = &begin_run(track, input);
  track.rows.push_back({.row = batch.row(i),
                        .time_ms = time_ms,
                        .low_after_ms = moves ? next->low_ms : lows_[input],
                        .sequence = sequence});
  run->rows_end = track.rows.size();
  for (std::size_t route = 0; route < routes_.size(); ++route) {
    track.owners[route].push_back(routes_[route].shard_of(static_cast<std::uint32_t>(input), batch.row(i), time_ms));
  }
  if (!moves) return;
  // A shard that does not have the row has to know of its move.
  if (!routes_.empty()) add_move(track, *run, *next);
  move_low(track, input, next->low_ms, sequence);
}

void TrackBuilder::take_advance(Track& track, std::size_t input, const nfa::Batch::Advance& advance) {
  if (advance.low_ms <= lows_[input]) return;
  add_move(track, run_of(track, input), advance);
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
