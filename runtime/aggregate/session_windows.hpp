#pragma once

#include <queue>
#include <span>
#include <vector>

#include "runtime/aggregate/windows.hpp"

namespace cepheid::runtime {

/// Sessions: a row makes [t, t + gap), windows of a key that overlap or touch become one. A row that would be late by
/// itself counts in a session that is still there. A key's sessions do not overlap and are kept in order; adding to the
/// newest is O(1), timers are O(log sessions), set anew only when they have come.
class SessionWindows {
 public:
  SessionWindows(DurationMs gap_ms, WindowWish wish, WindowParts parts);

  /// The first time at which add() of a row with this time makes alarm_ms() earlier, at the most.
  [[nodiscard]] TimeMs alarm_of(TimeMs time_ms) const { return add_saturated(time_ms, gap_ms_); }
  /// At most GroupKeys::kBlock rows, their keys found.
  void add(std::span<InputRow> rows);
  /// Something may be to be given or freed when the watermark gets here.
  [[nodiscard]] TimeMs alarm_ms() const { return timers_.empty() ? kEndOfTime : timers_.top().at_ms; }
  void advance(TimeMs low_ms, std::uint64_t sequence);

  /// Calls `use(start, end, state)` for each session of a key that has not ended by `low_ms`.
  template <typename Use>
  void each_open(GroupId key, TimeMs low_ms, Use&& use) {
    for (BlockId id = parts_.keys[key].oldest; id != kNoBlock; id = parts_.blocks.head(id).newer) {
      const BlockHead& head = parts_.blocks.head(id);
      if (head.end_ms > low_ms) use(head.start_ms, head.end_ms, parts_.blocks.state(id));
    }
  }

 private:
  /// Looks at a session again. BlockHead::mark says which of those that a block has been it is for, and whether it is
  /// to be given or freed.
  struct Timer {
    TimeMs at_ms;
    std::uint64_t first;    // arrival of the session's first row when set: equal times in that order
    BlockId block;
    std::uint32_t mark;

    friend bool operator>(const Timer& a, const Timer& b) {
      return a.at_ms != b.at_ms ? a.at_ms > b.at_ms : a.first > b.first;
    }
  };
  // Lowest bit of a mark: the session has given its row and waits to be freed; the others number sessions.
  static constexpr std::uint32_t kGiven = 1;

  /// The session that the row is part of from now on; kNoBlock if it is late.
  [[nodiscard]] BlockId session_for(const InputRow& row);
  /// A number for a session, kGiven not set.
  [[nodiscard]] std::uint32_t new_mark();
  /// A session's next newer neighbour is put into it.
  void swallow_newer(BlockId id);
  void set_timer(BlockId id);
  void give(BlockId id, std::uint64_t sequence);
  void free_session(BlockId id);

  DurationMs gap_ms_;
  WindowWish wish_;
  WindowParts parts_;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  std::uint32_t next_mark_ = 0;
  std::vector<GroupId> refused_;    // keys of rows at hand that were not taken
};

}    // namespace cepheid::runtime
