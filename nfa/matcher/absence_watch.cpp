#include "nfa/matcher/absence_watch.hpp"

#include <algorithm>
#include <utility>

namespace cepheid::nfa {

AbsenceWatch::AbsenceWatch(std::shared_ptr<const PatternSpec> spec, std::uint32_t pattern, EventStore& events,
                           PredicateTable& table, MatchConsumer& consumer)
    : spec_(std::move(spec)),
      pattern_(pattern),
      events_(events),
      key_encoder_(spec_->key, *spec_->layout),
      consumer_(consumer) {
  if (spec_->when) when_.push_back(table.add(*spec_->when));
  for (const TypedExpr& where : spec_->absence->where) where_.push_back(table.add(where));
}

AbsenceWatch::~AbsenceWatch() {
  for (const KeyState& state : states_) {
    if (state.last != nullptr) events_.release(state.last);
  }
}

void AbsenceWatch::on_event(CurrentEvent& event, PredicateBits& bits, EvalScratch& scratch) {
  const auto holds = [&](PredicateId id) { return bits.test(id, scratch); };
  if (!std::all_of(when_.begin(), when_.end(), holds)) return;
  ++stats_.events;
  const bool counts = std::all_of(where_.begin(), where_.end(), holds);
  key_encoder_.encode(event.row, event.time_ms, scratch, key_bytes_);
  bool is_new = false;
  const KeyId id = find_or_make_key(is_new);
  if (!counts && !is_new) return;    // its time runs out with the watermark
  KeyState& state = states_[id];
  const TimeMs deadline = add_saturated(state.since_ms, spec_->absence->duration);
  if (!is_new && !state.given && deadline <= event.time_ms) give(state, deadline, event.sequence);
  state.since_ms = event.time_ms;
  state.given = false;
  if (counts) {
    if (state.last != nullptr) events_.release(state.last);
    state.last = events_.hold(event);
  }
  deadlines_.add({add_saturated(event.time_ms, spec_->absence->duration), id, ++state.stamp});
  constexpr std::size_t kSlack = 1024;
  if (deadlines_.size() > 4 * stats_.keys + kSlack) {
    deadlines_.purge([this](const Deadlines::Entry& entry) { return states_[entry.key].stamp != entry.stamp; });
  }
}

KeyId AbsenceWatch::find_or_make_key(bool& is_new) {
  const auto found = keys_.find(key_bytes_);
  is_new = found == keys_.end();
  if (!is_new) return found->second;
  KeyId id = 0;
  if (free_keys_.empty()) {
    id = static_cast<KeyId>(states_.size());
    states_.emplace_back();
  } else {
    id = free_keys_.back();
    free_keys_.pop_back();
  }
  states_[id].bytes = key_bytes_;
  keys_.emplace(key_bytes_, id);
  ++stats_.keys;
  return id;
}

void AbsenceWatch::forget(KeyId id) {
  KeyState& state = states_[id];
  if (state.last != nullptr) events_.release(state.last);
  state.last = nullptr;
  ++state.stamp;
  keys_.erase(state.bytes);
  free_keys_.push_back(id);
  --stats_.keys;
}

void AbsenceWatch::give_due(TimeMs now_ms, std::uint64_t sequence) {
  while (!deadlines_.empty() && deadlines_.next_ms() <= now_ms) {
    const Deadlines::Entry entry = deadlines_.take();
    KeyState& state = states_[entry.key];
    if (state.stamp != entry.stamp || state.given) continue;
    give(state, entry.deadline_ms, sequence);
    state.given = true;
    if (where_.empty()) forget(entry.key);
  }
}

void AbsenceWatch::give(const KeyState& state, TimeMs deadline_ms, std::uint64_t sequence) {
  ++stats_.matches;
  key_arena_.clear();
  key_encoder_.decode(state.bytes, key_arena_, key_values_);
  taken_.reset(1);
  TakenEvent last{};
  if (state.last != nullptr) {
    last = {.step = 0, .input = state.last->input, .time_ms = state.last->time_ms, .row = state.last->row()};
    taken_.add(0, last.row);
  }
  consumer_.on_match({.pattern = pattern_,
                      .key = key_values_,
                      .events = {&last, state.last != nullptr ? std::size_t{1} : std::size_t{0}},
                      .taken = &taken_,
                      .start_ms = state.since_ms,
                      .end_ms = deadline_ms,
                      .time_ms = deadline_ms,
                      .sequence = sequence,
                      .timed_out = false});
}

}    // namespace cepheid::nfa
