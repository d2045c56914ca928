// What a pattern does around the moves of its partial matches: keys, deadlines, and after_match (semantics.md, section
// 10).

#include "nfa/matcher/matcher.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "nfa/automaton/automaton.hpp"

namespace cepheid::nfa {
namespace {

Program program_of(const PatternSpec& spec) {
  Result<Automaton> automaton = Automaton::build(spec);
  // The checker has built it before, within the same bound.
  return automaton ? automaton->freeze() : Program{};
}

}    // namespace

Matcher::Matcher(std::shared_ptr<const PatternSpec> spec, std::uint32_t pattern, EventStore& events,
                 PredicateTable& table, MatchConsumer& consumer, Options options)
    : spec_(std::move(spec)),
      pattern_(pattern),
      program_(program_of(*spec_)),
      buffer_(events),
      conditions_(program_, *spec_->layout, table, spec_->step_names.size()),
      transitions_(program_),
      single_paths_(*spec_, program_, buffer_),
      start_groups_(*spec_, program_, buffer_),
      merged_(options.merge && StartGroups::fit(*spec_, program_)),
      key_encoder_(spec_->key, *spec_->layout),
      consumer_(consumer) {
  if (spec_->when) when_ = table.add(*spec_->when);
}

Matcher::~Matcher() {
  for (const auto& state : states_) drop_starts_before(*state, std::numeric_limits<std::uint64_t>::max());
}

void Matcher::on_event(CurrentEvent& event, PredicateBits& bits, EvalScratch& scratch) {
  if (stats_.failed || (when_ && !bits.test(*when_, scratch))) return;
  ++stats_.events;
  conditions_.begin(event, bits, scratch);
  transitions_.begin();
  key_encoder_.encode(event.row, event.time_ms, scratch, key_bytes_);
  const auto found = keys_.find(key_bytes_);
  sequence_ = event.sequence;
  KeyId id = 0;
  if (found != keys_.end()) {
    id = found->second;
    // Time goes on for this key first (not between events of one time); for the others it does with the watermark.
    KeyState& live = state_of(id);
    if (live.deadline_ms <= event.time_ms && live.now_ms < event.time_ms) expire(live, event.time_ms);
  } else {
    // Most events of keys without state end here.
    if (transitions_.outcome(program_.start, nullptr, conditions_).moves.empty()) return;
    id = make_key();
  }
  give_out_ms_ = event.time_ms;
  KeyState& state = state_of(id);
  state.now_ms = event.time_ms;
  const std::uint64_t before = partial_matches_of(state);
  const bool begin = may_begin(state);
  if (merged_) {
    start_groups_.move_all(state.groups, event, transitions_, conditions_, completed_, begin);
  } else {
    single_paths_.move_all(state.singles, event, transitions_, conditions_, completed_, begin);
  }
  stats_.partial_matches += partial_matches_of(state) - before;
  if (!completed_.empty() || !state.waiting.empty()) give_out_completed(state);
  if (counted_of(state) > spec_->limit.most) hold_limit(state);
  settle(id, event.place);
}

// ---- keys

KeyId Matcher::make_key() {
  KeyId id = 0;
  if (free_keys_.empty()) {
    id = static_cast<KeyId>(states_.size());
    states_.push_back(std::make_unique<KeyState>());
  } else {
    id = free_keys_.back();
    free_keys_.pop_back();
  }
  state_of(id).bytes = key_bytes_;
  keys_.emplace(key_bytes_, id);
  key_text_ += key_bytes_.size();
  ++stats_.keys;
  return id;
}

void Matcher::drop_key(KeyId id) {
  KeyState& state = state_of(id);
  keys_.erase(state.bytes);
  key_text_ -= state.bytes.size();
  ++state.stamp;
  // What the next key here does must not hang on this one.
  state.groups.bound = 0;
  state.groups.occupied.clear();
  state.deadline_ms = kEndOfTime;
  free_keys_.push_back(id);
  --stats_.keys;
}

void Matcher::settle(KeyId id, std::uint64_t place) {
  KeyState& state = state_of(id);
  if (state.singles.empty() && state.groups.groups.empty() && state.waiting.empty()) return drop_key(id);
  const TimeMs deadline = merged_ ? start_groups_.deadline_of(state.groups) : single_paths_.deadline_of(state.singles);
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

bool Matcher::may_begin(const KeyState& state) {
  const PartialMatchLimit& limit = spec_->limit;
  if (limit.then != PartialMatchLimit::Then::block_start || counted_of(state) < limit.most) return true;
  if (!transitions_.outcome(program_.start, nullptr, conditions_).moves.empty()) {
    ++stats_.blocked;
    stats_.limit_hit = true;
  }
  return false;
}

void Matcher::hold_limit(KeyState& state) {
  const PartialMatchLimit& limit = spec_->limit;
  const std::uint64_t before = partial_matches_of(state);
  const std::uint64_t others = counted_of(state) - before;
  const std::uint64_t most = limit.most > others ? limit.most - others : 0;
  switch (limit.then) {
    case PartialMatchLimit::Then::block_start: return;    // those that live may still branch
    case PartialMatchLimit::Then::fail: stats_.limit_hit = stats_.failed = true; return;
    case PartialMatchLimit::Then::drop_oldest:
      if (merged_) {
        start_groups_.drop_oldest(state.groups, most);
      } else {
        single_paths_.drop_oldest(state.singles, most);
      }
      break;
    case PartialMatchLimit::Then::drop_newest: single_paths_.drop_newest(state.singles, most); break;
  }
  stats_.limit_hit = true;
  stats_.dropped += before - partial_matches_of(state);
  stats_.partial_matches += partial_matches_of(state) - before;
  // A match may have waited for what is gone now.
  if (!state.waiting.empty()) let_out(state);
}

// ---- matches

void Matcher::give_out_completed(KeyState& state) {
  const bool at_once = spec_->after_match.strategy == SkipStrategy::no_skip;
  for (const Completed& match : completed_) {
    if (at_once) {
      walk(match.path, match.start);
      give_out(state, match_events_.back().time_ms, false);
      buffer_.release(match.path);
    } else {
      state.waiting.add(match);
      ++waiting_matches_;
    }
  }
  completed_.clear();
  let_out(state);
}

/// Lets the waiting matches out, the earliest start first, as long as no partial match with an earlier start lives.
void Matcher::let_out(KeyState& state) {
  const std::size_t before = state.waiting.size();
  while (!state.waiting.empty() && !lives_before(state, state.waiting.front().start)) {
    const Completed match = state.waiting.take_front(buffer_);
    walk(match.path, match.start);
    give_out(state, match_events_.back().time_ms, false);
    drop_starts_before(state, skip_bound(match));
    buffer_.release(match.path);
  }
  waiting_matches_ += state.waiting.size() - before;
}

std::uint64_t Matcher::skip_bound(const Completed& match) {
  const AfterMatch& after = spec_->after_match;
  switch (after.strategy) {
    case SkipStrategy::no_skip: return 0;
    case SkipStrategy::skip_to_next: return match.start + 1;
    case SkipStrategy::skip_past_last: return match_places_.back() + 1;
    case SkipStrategy::skip_to_first:
    case SkipStrategy::skip_to_last: break;
  }
  std::optional<std::uint64_t> place;
  for (std::size_t i = 0; i < match_events_.size() && after.step; ++i) {
    if (match_events_[i].step != *after.step) continue;
    place = match_places_[i];
    if (after.strategy == SkipStrategy::skip_to_first) break;
  }
  if (after.or_fail && (!place || *place == match.start)) {
    ++stats_.skip_failures;
    return 0;
  }
  return place.value_or(0);
}

void Matcher::drop_starts_before(KeyState& state, std::uint64_t bound) {
  const std::uint64_t before = partial_matches_of(state);
  if (merged_) {
    start_groups_.drop_starts_before(state.groups, bound);
  } else {
    single_paths_.drop_starts_before(state.singles, bound);
  }
  stats_.partial_matches += partial_matches_of(state) - before;
  state.waiting.drop_starts_before(bound, buffer_);
}

void Matcher::walk(const Node* path, std::uint64_t start) {
  match_events_.clear();
  match_places_.clear();
  taken_.reset(spec_->step_names.size());
  match_rank_ = side_of(path, start)->event->sequence;
  for (const Node* node = path; node != nullptr; node = node->previous) {
    node = side_of(node, start);
    match_events_.push_back({node->step, node->event->input, node->event->time_ms, node->event->row()});
    match_places_.push_back(node->event->place);
    taken_.add(node->step, node->event->row());
  }
  std::reverse(match_events_.begin(), match_events_.end());
  std::reverse(match_places_.begin(), match_places_.end());
  taken_.reverse();
}

void Matcher::give_out(const KeyState& state, TimeMs end_ms, bool timed_out) {
  ++(timed_out ? stats_.timeouts : stats_.matches);
  key_arena_.clear();
  key_encoder_.decode(state.bytes, key_arena_, key_values_);
  consumer_.on_match({.pattern = pattern_,
                      .key = key_values_,
                      .events = match_events_,
                      .taken = &taken_,
                      .start_ms = match_events_.front().time_ms,
                      .end_ms = end_ms,
                      .time_ms = give_out_ms_,
                      .sequence = sequence_,
                      .rank = match_rank_,
                      .timed_out = timed_out});
}

// ---- time

void Matcher::expire_due(TimeMs now_ms, std::uint64_t sequence) {
  sequence_ = sequence;
  while (!deadlines_.empty() && deadlines_.next_ms() <= now_ms) {
    const Deadlines::Entry entry = deadlines_.take();
    KeyState& state = state_of(entry.key);
    if (state.stamp != entry.stamp) continue;
    state.deadline_ms = kEndOfTime;
    expire(state, now_ms);
    settle(entry.key, entry.place);
  }
}

void Matcher::expire(KeyState& state, TimeMs now_ms) {
  TimeMs last_deadline = kBeginOfTime;
  const std::uint64_t before = partial_matches_of(state);
  if (merged_) {
    last_deadline = start_groups_.expire(state.groups, now_ms, completed_);
  } else {
    last_deadline = single_paths_.expire(state.singles, now_ms, completed_, timed_out_);
  }
  stats_.partial_matches += partial_matches_of(state) - before;
  for (const TimedOut& timed_out : timed_out_) {
    give_out_ms_ = timed_out.deadline_ms;
    walk(timed_out.path, timed_out.path->start);
    give_out(state, timed_out.deadline_ms, true);
    buffer_.release(timed_out.path);
  }
  timed_out_.clear();
  if (last_deadline == kBeginOfTime) return;
  give_out_ms_ = last_deadline;
  give_out_completed(state);
}

}    // namespace cepheid::nfa
