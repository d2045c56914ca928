// A matcher's state: the counters, then how many keys, then each: the key's bytes, the time of its last event, its
// deadline if it has one (with the place of the event that set it), its partial matches, its waiting matches. Nodes
// that keys' paths share are written once, events that patterns share too.
//
// What lives only while an event is worked on is not written: outcomes, epochs, a node's children. Ids of keys and
// stamps of deadlines are given anew.

#include <algorithm>
#include <utility>

#include "nfa/matcher/matcher.hpp"
#include "nfa/matcher/pattern_stats_bytes.hpp"

namespace cepheid::nfa {

std::vector<const Matcher::KeyState*> Matcher::keys_in_order() const {
  // An event is of one key, so no two keys have the same start.
  std::vector<std::pair<std::uint64_t, const KeyState*>> by_start;
  for (const auto& state : states_) {
    if (!state->singles.empty()) {
      by_start.emplace_back(state->singles.front().start(), state.get());
    } else if (!state->groups.groups.empty()) {
      by_start.emplace_back(state->groups.groups.front().last_start(), state.get());
    } else if (!state->waiting.empty()) {
      by_start.emplace_back(state->waiting.front().path->start, state.get());
    }
  }
  std::sort(by_start.begin(), by_start.end());
  std::vector<const KeyState*> keys;
  keys.reserve(by_start.size());
  for (const auto& [start, state] : by_start) keys.push_back(state);
  return keys;
}

void Matcher::save(EventWriter& events) const {
  ByteWriter& out = events.out();
  write_stats(out, stats_);
  NodeWriter nodes(events);
  const std::vector<const KeyState*> keys = keys_in_order();
  out.varint(keys.size());
  for (const KeyState* state : keys) {
    out.text(state->bytes);
    out.signed_varint(state->now_ms);
    out.boolean(state->deadline_ms != kEndOfTime);
    if (state->deadline_ms != kEndOfTime) {
      out.signed_varint(state->deadline_ms);
      out.varint(state->deadline_place);
    }
    if (merged_) {
      state->groups.save(nodes);
    } else {
      state->singles.save(nodes);
    }
    state->waiting.save(nodes);
  }
}

bool Matcher::load(EventReader& events) {
  ByteReader& in = events.in();
  stats_ = read_stats(in);
  NodeReader nodes(events, buffer_, {.steps = spec_->step_names.size(), .joins = merged_});
  constexpr std::size_t kLeastBytes = 8;    // of a key
  const std::size_t keys = in.count(kLeastBytes);
  for (std::size_t i = 0; i < keys; ++i) {
    if (!load_key(nodes)) return in.fail();
  }
  return in.ok();
}

bool Matcher::load_key(NodeReader& nodes) {
  ByteReader& in = nodes.in();
  key_bytes_ = in.text();
  if (!in.ok() || !key_encoder_.fits(key_bytes_) || keys_.contains(key_bytes_)) return false;
  const KeyId id = make_key();
  KeyState& state = state_of(id);
  state.now_ms = in.signed_varint();
  if (in.boolean()) {
    // Merged partial matches run out by `within` alone.
    if (merged_ && !spec_->within) return false;
    state.deadline_ms = in.signed_varint();
    state.deadline_place = in.varint();
    deadlines_.add({state.deadline_ms, state.deadline_place, id, ++state.stamp});
  }
  const bool whole = (merged_ ? state.groups.load(nodes, program_.states.size())
                              : state.singles.load(nodes, program_.states.size())) &&
                     state.waiting.load(nodes);
  stats_.partial_matches += partial_matches_of(state);
  waiting_matches_ += state.waiting.size();
  return whole && (partial_matches_of(state) != 0 || !state.waiting.empty());
}

std::size_t Matcher::memory_bytes() const {
  // Each key's text is in the map and in its state; what a std::string holds within itself is counted once too often.
  constexpr std::size_t kSlots = sizeof(std::pair<std::string, KeyId>) + 1;    // of the hash map, with its byte of it
  const std::size_t keys = states_.size() * (sizeof(KeyState) + sizeof(states_.front())) +
                           keys_.bucket_count() * kSlots + 2 * key_text_ + free_keys_.capacity() * sizeof(KeyId);
  // Of groups there are no more than one for each key and node.
  const std::size_t partial_matches =
      merged_ ? stats_.keys * sizeof(StartGroup) + buffer_.live() * sizeof(StartGroup::Position)
              : stats_.partial_matches * sizeof(PartialMatch);
  return keys + partial_matches + waiting_matches_ * WaitingMatches::bytes_each() + deadlines_.memory_bytes() +
         buffer_.memory_bytes();
}

}    // namespace cepheid::nfa
