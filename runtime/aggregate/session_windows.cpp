#include "runtime/aggregate/session_windows.hpp"

#include <algorithm>

namespace cepheid::runtime {

SessionWindows::SessionWindows(DurationMs gap_ms, WindowWish wish, WindowParts parts)
    : gap_ms_(gap_ms), wish_(wish), parts_(parts) {}

void SessionWindows::add(std::span<InputRow> rows) {
  for (const InputRow& row : rows) {
    const BlockId newest = parts_.keys[row.key].newest;
    if (newest != kNoBlock) parts_.blocks.prefetch(newest);
  }
  refused_.clear();
  for (InputRow& row : rows) {
    const BlockId id = session_for(row);
    if (parts_.marks != nullptr && row.of_source) parts_.marks->note(row.sequence, id != kNoBlock);
    if (id == kNoBlock) {
      refused_.push_back(row.key);
      continue;
    }
    // One by one: the next row may put this session into another one.
    row.state = parts_.blocks.state(id);
    parts_.accumulators.add({&row, 1}, parts_.scratch);
    if (wish_.on_each_row || parts_.blocks.head(id).end_ms <= row.low_ms) give(id, row.sequence);
  }
  for (const GroupId key : refused_) parts_.keys.release_unused(key);
}

BlockId SessionWindows::session_for(const InputRow& row) {
  const TimeMs end_ms = add_saturated(row.time_ms, gap_ms_);
  GroupKeys::Key& key = parts_.keys[row.key];
  BlockId newer = kNoBlock;
  BlockId id = key.newest;
  while (id != kNoBlock && parts_.blocks.head(id).start_ms > end_ms) {
    newer = id;
    id = parts_.blocks.head(id).older;
  }
  if (id != kNoBlock && parts_.blocks.head(id).end_ms >= row.time_ms) {
    while (parts_.blocks.head(id).older != kNoBlock &&
           parts_.blocks.head(parts_.blocks.head(id).older).end_ms >= row.time_ms) {
      id = parts_.blocks.head(id).older;
      swallow_newer(id);
    }
    BlockHead& head = parts_.blocks.head(id);
    head.start_ms = std::min(head.start_ms, row.time_ms);
    head.end_ms = std::max(head.end_ms, end_ms);
    // One that has given its row gives it again at its new end; the timer of any other finds the end when it comes.
    if ((head.mark & kGiven) != 0 && head.end_ms > row.low_ms) {
      head.mark = new_mark();
      set_timer(id);
    }
    return id;
  }
  if (add_saturated(end_ms, wish_.allowed_lateness) <= row.low_ms) return kNoBlock;
  const BlockId older = id;
  id = parts_.blocks.make();
  BlockHead& head = parts_.blocks.head(id);
  head.older = older;
  head.newer = newer;
  head.key = row.key;
  head.start_ms = row.time_ms;
  head.end_ms = end_ms;
  head.first = row.arrival;
  // One that has ended already is given with this row.
  head.mark = new_mark() | (end_ms <= row.low_ms ? kGiven : 0);
  (older == kNoBlock ? key.oldest : parts_.blocks.head(older).newer) = id;
  (newer == kNoBlock ? key.newest : parts_.blocks.head(newer).older) = id;
  set_timer(id);
  return id;
}

std::uint32_t SessionWindows::new_mark() {
  next_mark_ += 2;
  if (next_mark_ == 0) next_mark_ = 2;    // 0 is of no session, also when all numbers have been used once
  return next_mark_;
}

void SessionWindows::swallow_newer(BlockId id) {
  BlockHead& head = parts_.blocks.head(id);
  const BlockId newer = head.newer;
  BlockHead& from = parts_.blocks.head(newer);
  head.end_ms = std::max(head.end_ms, from.end_ms);
  head.newer = from.newer;
  (from.newer == kNoBlock ? parts_.keys[head.key].newest : parts_.blocks.head(from.newer).older) = id;
  from.mark = 0;    // of no session
  parts_.blocks.combine(id, newer);
  parts_.blocks.free(newer);
}

void SessionWindows::set_timer(BlockId id) {
  const BlockHead& head = parts_.blocks.head(id);
  const bool given = (head.mark & kGiven) != 0;
  timers_.push({.at_ms = given ? add_saturated(head.end_ms, wish_.allowed_lateness) : head.end_ms,
                .first = head.first,
                .block = id,
                .mark = head.mark});
}

void SessionWindows::advance(TimeMs low_ms, std::uint64_t sequence) {
  while (!timers_.empty() && timers_.top().at_ms <= low_ms) {
    const Timer timer = timers_.top();
    timers_.pop();
    BlockHead& head = parts_.blocks.head(timer.block);
    if (head.mark != timer.mark) continue;
    if ((head.mark & kGiven) != 0) {
      if (add_saturated(head.end_ms, wish_.allowed_lateness) > timer.at_ms) {
        set_timer(timer.block);
      } else {
        free_session(timer.block);
      }
    } else if (head.end_ms > timer.at_ms) {
      set_timer(timer.block);
    } else {
      if (!wish_.on_each_row) give(timer.block, sequence);
      head.mark |= kGiven;
      if (wish_.allowed_lateness == 0) {
        free_session(timer.block);
      } else {
        set_timer(timer.block);
      }
    }
    parts_.reader.between_windows();
  }
}

void SessionWindows::give(BlockId id, std::uint64_t sequence) {
  const BlockHead& head = parts_.blocks.head(id);
  const std::uint64_t* const state = parts_.blocks.state(id);
  parts_.reader.on_windows({.start_ms = head.start_ms,
                            .end_ms = head.end_ms,
                            .time_ms = head.end_ms - 1,
                            .sequence = sequence,
                            .keys = {&head.key, 1},
                            .states = {&state, 1}});
}

void SessionWindows::free_session(BlockId id) {
  BlockHead& head = parts_.blocks.head(id);
  const GroupId group = head.key;
  GroupKeys::Key& key = parts_.keys[group];
  (head.older == kNoBlock ? key.oldest : parts_.blocks.head(head.older).newer) = head.newer;
  (head.newer == kNoBlock ? key.newest : parts_.blocks.head(head.newer).older) = head.older;
  head.mark = 0;    // of no session
  parts_.blocks.free(id);
  parts_.keys.release_unused(group);
}

}    // namespace cepheid::runtime
