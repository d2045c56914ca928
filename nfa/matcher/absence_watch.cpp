#include "nfa/matcher/absence_watch.hpp"

#include <algorithm>
#include <utility>

#include "nfa/matcher/pattern_stats_bytes.hpp"

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
  state.place = event.place;
  state.rank = event.rank();
  deadlines_.add({add_saturated(event.time_ms, spec_->absence->duration), event.place, id, ++state.stamp});
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
  key_text_ += key_bytes_.size();
  ++stats_.keys;
  return id;
}

void AbsenceWatch::forget(KeyId id) {
  KeyState& state = states_[id];
  if (state.last != nullptr) events_.release(state.last);
  state.last = nullptr;
  ++state.stamp;
  keys_.erase(state.bytes);
  key_text_ -= state.bytes.size();
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
                      .rank = state.rank,
                      .timed_out = false});
}

// ---- saved state: the counters, then how many keys, then each: its bytes, since when its events are missing and the
// place of the event that said so, whether its row is given, the last event if there was one.

void AbsenceWatch::save(EventWriter& events) const {
  ByteWriter& out = events.out();
  write_stats(out, stats_);
  // An event is of one key, so no two keys have the same place: an order that needs no ids.
  std::vector<std::pair<std::uint64_t, KeyId>> by_place;
  std::vector<bool> free(states_.size(), false);
  for (const KeyId id : free_keys_) free[id] = true;
  for (KeyId id = 0; id < states_.size(); ++id) {
    if (!free[id]) by_place.emplace_back(states_[id].place, id);
  }
  std::sort(by_place.begin(), by_place.end());
  out.varint(by_place.size());
  for (const auto& [place, id] : by_place) {
    const KeyState& state = states_[id];
    out.text(state.bytes);
    out.signed_varint(state.since_ms);
    out.varint(state.rank);
    out.varint(place);
    out.boolean(state.given);
    out.boolean(state.last != nullptr);
    if (state.last != nullptr) events.write(state.last);
  }
}

bool AbsenceWatch::load(EventReader& events) {
  ByteReader& in = events.in();
  stats_ = read_stats(in);
  constexpr std::size_t kLeastBytes = 5;    // of a key
  const std::size_t keys = in.count(kLeastBytes);
  for (std::size_t i = 0; i < keys; ++i) {
    key_bytes_ = in.text();
    if (!in.ok() || !key_encoder_.fits(key_bytes_)) return in.fail();
    bool is_new = false;
    const KeyId id = find_or_make_key(is_new);
    if (!is_new) return in.fail();
    KeyState& state = states_[id];
    state.since_ms = in.signed_varint();
    state.rank = in.varint();
    state.place = in.varint();
    state.given = in.boolean();
    if (in.boolean()) state.last = events.read();
    if (!in.ok()) return false;
    if (!state.given) {
      deadlines_.add({add_saturated(state.since_ms, spec_->absence->duration), state.place, id, ++state.stamp});
    }
  }
  return in.ok();
}

std::size_t AbsenceWatch::memory_bytes() const {
  constexpr std::size_t kSlots = sizeof(std::pair<std::string, KeyId>) + 1;    // of the hash map, with its byte of it
  return states_.capacity() * sizeof(KeyState) + keys_.bucket_count() * kSlots + 2 * key_text_ +
         free_keys_.capacity() * sizeof(KeyId) + deadlines_.memory_bytes();
}

}    // namespace cepheid::nfa
