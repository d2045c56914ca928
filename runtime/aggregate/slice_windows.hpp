#pragma once

#include <map>
#include <span>
#include <vector>

#include "runtime/aggregate/slice_grid.hpp"
#include "runtime/aggregate/windows.hpp"

namespace cepheid::runtime {

/// Tumbling, sliding and daily windows. A row is added to one slice of its key, however many windows that is part of;
/// when a window ends, each key's slices in it are put together. A slice is freed with the last window that it is part
/// of. Adding is O(1) but for rows that are behind: O(slices of the key after theirs); a window's end is O(slices in
/// it that have rows).
class SliceWindows {
 public:
  SliceWindows(const patterns::WindowPlan& plan, WindowWish wish, WindowParts parts);

  /// The first time at which add() of a row with this time makes alarm_ms() earlier, at the most.
  [[nodiscard]] TimeMs alarm_of(TimeMs time_ms) {
    if (time_ms < last_.start_ms || time_ms >= last_.end_ms) last_ = grid_.piece_at(time_ms);
    return last_.first_end_ms;
  }
  /// At most GroupKeys::kBlock rows, their keys found.
  void add(std::span<InputRow> rows);
  /// Something is to be given or freed when the watermark gets here.
  [[nodiscard]] TimeMs alarm_ms() const { return alarm_ms_; }
  void advance(TimeMs low_ms, std::uint64_t sequence);

  /// Calls `use(start, end, state)` for each window of a key that has not ended by `low_ms` and has rows.
  template <typename Use>
  void each_open(GroupId key, TimeMs low_ms, Use&& use) {
    TimeMs from_ms = low_ms;
    for (BlockId id = parts_.keys[key].oldest; id != kNoBlock; id = parts_.blocks.head(id).newer) {
      const SliceGrid::Piece piece = grid_.piece_at(parts_.blocks.head(id).start_ms);
      while (const std::optional<TimeMs> end_ms = grid_.end_after(piece, from_ms)) {
        const TimeMs start_ms = grid_.start_of(piece, *end_ms);
        put_together(id, *end_ms);
        use(start_ms, *end_ms, whole_);
        drop_whole();
        from_ms = *end_ms;
      }
    }
  }

 private:
  /// Windows given at once, so that the waits for memory overlap.
  static constexpr std::size_t kGroup = 32;

  struct Slice {
    SliceGrid::Piece piece;
    TimeMs gone_ms = 0;             // from this watermark on its rows are late
    std::vector<BlockId> blocks;    // in the order of making
  };
  using Slices = std::map<TimeMs, Slice>;    // by start

  /// Null: the row is late, or in no window.
  [[nodiscard]] Slice* slice_for(const InputRow& row) {
    const bool again =
        recent_ != nullptr && row.time_ms >= recent_->piece.start_ms && row.time_ms < recent_->piece.end_ms;
    if (!again && !find_slice(row)) return nullptr;
    return recent_->gone_ms <= row.low_ms ? nullptr : recent_;
  }
  /// Sets recent_; false: there is none and none is needed.
  bool find_slice(const InputRow& row);
  [[nodiscard]] BlockId block_for(Slice& slice, const InputRow& row);
  /// Rows that windows give because of a row: those that have ended, or all.
  void give_changed(const InputRow& row, const SliceGrid::Piece& piece);
  /// `gone_ms`: windows that end by then are given for the last time.
  void give_window(TimeMs end_ms, TimeMs gone_ms, std::uint64_t sequence);
  /// Sets group_ to the next blocks, from the one at `next` on, that are the first of their key in a window that begins
  /// at `start_ms`; with `is_last` the others are freed. Where to go on.
  std::size_t find_group(const std::vector<BlockId>& blocks, std::size_t next, TimeMs start_ms, bool is_last);
  /// Fetches what giving the windows of group_ will need.
  void fetch_group(TimeMs end_ms);
  void give(GroupId key, TimeMs start_ms, TimeMs end_ms, std::uint64_t sequence);
  /// Sets `whole_` to the sum of the key's blocks from `first` on that begin before `end_ms`; drop_whole() after use.
  void put_together(BlockId first, TimeMs end_ms);
  void drop_whole();
  /// Those whose windows have all ended by then.
  void free_slices_until(TimeMs gone_ms);
  void free_slice(Slice& slice);
  void free_block(BlockId id);
  void set_alarm();

  SliceGrid grid_;
  WindowWish wish_;
  bool speaks_;    // windows may give rows because of a row
  WindowParts parts_;
  SliceGrid::Piece last_ = {.start_ms = 0, .end_ms = 0};
  Slices slices_;
  Slice* recent_ = nullptr;           // the slice that the last row went to
  std::vector<Slice*> row_slices_;    // of the rows taken, if windows may speak
  std::vector<BlockId> group_;        // see find_group()
  std::vector<BlockId> steps_;        // of fetch_group()
  std::vector<GroupId> refused_;      // keys of rows at hand that were not taken
  std::vector<std::vector<BlockId>> spare_lists_;
  TimeMs low_ms_ = kBeginOfTime;    // windows up to here have given their rows
  TimeMs alarm_ms_ = kEndOfTime;
  std::vector<std::uint64_t> sum_;
  const std::uint64_t* whole_ = nullptr;
};

}    // namespace cepheid::runtime
