#include "nfa/matcher/absence_watch.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "nfa/matcher/pattern_stats_bytes.hpp"

namespace cepheid::nfa {

AbsenceWatch::AbsenceWatch(std::shared_ptr<const PatternSpec> spec, std::uint32_t pattern, EventStore& events,
                           KeyTable& keys, PredicateTable& table, MatchConsumer& consumer, MatchWish wish)
    : spec_(std::move(spec)), pattern_(pattern), events_(events), keys_(keys), consumer_(consumer), outlet_(wish) {
  if (spec_->when) when_.push_back(table.add(*spec_->when));
  for (const TypedExpr& where : spec_->absence->where) where_.push_back(table.add(where));
}

AbsenceWatch::~AbsenceWatch() {
  for (const KeyState& state : states_) {
    if (state.last != nullptr) events_.release(state.last);
  }
}

void AbsenceWatch::on_event(CurrentEvent& event, PredicateBits& bits, EvalScratch& scratch) {
  const auto is_true = [&](PredicateId id) { return bits.test(id, scratch); };
  if (!std::all_of(when_.begin(), when_.end(), is_true)) return;
  ++stats_.events;
  const bool counts = std::all_of(where_.begin(), where_.end(), is_true);
  const KeyId id = keys_.find_or_make(event, scratch);
  const bool is_new = !holds(id);
  if (!counts && !is_new) return;    // its time runs out with the watermark
  if (is_new) hold(id);
  KeyState& state = states_[id];
  const TimeMs deadline = add_saturated(state.since_ms, spec_->absence->duration);
  if (!is_new && !state.given && deadline <= event.time_ms) give(id, deadline, event.sequence);
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

void AbsenceWatch::hold(KeyId id) {
  if (id >= states_.size()) states_.resize(keys_.size());
  states_[id].held = true;
  keys_.hold(id);
  ++stats_.keys;
}

void AbsenceWatch::forget(KeyId id) {
  KeyState& state = states_[id];
  if (state.last != nullptr) events_.release(state.last);
  state.last = nullptr;
  ++state.stamp;
  state.held = false;
  keys_.release(id);
  --stats_.keys;
}

void AbsenceWatch::give_due(TimeMs now_ms, std::uint64_t sequence) {
  while (!deadlines_.empty() && deadlines_.next_ms() <= now_ms) {
    const Deadlines::Entry entry = deadlines_.take();
    KeyState& state = states_[entry.key];
    if (state.stamp != entry.stamp || state.given) continue;
    give(entry.key, entry.deadline_ms, sequence);
    state.given = true;
    if (where_.empty()) forget(entry.key);
  }
}

void AbsenceWatch::give(KeyId id, TimeMs deadline_ms, std::uint64_t sequence) {
  const KeyState& state = states_[id];
  outlet_.begin();
  if (!outlet_.offer(stats_)) return;
  TakenEvent last{};
  if (state.last != nullptr) {
    last = {.step = 0, .input = state.last->input, .time_ms = state.last->time_ms, .row = state.last->row()};
  }
  const std::span<const TakenEvent> events(&last, state.last != nullptr ? std::size_t{1} : std::size_t{0});
  consumer_.on_match({.pattern = pattern_,
                      .key = keys_.values(id),
                      .events = events,
                      .taken = {taken_, 1, events},
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
  for (KeyId id = 0; id < states_.size(); ++id) {
    if (states_[id].held) by_place.emplace_back(states_[id].place, id);
  }
  std::sort(by_place.begin(), by_place.end());
  out.varint(by_place.size());
  for (const auto& [place, id] : by_place) {
    const KeyState& state = states_[id];
    out.text(keys_.bytes(id));
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
  EvalScratch scratch;
  for (std::size_t i = 0; i < keys; ++i) {
    const std::string_view bytes = in.text();
    if (!in.ok()) return false;
    const std::optional<KeyId> id = keys_.add(bytes, scratch);
    if (!id || holds(*id)) return in.fail();
    hold(*id);
    KeyState& state = states_[*id];
    state.since_ms = in.signed_varint();
    state.rank = in.varint();
    state.place = in.varint();
    state.given = in.boolean();
    if (in.boolean()) state.last = events.read();
    if (!in.ok()) return false;
    if (!state.given) {
      deadlines_.add({add_saturated(state.since_ms, spec_->absence->duration), state.place, *id, ++state.stamp});
    }
  }
  return in.ok();
}

std::size_t AbsenceWatch::memory_bytes() const {
  return states_.capacity() * sizeof(KeyState) + deadlines_.memory_bytes();
}

}    // namespace cepheid::nfa
