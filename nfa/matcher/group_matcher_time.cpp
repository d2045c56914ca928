// What a GroupMatcher does when time goes on: keys that run out, matches that waited for starts that have.

#include <algorithm>
#include <utility>

#include "nfa/matcher/group_family.hpp"

namespace cepheid::nfa {

void GroupMatcher::expire(TimeMs now_ms, std::uint64_t sequence) {
  see_time(now_ms);
  sequence_ = sequence;
  // What is timed anew meanwhile has a later time.
  std::vector<Lane> due;
  while (!deadlines_.empty() && deadlines_.next_ms() <= now_ms) {
    const Deadlines::Entry entry = deadlines_.take();
    due.push_back({entry.key, entry.stamp});
  }
  if (family_) family_->put_in_pattern_order(due);
  for (const Lane lane : due) {
    if (!waiting_.contains(lane)) continue;
    outlet_.begin();
    KeyState& state = state_of_lane(lane);
    release_waiting(lane, state, now_ms);
    if (family_) {
      give_all(lane.key);
      if (state.waiting) time_waiting(lane, state);
      join_again(lane.key, states_[lane.key]);
      settle(lane.key, states_[lane.key], now_ms);
    } else {
      settle(lane.key, state, now_ms);
    }
  }
  wheel_.advance(
      now_ms,
      [&](KeyId id) {
        KeyState& state = states_[id];
        state.timed = false;
        if (!state.held) return;
        stats_.partial_matches -= forget_dead(state);
        if (state.words.empty()) {
          if (!state.waiting && !state.split) drop(id, state);
          return;
        }
        EventId last = state.bound;
        for_groups(state.words.words(), [&](std::span<const std::uint32_t> group) {
          last = last_start(group);
          return true;
        });
        put_on_wheel(id, state, add_saturated(events_.time_ms(last), *window_ms_));
      },
      [this](KeyId id) { look_ahead(id); });
  if (stats_.keys == 0) store_.want();
}

/// Events before it began too long before `now_ms`, which is not after the latest event worked on.
EventId GroupMatcher::dead_before(TimeMs now_ms) const {
  EventId bound = alive_;
  while (bound != events_.begin() && add_saturated(events_.time_ms(bound - 1), *window_ms_) > now_ms) --bound;
  return bound;
}

/// Lets out what waited for starts that have run out, as of the time at which the last of them did.
void GroupMatcher::release_waiting(Lane lane, KeyState& state, TimeMs now_ms) {
  if (!window_ms_) return;
  const EventId dead = dead_before(now_ms);
  EventId last_dead = 0;
  bool any = false;
  for_groups(state.words.words(), [&](std::span<const std::uint32_t> group) {
    EventId found = 0;
    if (find_last_start_before(group, dead, found) && !is_before(found, state.bound)) {
      last_dead = found;
      any = true;
    }
    return true;
  });
  if (!any) return;
  give_out_ms_ = add_saturated(events_.time_ms(last_dead), *window_ms_);
  drop_starts_before(state, dead);
  WaitingList list = std::move(waiting_[lane].list);
  let_out(lane, state, list);
  keep_waiting(lane, state, std::move(list));
}

void GroupMatcher::keep_waiting(Lane lane, KeyState& state, WaitingList list) {
  const std::size_t before = waiting_.size();
  state.waiting = !list.empty();
  if (state.waiting) {
    waiting_[lane].list = std::move(list);
  } else {
    waiting_.erase(lane);
  }
  store_.add_waiting(static_cast<std::ptrdiff_t>(waiting_.size() - before));
}

}    // namespace cepheid::nfa
