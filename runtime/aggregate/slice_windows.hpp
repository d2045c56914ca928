#pragma once

#include <algorithm>
#include <map>
#include <span>
#include <vector>

#include "runtime/aggregate/slice_grid.hpp"
#include "runtime/aggregate/windows.hpp"

namespace cepheid::runtime {

/// Tumbling, sliding and daily windows. A row is added to one slice of its key, however many windows that is part of;
/// when a window ends, each key's slices in it are put together. A slice is freed with the last window that it is part
/// of. Adding is O(1) but for rows that are behind: O(slices of the key after theirs); a window's end is O(slices in
/// it that have rows): they are gone through slice by slice, in the order in which they lie in memory, and added to a
/// sum for each key.
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
    // Slices of windows that have given their rows may be gone already.
    TimeMs from_ms = std::max(low_ms, low_ms_);
    find_open(key, from_ms);
    while (!path_.empty()) {
      const SliceGrid::Piece piece = grid_.piece_at(parts_.blocks.head(path_.back()).start_ms);
      while (const std::optional<TimeMs> end_ms = grid_.end_after(piece, from_ms)) {
        use(grid_.start_of(piece, *end_ms), *end_ms, put_together(*end_ms));
        drop_sum();
        from_ms = *end_ms;
      }
      path_.pop_back();
    }
  }

 private:
  /// Windows given at once, so that the waits for memory overlap.
  static constexpr std::size_t kGroup = 32;
  /// BlockHead::mark of a block whose key has a newer one.
  static constexpr std::uint32_t kHasNewer = 1;

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
  /// Gives the windows that end then, its slices being held. Windows that end by `gone_ms` are given for the last time.
  void give_window(TimeMs end_ms, TimeMs gone_ms, std::uint64_t sequence);
  // What give_window() does with each slice of the window, by kind: `is_last` says that no other window needs it.
  /// A window that is one slice.
  void give_slice(Slice& slice, const WindowResults& window, bool is_last);
  /// One of several slices, in which states are flat: adds them to the keys' sums.
  void add_to_sums(Slice& slice, TimeMs start_ms, bool is_last);
  /// One of several slices: gives the windows of the keys of which it is the first slice in it, key by key.
  void give_keys(const Slice& slice, const WindowResults& window);

  /// Gives the window of one key.
  void give(GroupId key, const WindowResults& window);
  /// Gives the windows of the keys in group_, with the states in states_.
  void give_group(const WindowResults& window);
  /// Gives the sums, and forgets them.
  void give_sums(const WindowResults& window);
  /// Sets path_ to the key's slices from `start_ms` on that begin before `end_ms`, the newest first.
  void find_path(GroupId key, TimeMs start_ms, TimeMs end_ms);
  /// Sets path_ to the key's slices that are part of windows that end after `from_ms`, the newest first.
  void find_open(GroupId key, TimeMs from_ms);
  /// The sum of the slices in path_ that begin before `end_ms`; drop_sum() after use.
  [[nodiscard]] const std::uint64_t* put_together(TimeMs end_ms);
  void drop_sum();
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
  Slice* recent_ = nullptr;                     // the slice that the last row went to
  std::vector<Slice*> row_slices_;              // of the rows taken, if windows may speak
  std::vector<BlockId> path_;                   // see find_path()
  std::vector<GroupId> group_;                  // keys whose windows are given at once
  std::vector<const std::uint64_t*> states_;    // of these windows
  std::vector<std::uint64_t> sums_;    // by key, of those in sum_keys_: what it has in the window that is given
  std::vector<GroupId> sum_keys_;      // in the order of their first rows in it
  std::vector<GroupId> refused_;       // keys of rows at hand that were not taken
  std::vector<std::vector<BlockId>> spare_lists_;
  TimeMs low_ms_ = kBeginOfTime;    // windows up to here have given their rows
  TimeMs alarm_ms_ = kEndOfTime;
  std::vector<std::uint64_t> sum_;    // see put_together()
};

}    // namespace cepheid::runtime
