#include "runtime/aggregate/slice_windows.hpp"

#include <algorithm>
#include <utility>

namespace cepheid::runtime {

SliceWindows::SliceWindows(const patterns::WindowPlan& plan, WindowWish wish, WindowParts parts)
    : grid_(plan),
      wish_(wish),
      speaks_(wish.allowed_lateness != 0 || wish.on_each_row),
      parts_(parts),
      row_slices_(GroupKeys::kBlock),
      sum_(parts.accumulators.words()) {}

bool SliceWindows::find_slice(const InputRow& row) {
  const SliceGrid::Piece piece = grid_.piece_at(row.time_ms);
  const TimeMs gone_ms = add_saturated(piece.last_end_ms, wish_.allowed_lateness);
  const auto found = slices_.find(piece.start_ms);
  if (found != slices_.end()) {
    recent_ = &found->second;
  } else {
    if (gone_ms <= row.low_ms) return false;
    if (piece.last_end_ms < piece.first_end_ms) return false;
    recent_ = &slices_[piece.start_ms];
    recent_->piece = piece;
    recent_->gone_ms = gone_ms;
    if (!spare_lists_.empty()) {
      recent_->blocks = std::move(spare_lists_.back());
      spare_lists_.pop_back();
    }
  }
  return true;
}

BlockId SliceWindows::block_for(Slice& slice, const InputRow& row) {
  GroupKeys::Key& key = parts_.keys[row.key];
  const TimeMs start_ms = slice.piece.start_ms;
  BlockId newer = kNoBlock;
  BlockId older = key.newest;
  while (older != kNoBlock) {
    const BlockHead& head = parts_.blocks.head(older);
    if (head.start_ms == start_ms) return older;
    if (head.start_ms < start_ms) break;
    newer = older;
    older = head.older;
  }
  if (older == kNoBlock && newer == kNoBlock) parts_.keys.wake(row.key);
  const BlockId id = parts_.blocks.make();
  BlockHead& head = parts_.blocks.head(id);
  head.older = older;
  head.newer = newer;
  head.key = row.key;
  head.start_ms = start_ms;
  head.end_ms = slice.piece.end_ms;
  head.first = row.arrival;
  head.older_start_ms = older == kNoBlock ? start_ms : parts_.blocks.head(older).start_ms;
  if (newer != kNoBlock) parts_.blocks.head(newer).older_start_ms = start_ms;
  (older == kNoBlock ? key.oldest : parts_.blocks.head(older).newer) = id;
  (newer == kNoBlock ? key.newest : parts_.blocks.head(newer).older) = id;
  slice.blocks.push_back(id);
  return id;
}

void SliceWindows::add(std::span<InputRow> rows) {
  for (const InputRow& row : rows) {
    const BlockId newest = parts_.keys[row.key].newest;
    if (newest != kNoBlock) parts_.blocks.prefetch(newest);
  }
  std::size_t taken = 0;
  refused_.clear();
  for (const InputRow& row : rows) {
    // What was to be given up to here was given: what ends before is over for this row.
    low_ms_ = std::max(low_ms_, row.low_ms);
    Slice* const slice = slice_for(row);
    // A row between windows that do not meet is in none, but late only if its own time is.
    const bool late = slice == nullptr && add_saturated(row.time_ms, wish_.allowed_lateness) < row.low_ms;
    if (parts_.marks != nullptr && row.of_source && (slice != nullptr || late)) parts_.marks->note(row.sequence, !late);
    if (slice == nullptr) {
      refused_.push_back(row.key);
      continue;
    }
    InputRow& kept = rows[taken];
    if (&kept != &row) kept = row;
    kept.state = parts_.blocks.state(block_for(*slice, kept));
    if (speaks_) row_slices_[taken] = slice;
    ++taken;
  }
  for (const GroupId key : refused_) parts_.keys.release_unused(key);
  set_alarm();
  const std::span<InputRow> all = rows.first(taken);
  if (!speaks_) {
    parts_.accumulators.add(all, parts_.scratch);
    return;
  }
  for (std::size_t i = 0; i < taken; ++i) {
    parts_.accumulators.add(all.subspan(i, 1), parts_.scratch);
    give_changed(all[i], row_slices_[i]->piece);
  }
}

void SliceWindows::give_changed(const InputRow& row, const SliceGrid::Piece& piece) {
  // Windows that are gone do not change; without `on_each_row` those to come give their row when they end.
  const TimeMs gone_ms = subtract_saturated(row.low_ms, wish_.allowed_lateness);
  const TimeMs until_ms = wish_.on_each_row ? piece.last_end_ms : std::min(piece.last_end_ms, row.low_ms);
  for (std::optional<TimeMs> end_ms = grid_.end_after(piece, gone_ms); end_ms && *end_ms <= until_ms;
       end_ms = grid_.end_after(piece, *end_ms)) {
    give(row.key, grid_.start_of(piece, *end_ms), *end_ms, row.sequence);
  }
}

void SliceWindows::give(GroupId key, TimeMs start_ms, TimeMs end_ms, std::uint64_t sequence) {
  BlockId first = parts_.keys[key].newest;
  while (first != kNoBlock && parts_.blocks.head(first).start_ms >= end_ms) first = parts_.blocks.head(first).older;
  for (BlockId older = first; older != kNoBlock && parts_.blocks.head(older).start_ms >= start_ms;
       older = parts_.blocks.head(older).older) {
    first = older;
  }
  put_together(first, end_ms);
  parts_.reader.on_window({.key = key,
                           .start_ms = start_ms,
                           .end_ms = end_ms,
                           .state = whole_,
                           .time_ms = end_ms - 1,
                           .sequence = sequence});
  drop_whole();
}

void SliceWindows::put_together(BlockId first, TimeMs end_ms) {
  const auto next_of = [&](BlockId id) {
    const BlockId next = parts_.blocks.head(id).newer;
    return next != kNoBlock && parts_.blocks.head(next).start_ms < end_ms ? next : kNoBlock;
  };
  whole_ = parts_.blocks.state(first);
  BlockId next = next_of(first);
  if (next == kNoBlock) return;
  if (parts_.accumulators.is_flat()) {
    std::ranges::copy(std::span(whole_, sum_.size()), sum_.begin());
  } else {
    parts_.accumulators.merge(sum_.data(), whole_);
  }
  whole_ = sum_.data();
  for (; next != kNoBlock; next = next_of(next)) parts_.accumulators.merge(sum_.data(), parts_.blocks.state(next));
}

void SliceWindows::drop_whole() {
  // What is flat is written over the next time.
  if (whole_ == sum_.data() && !parts_.accumulators.is_flat()) parts_.accumulators.clear(sum_.data());
}

void SliceWindows::advance(TimeMs low_ms, std::uint64_t sequence) {
  const TimeMs gone_ms = low_ms == kEndOfTime ? low_ms : subtract_saturated(low_ms, wish_.allowed_lateness);
  if (!wish_.on_each_row) {
    for (;;) {
      // The next window to end is one of the first slice that has windows to come.
      std::optional<TimeMs> end_ms;
      for (auto& [start_ms, slice] : slices_) {
        end_ms = grid_.end_after(slice.piece, low_ms_);
        if (end_ms) break;
      }
      if (!end_ms || *end_ms > low_ms) break;
      give_window(*end_ms, gone_ms, sequence);
      low_ms_ = *end_ms;
      parts_.keys.sweep();
      // Slices that no window to come needs are freed as time goes, so that no more memory is held than is needed.
      free_slices_until(std::min(gone_ms, low_ms_));
    }
  }
  low_ms_ = std::max(low_ms_, low_ms);
  free_slices_until(gone_ms);
  if (slices_.empty()) parts_.keys.end_rests();
  set_alarm();
}

void SliceWindows::free_slices_until(TimeMs gone_ms) {
  while (!slices_.empty() && slices_.begin()->second.piece.last_end_ms <= gone_ms) {
    free_slice(slices_.begin()->second);
    slices_.erase(slices_.begin());
  }
}

void SliceWindows::give_window(TimeMs end_ms, TimeMs gone_ms, std::uint64_t sequence) {
  for (auto& [slice_start_ms, slice] : slices_) {
    if (slice_start_ms >= end_ms) break;
    const std::optional<TimeMs> its_end_ms = grid_.end_after(slice.piece, end_ms - 1);
    if (its_end_ms != end_ms) continue;
    const TimeMs start_ms = grid_.start_of(slice.piece, end_ms);
    // No window to come needs its blocks: each is freed while it is at hand.
    const bool is_last = slice.piece.last_end_ms == end_ms && end_ms <= gone_ms;
    std::size_t next = 0;
    while (next < slice.blocks.size()) {
      next = find_group(slice.blocks, next, start_ms, is_last);
      fetch_group(end_ms);
      for (const BlockId id : group_) {
        put_together(id, end_ms);
        parts_.reader.on_window({.key = parts_.blocks.head(id).key,
                                 .start_ms = start_ms,
                                 .end_ms = end_ms,
                                 .state = whole_,
                                 .time_ms = end_ms - 1,
                                 .sequence = sequence});
        drop_whole();
        if (is_last) free_block(id);
      }
      parts_.reader.between_windows();
    }
    if (is_last) slice.blocks.clear();
  }
}

std::size_t SliceWindows::find_group(const std::vector<BlockId>& blocks, std::size_t next, TimeMs start_ms,
                                     bool is_last) {
  constexpr std::size_t kAhead = 16;
  group_.clear();
  for (; next < blocks.size() && group_.size() < kGroup; ++next) {
    if (next + kAhead < blocks.size()) parts_.blocks.prefetch(blocks[next + kAhead]);
    // A key's window is given where its first slice in it is met (which may be freed by then).
    const BlockHead& head = parts_.blocks.head(blocks[next]);
    if (head.older_start_ms < start_ms || head.older_start_ms == head.start_ms) {
      group_.push_back(blocks[next]);
    } else if (is_last) {
      free_block(blocks[next]);
    }
  }
  return next;
}

void SliceWindows::fetch_group(TimeMs end_ms) {
  for (const BlockId id : group_) parts_.keys.prefetch(parts_.blocks.head(id).key);
  if (grid_.one_slice_each()) return;
  // Step by step along all the keys' lists at once: so memory is asked for many blocks at a time.
  steps_ = group_;
  while (!steps_.empty()) {
    std::size_t left = 0;
    for (const BlockId id : steps_) {
      const BlockHead& head = parts_.blocks.head(id);
      if (head.newer == kNoBlock || head.start_ms >= end_ms) continue;
      parts_.blocks.prefetch(head.newer);
      steps_[left++] = head.newer;
    }
    steps_.resize(left);
  }
}

void SliceWindows::free_slice(Slice& slice) {
  if (recent_ == &slice) recent_ = nullptr;
  for (const BlockId id : slice.blocks) {
    free_block(id);
    parts_.reader.between_windows();
  }
  // Its list is used again; one is enough for the next slice, one for a late one.
  slice.blocks.clear();
  if (spare_lists_.size() < 2) spare_lists_.push_back(std::move(slice.blocks));
}

void SliceWindows::free_block(BlockId id) {
  const BlockHead& head = parts_.blocks.head(id);
  GroupKeys::Key& key = parts_.keys[head.key];
  (head.older == kNoBlock ? key.oldest : parts_.blocks.head(head.older).newer) = head.newer;
  (head.newer == kNoBlock ? key.newest : parts_.blocks.head(head.newer).older) = head.older;
  parts_.keys.rest_unused(head.key);
  parts_.blocks.free(id);
}

void SliceWindows::set_alarm() {
  alarm_ms_ = kEndOfTime;
  if (slices_.empty()) return;
  alarm_ms_ = add_saturated(slices_.begin()->second.piece.last_end_ms, wish_.allowed_lateness);
  if (wish_.on_each_row) return;
  for (const auto& [start_ms, slice] : slices_) {
    if (const std::optional<TimeMs> end_ms = grid_.end_after(slice.piece, low_ms_)) {
      alarm_ms_ = std::min(alarm_ms_, *end_ms);
      break;
    }
  }
}

}    // namespace cepheid::runtime
