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
  TimeMs older_start_ms = start_ms;
  while (older != kNoBlock) {
    const BlockHead& head = parts_.blocks.head(older);
    if (head.start_ms == start_ms) return older;
    if (head.start_ms < start_ms) {
      older_start_ms = head.start_ms;
      break;
    }
    newer = older;
    older = head.older_start_ms < head.start_ms ? head.older : kNoBlock;
    if (older != kNoBlock && head.older_start_ms < start_ms) {
      older_start_ms = head.older_start_ms;    // it may be gone, and is not looked at
      break;
    }
  }
  if (key.newest == kNoBlock) parts_.keys.wake(row.key);
  const BlockId id = parts_.blocks.make();
  BlockHead& head = parts_.blocks.head(id);
  head.older = older;
  head.key = row.key;
  head.start_ms = start_ms;
  head.end_ms = slice.piece.end_ms;
  head.older_start_ms = older_start_ms;
  head.first = row.arrival;
  if (newer == kNoBlock) {
    if (key.newest != kNoBlock) parts_.blocks.head(key.newest).mark = kHasNewer;
    key.newest = id;
  } else {
    head.mark = kHasNewer;
    parts_.blocks.head(newer).older = id;
    parts_.blocks.head(newer).older_start_ms = start_ms;
  }
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
    give(row.key, {.start_ms = grid_.start_of(piece, *end_ms),
                   .end_ms = *end_ms,
                   .time_ms = *end_ms - 1,
                   .sequence = row.sequence,
                   .keys = {},
                   .states = {}});
  }
}

void SliceWindows::give(GroupId key, const WindowResults& window) {
  find_path(key, window.start_ms, window.end_ms);
  group_.assign(1, key);
  states_.assign(1, put_together(window.end_ms));
  give_group(window);
  drop_sum();
}

void SliceWindows::give_group(const WindowResults& window) {
  WindowResults results = window;
  results.keys = group_;
  results.states = states_;
  parts_.reader.on_windows(results);
}

void SliceWindows::find_path(GroupId key, TimeMs start_ms, TimeMs end_ms) {
  path_.clear();
  for (BlockId id = parts_.keys[key].newest; id != kNoBlock;) {
    const BlockHead& head = parts_.blocks.head(id);
    if (head.start_ms < start_ms) break;
    if (head.start_ms < end_ms) path_.push_back(id);
    id = head.older_start_ms < head.start_ms && head.older_start_ms >= start_ms ? head.older : kNoBlock;
  }
}

void SliceWindows::find_open(GroupId key, TimeMs from_ms) {
  path_.clear();
  for (BlockId id = parts_.keys[key].newest; id != kNoBlock;) {
    const BlockHead& head = parts_.blocks.head(id);
    path_.push_back(id);
    const bool older = head.older_start_ms < head.start_ms && grid_.piece_at(head.older_start_ms).last_end_ms > from_ms;
    id = older ? head.older : kNoBlock;
  }
}

const std::uint64_t* SliceWindows::put_together(TimeMs end_ms) {
  const std::uint64_t* whole = parts_.blocks.state(path_.back());
  for (auto id = path_.rbegin() + 1; id != path_.rend() && parts_.blocks.head(*id).start_ms < end_ms; ++id) {
    if (whole != sum_.data()) {
      if (parts_.accumulators.is_flat()) {
        std::ranges::copy(std::span(whole, sum_.size()), sum_.begin());
      } else {
        parts_.accumulators.merge(sum_.data(), whole);
      }
      whole = sum_.data();
    }
    parts_.accumulators.merge(sum_.data(), parts_.blocks.state(*id));
  }
  return whole;
}

void SliceWindows::drop_sum() {
  // What is flat is written over the next time.
  if (!parts_.accumulators.is_flat()) parts_.accumulators.clear(sum_.data());
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
      low_ms_ = *end_ms;
      give_window(*end_ms, gone_ms, sequence);
      parts_.keys.sweep([this] { parts_.reader.between_windows(); });
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
  const bool summed = !grid_.one_slice_each() && parts_.accumulators.is_flat();
  WindowResults window{
      .start_ms = 0, .end_ms = end_ms, .time_ms = end_ms - 1, .sequence = sequence, .keys = {}, .states = {}};
  for (auto& [slice_start_ms, slice] : slices_) {
    if (slice_start_ms >= end_ms) break;
    const std::optional<TimeMs> its_end_ms = grid_.end_after(slice.piece, end_ms - 1);
    if (its_end_ms != end_ms) continue;
    window.start_ms = grid_.start_of(slice.piece, end_ms);
    // No window to come needs its blocks: each is freed while it is at hand.
    const bool is_last = slice.piece.last_end_ms == end_ms && end_ms <= gone_ms;
    if (summed) {
      add_to_sums(slice, window.start_ms, is_last);
    } else if (grid_.one_slice_each()) {
      give_slice(slice, window, is_last);
    } else {
      give_keys(slice, window);
      continue;    // its blocks are part of what keys of other slices have in this window
    }
    if (is_last) slice.blocks.clear();
  }
  if (summed) give_sums(window);
}

void SliceWindows::give_slice(Slice& slice, const WindowResults& window, bool is_last) {
  constexpr std::size_t kAhead = 16;
  const std::vector<BlockId>& blocks = slice.blocks;
  std::size_t next = 0;
  while (next < blocks.size()) {
    const std::size_t begin = next;
    group_.clear();
    states_.clear();
    for (; next < blocks.size() && group_.size() < kGroup; ++next) {
      if (next + kAhead < blocks.size()) parts_.blocks.prefetch(blocks[next + kAhead]);
      const GroupId key = parts_.blocks.head(blocks[next]).key;
      parts_.keys.prefetch(key);
      group_.push_back(key);
      states_.push_back(parts_.blocks.state(blocks[next]));
    }
    give_group(window);
    if (is_last) {
      for (std::size_t i = begin; i < next; ++i) free_block(blocks[i]);
    }
    parts_.reader.between_windows();
  }
}

void SliceWindows::add_to_sums(Slice& slice, TimeMs start_ms, bool is_last) {
  constexpr std::size_t kAhead = 16;
  const std::size_t words = parts_.accumulators.words();
  if (sums_.size() < parts_.keys.places() * words) sums_.resize(parts_.keys.places() * words);
  const std::vector<BlockId>& blocks = slice.blocks;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (i + 2 * kAhead < blocks.size()) parts_.blocks.prefetch(blocks[i + 2 * kAhead]);
    if (i + kAhead < blocks.size()) {
      __builtin_prefetch(sums_.data() + parts_.blocks.head(blocks[i + kAhead]).key * words, 1);
    }
    const BlockHead& head = parts_.blocks.head(blocks[i]);
    const std::uint64_t* const state = parts_.blocks.state(blocks[i]);
    std::uint64_t* const sum = sums_.data() + head.key * words;
    if (head.older_start_ms < start_ms || head.older_start_ms == head.start_ms) {
      sum_keys_.push_back(head.key);
      for (std::size_t word = 0; word < words; ++word) sum[word] = state[word];
    } else {
      parts_.accumulators.merge(sum, state);
    }
    if (is_last) free_block(blocks[i]);
    if (i % kGroup == 0) parts_.reader.between_windows();
  }
}

void SliceWindows::give_sums(const WindowResults& window) {
  const std::size_t words = parts_.accumulators.words();
  for (std::size_t begin = 0; begin < sum_keys_.size(); begin += kGroup) {
    const std::size_t end = std::min(begin + kGroup, sum_keys_.size());
    group_.assign(sum_keys_.begin() + static_cast<std::ptrdiff_t>(begin),
                  sum_keys_.begin() + static_cast<std::ptrdiff_t>(end));
    states_.clear();
    for (const GroupId key : group_) states_.push_back(sums_.data() + key * words);
    give_group(window);
    parts_.reader.between_windows();
  }
  sum_keys_.clear();
}

void SliceWindows::give_keys(const Slice& slice, const WindowResults& window) {
  for (const BlockId id : slice.blocks) {
    const BlockHead& head = parts_.blocks.head(id);
    if (head.older_start_ms < window.start_ms || head.older_start_ms == head.start_ms) give(head.key, window);
    parts_.reader.between_windows();
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
  // Slices are freed in the order of time: the older ones are gone, and a newer one knows by its times that this is.
  const BlockHead& head = parts_.blocks.head(id);
  if (head.mark != kHasNewer) {
    parts_.keys[head.key].newest = kNoBlock;
    parts_.keys.rest_unused(head.key);
  }
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
