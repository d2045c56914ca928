// A matcher's state: the counters, then how many keys, then each: the key's bytes, the time of its last event, its
// deadline if it has one (with the place of the event that set it), its partial matches, its waiting matches. Nodes
// that keys' paths share are written once, events that patterns share too.
//
// What lives only while an event is worked on is not written: outcomes, epochs, a node's children. Ids of keys and
// stamps of deadlines are given anew.

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "nfa/matcher/pattern_stats_bytes.hpp"
#include "nfa/matcher/single_matcher.hpp"

namespace cepheid::nfa {

std::vector<KeyId> SingleMatcher::keys_in_order() const {
  // An event is of one key, so no two keys have the same start.
  std::vector<std::pair<std::uint64_t, KeyId>> by_start;
  by_start.reserve(stats_.keys);
  for (KeyId id = 0; id < states_.size(); ++id) {
    if (!holds(id)) continue;
    const KeyState& state = *states_[id];
    by_start.emplace_back(state.live.empty() ? state.waiting.front()->start : state.live.front().start(), id);
  }
  std::sort(by_start.begin(), by_start.end());
  std::vector<KeyId> keys;
  keys.reserve(by_start.size());
  for (const auto& [start, id] : by_start) keys.push_back(id);
  return keys;
}

void SingleMatcher::save(EventWriter& events) const {
  ByteWriter& out = events.out();
  write_stats(out, stats_);
  NodeWriter nodes(events);
  const std::vector<KeyId> keys = keys_in_order();
  out.varint(keys.size());
  for (const KeyId id : keys) {
    const KeyState& state = *states_[id];
    out.text(keys_.bytes(id));
    out.signed_varint(state.now_ms);
    out.boolean(state.deadline_ms != kEndOfTime);
    if (state.deadline_ms != kEndOfTime) {
      out.signed_varint(state.deadline_ms);
      out.varint(state.deadline_place);
    }
    state.live.save(nodes);
    state.waiting.save(nodes);
  }
}

bool SingleMatcher::load(EventReader& events) {
  ByteReader& in = events.in();
  stats_ = read_stats(in);
  NodeReader nodes(events, buffer_, spec_->step_names.size());
  constexpr std::size_t kLeastBytes = 7;    // of a key
  const std::size_t keys = in.count(kLeastBytes);
  for (std::size_t i = 0; i < keys; ++i) {
    if (!load_key(nodes)) return in.fail();
  }
  return in.ok();
}

bool SingleMatcher::load_key(NodeReader& nodes) {
  ByteReader& in = nodes.in();
  const std::string_view bytes = in.text();
  if (!in.ok()) return false;
  EvalScratch scratch;
  const std::optional<KeyId> id = keys_.add(bytes, scratch);
  if (!id || holds(*id)) return false;
  hold(*id);
  KeyState& state = state_of(*id);
  state.now_ms = in.signed_varint();
  if (in.boolean()) {
    state.deadline_ms = in.signed_varint();
    state.deadline_place = in.varint();
    deadlines_.add({state.deadline_ms, state.deadline_place, *id, ++state.stamp});
  }
  const bool whole = state.live.load(nodes, program_.states.size()) && state.waiting.load(nodes);
  stats_.partial_matches += state.live.size();
  waiting_matches_ += state.waiting.size();
  return whole && (!state.live.empty() || !state.waiting.empty());
}

std::size_t SingleMatcher::memory_bytes() const {
  return states_.capacity() * sizeof(states_.front()) + made_states_ * sizeof(KeyState) +
         stats_.partial_matches * PartialMatches::bytes_each() + waiting_matches_ * WaitingMatches::bytes_each() +
         deadlines_.memory_bytes() + buffer_.memory_bytes();
}

}    // namespace cepheid::nfa
