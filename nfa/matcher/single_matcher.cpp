// What a pattern does around the moves of its partial matches: keys, deadlines, and after_match (semantics.md, section
// 10).

#include "nfa/matcher/single_matcher.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace cepheid::nfa {

SingleMatcher::SingleMatcher(std::shared_ptr<const PatternSpec> spec, Program program, std::uint32_t pattern,
                             EventStore& events, KeyTable& keys, PredicateTable& table, MatchConsumer& consumer,
                             MatchWish wish, std::size_t indexed_from)
    : spec_(std::move(spec)),
      pattern_(pattern),
      program_(std::move(program)),
      buffer_(events),
      conditions_(program_, *spec_->layout, table, spec_->step_names.size()),
      transitions_(program_),
      single_paths_(*spec_, program_, buffer_, indexed_from),
      keys_(keys),
      consumer_(consumer),
      outlet_(wish) {
  if (spec_->when) when_ = table.add(*spec_->when);
}

SingleMatcher::~SingleMatcher() {
  for (const auto& state : states_) {
    if (state != nullptr) drop_starts_before(*state, std::numeric_limits<std::uint64_t>::max());
  }
}

void SingleMatcher::on_event(CurrentEvent& event, PredicateBits& bits, EvalScratch& scratch) {
  if (stats_.failed || (when_ && !bits.test(*when_, scratch))) return;
  ++stats_.events;
  conditions_.begin(event, bits, scratch);
  transitions_.begin();
  // Most events end here or, where other keys have state, at the next line.
  const bool begins = !transitions_.outcome(program_.start, nullptr, conditions_).moves.empty();
  if (!begins && (stats_.keys == 0 || !holds(keys_.find(event, scratch)))) return;
  const KeyId id = keys_.find_or_make(event, scratch);
  sequence_ = event.sequence;
  if (!holds(id)) {
    hold(id);
  } else if (const KeyState& live = state_of(id); live.deadline_ms <= event.time_ms && live.now_ms < event.time_ms) {
    // Time goes on for this key first (not between events of one time); for the others it does with the watermark.
    expire(id, event.time_ms);
  }
  give_out_ms_ = event.time_ms;
  outlet_.begin();
  KeyState& state = state_of(id);
  state.now_ms = event.time_ms;
  const std::uint64_t before = state.live.size();
  single_paths_.move_all(state.live, event, transitions_, conditions_, completed_, may_begin(state));
  stats_.partial_matches += state.live.size() - before;
  if (!completed_.empty() || !state.waiting.empty()) give_out_completed(id);
  if (counted_of(state) > spec_->limit.most) hold_limit(id);
  settle(id, event.place);
}

// ---- keys

void SingleMatcher::hold(KeyId id) {
  if (id >= states_.size()) states_.resize(keys_.size());
  if (states_[id] == nullptr) {
    states_[id] = std::make_unique<KeyState>();
    ++made_states_;
  }
  states_[id]->held = true;
  keys_.hold(id);
  ++stats_.keys;
}

void SingleMatcher::drop(KeyId id) {
  KeyState& state = state_of(id);
  ++state.stamp;
  state.deadline_ms = kEndOfTime;
  state.held = false;
  keys_.release(id);
  --stats_.keys;
}

void SingleMatcher::settle(KeyId id, std::uint64_t place) {
  KeyState& state = state_of(id);
  if (state.live.empty() && state.waiting.empty()) return drop(id);
  const TimeMs deadline = single_paths_.deadline_of(state.live);
  if (deadline >= state.deadline_ms) return;    // an entry that comes too early is put right when it is due
  state.deadline_ms = deadline;
  state.deadline_place = place;
  deadlines_.add({deadline, place, id, ++state.stamp});
  constexpr std::size_t kSlack = 1024;
  if (deadlines_.size() > 4 * stats_.keys + kSlack) {
    deadlines_.purge([this](const Deadlines::Entry& entry) { return state_of(entry.key).stamp != entry.stamp; });
  }
}

// ---- limit

bool SingleMatcher::may_begin(const KeyState& state) {
  const PartialMatchLimit& limit = spec_->limit;
  if (limit.then != PartialMatchLimit::Then::block_start || counted_of(state) < limit.most) return true;
  if (!transitions_.outcome(program_.start, nullptr, conditions_).moves.empty()) {
    ++stats_.blocked;
    stats_.limit_hit = true;
  }
  return false;
}

void SingleMatcher::hold_limit(KeyId id) {
  KeyState& state = state_of(id);
  const PartialMatchLimit& limit = spec_->limit;
  const std::uint64_t before = state.live.size();
  const std::uint64_t others = counted_of(state) - before;
  const std::uint64_t most = limit.most > others ? limit.most - others : 0;
  switch (limit.then) {
    case PartialMatchLimit::Then::block_start: return;    // those that live may still branch
    case PartialMatchLimit::Then::fail: stats_.limit_hit = stats_.failed = true; return;
    case PartialMatchLimit::Then::drop_oldest: single_paths_.drop_oldest(state.live, most); break;
    case PartialMatchLimit::Then::drop_newest: single_paths_.drop_newest(state.live, most); break;
  }
  stats_.limit_hit = true;
  stats_.dropped += before - state.live.size();
  stats_.partial_matches += state.live.size() - before;
  // A match may have waited for what is gone now.
  if (!state.waiting.empty()) let_out(id);
}

// ---- matches

void SingleMatcher::give_out_completed(KeyId id) {
  const bool at_once = spec_->after_match.strategy == SkipStrategy::no_skip;
  for (Node* path : completed_) {
    if (at_once) {
      offer(id, path);
      buffer_.release(path);
    } else {
      state_of(id).waiting.add(path);
      ++waiting_matches_;
    }
  }
  completed_.clear();
  let_out(id);
}

/// Lets the waiting matches out, the earliest start first, as long as no partial match with an earlier start lives.
void SingleMatcher::let_out(KeyId id) {
  KeyState& state = state_of(id);
  const std::size_t before = state.waiting.size();
  while (!state.waiting.empty() && !single_paths_.lives_before(state.live, state.waiting.front()->start)) {
    Node* const path = state.waiting.take_front();
    offer(id, path);
    drop_starts_before(state, skip_bound(path));
    buffer_.release(path);
  }
  waiting_matches_ += state.waiting.size() - before;
}

std::uint64_t SingleMatcher::skip_bound(const Node* path) {
  const AfterMatch& after = spec_->after_match;
  switch (after.strategy) {
    case SkipStrategy::no_skip: return 0;
    case SkipStrategy::skip_to_next: return path->start + 1;
    case SkipStrategy::skip_past_last: return path->event->place + 1;
    case SkipStrategy::skip_to_first:
    case SkipStrategy::skip_to_last: break;
  }
  std::optional<std::uint64_t> place;
  for (const Node* node = path; node != nullptr && after.step; node = node->previous) {
    if (node->step != *after.step) continue;
    place = node->event->place;
    if (after.strategy == SkipStrategy::skip_to_last) break;
  }
  if (after.or_fail && (!place || *place == path->start)) {
    ++stats_.skip_failures;
    return 0;
  }
  return place.value_or(0);
}

void SingleMatcher::drop_starts_before(KeyState& state, std::uint64_t bound) {
  const std::uint64_t before = state.live.size();
  single_paths_.drop_starts_before(state.live, bound);
  stats_.partial_matches += state.live.size() - before;
  state.waiting.drop_starts_before(bound, buffer_);
}

void SingleMatcher::walk(const Node* path) {
  match_events_.clear();
  match_rank_ = path->event->sequence;
  for (const Node* node = path; node != nullptr; node = node->previous) {
    match_events_.push_back({node->step, node->event->input, node->event->time_ms, node->event->row()});
  }
  std::reverse(match_events_.begin(), match_events_.end());
}

void SingleMatcher::offer(KeyId id, const Node* path) {
  if (!outlet_.offer(stats_)) return;
  walk(path);
  give_out(id, match_events_.back().time_ms, false);
}

void SingleMatcher::give_out(KeyId id, TimeMs end_ms, bool timed_out) {
  consumer_.on_match({.pattern = pattern_,
                      .key = keys_.values(id),
                      .events = match_events_,
                      .taken = {taken_, spec_->step_names.size(), match_events_},
                      .start_ms = match_events_.front().time_ms,
                      .end_ms = end_ms,
                      .time_ms = give_out_ms_,
                      .sequence = sequence_,
                      .rank = match_rank_,
                      .timed_out = timed_out});
}

// ---- time

void SingleMatcher::expire_due(TimeMs now_ms, std::uint64_t sequence) {
  sequence_ = sequence;
  while (!deadlines_.empty() && deadlines_.next_ms() <= now_ms) {
    const Deadlines::Entry entry = deadlines_.take();
    KeyState& state = state_of(entry.key);
    if (state.stamp != entry.stamp) continue;
    state.deadline_ms = kEndOfTime;
    expire(entry.key, now_ms);
    settle(entry.key, entry.place);
  }
}

void SingleMatcher::expire(KeyId id, TimeMs now_ms) {
  outlet_.begin();
  KeyState& state = state_of(id);
  const std::uint64_t before = state.live.size();
  const TimeMs last_deadline = single_paths_.expire(state.live, now_ms, completed_, timed_out_);
  stats_.partial_matches += state.live.size() - before;
  for (const TimedOut& timed_out : timed_out_) {
    give_out_ms_ = timed_out.deadline_ms;
    if (outlet_.offer_timeout(stats_)) {
      walk(timed_out.path);
      give_out(id, timed_out.deadline_ms, true);
    }
    buffer_.release(timed_out.path);
  }
  timed_out_.clear();
  if (last_deadline == kBeginOfTime) return;
  give_out_ms_ = last_deadline;
  give_out_completed(id);
}

}    // namespace cepheid::nfa
