// The state of merged matchers: how many events are wanted, each: time and sequence (the differences to the one before,
// signed varints), input, row. Then each matcher: counters (of a family also each pattern's matches); the first event
// that may begin a live path; how many nodes, each: its sets, event, start, step + 1 (0: joins), rank; how many keys,
// in the order of their bytes, each: the key, its bound, what the way of merging writes. Events and nodes are named by
// number: events from 0, nodes from 1 on.

#include <algorithm>
#include <string>
#include <utility>

#include "nfa/matcher/merged_matcher.hpp"
#include "nfa/matcher/pattern_stats_bytes.hpp"
#include "nfa/row/row_bytes.hpp"

namespace cepheid::nfa {

void MergedStore::save(ByteWriter& out) {
  mark();
  out.varint(marks_.size());
  TimeMs time_ms = 0;
  std::uint64_t sequence = 0;
  for (EventId id = events_.begin(); id != events_.end(); ++id) {
    if (!marks_.marked(id)) continue;
    out.signed_varint(events_.time_ms(id) - std::exchange(time_ms, events_.time_ms(id)));
    out.signed_varint(static_cast<std::int64_t>(events_.sequence(id) - std::exchange(sequence, events_.sequence(id))));
    out.varint(events_.input(id));
    write_row(out, layout_, events_.row(id));
  }
  for (const MergedMatcher* matcher : matchers_) matcher->save(out, marks_);
}

bool MergedStore::load(ByteReader& in, std::uint32_t inputs) {
  constexpr std::size_t kLeastBytes = 3;    // of an event
  const std::size_t count = in.count(kLeastBytes);
  // Text would have to be where the user keeps it.
  if (texts_stay_ && count != 0) return in.fail();
  std::vector<std::uint64_t> row(layout_.words());
  Arena arena;
  TimeMs time_ms = 0;
  std::uint64_t sequence = 0;
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    const TimeMs before_ms = time_ms;
    time_ms += in.signed_varint();
    sequence += static_cast<std::uint64_t>(in.signed_varint());
    const std::uint64_t input = in.varint(inputs - 1);
    arena.clear();
    read_row(in, layout_, row.data(), arena);
    if (i != 0 && time_ms < before_ms) return in.fail();
    events_.add(row.data(), time_ms, sequence, static_cast<std::uint32_t>(input));
  }
  return in.ok() && std::ranges::all_of(matchers_, [&](MergedMatcher* matcher) { return matcher->load(in); });
}

void MergedMatcher::save(ByteWriter& out, const EventMarks& events) const {
  write_stats(out, stats_);
  save_counters(out);
  const auto event = [&](EventId id) { return events.before(later_of(id, events.begin())); };
  out.varint(event(alive_));
  out.varint(marks_.size());
  for (NodeId id = nodes_.begin(); id != nodes_.end(); ++id) {
    if (marks_.number(id) == 0) continue;
    const RingNode& node = nodes_[id];
    for (const NodeId set : {node.previous, node.older, node.other}) out.varint(marks_.number(set));
    out.varint(node.step == RingNode::kJoins ? 0 : event(node.event));
    out.varint(event(node.start));
    out.varint(node.step == RingNode::kJoins ? 0 : node.step + std::uint64_t{1});
    out.varint(node.rank);
  }
  std::vector<std::pair<std::string, KeyId>> keys;
  for (KeyId id = 0; id < states_.size(); ++id) {
    if (states_[id].held) keys.emplace_back(keys_.bytes(id), id);
  }
  std::ranges::sort(keys);
  // Keys without anything alive are left out.
  std::string written;
  std::size_t count = 0;
  ByteWriter to(written);
  for (const auto& [bytes, id] : keys) {
    const std::size_t before = written.size();
    to.text(bytes);
    to.varint(event(bound_of(states_[id])));
    if (save_key(to, id, marks_, events)) {
      ++count;
    } else {
      written.resize(before);
    }
  }
  out.varint(count);
  out.text(written);
}

bool MergedMatcher::load(ByteReader& in) {
  stats_ = read_stats(in);
  load_counters(in);
  alive_ = events_.begin() + static_cast<EventId>(in.varint(events_.size()));
  constexpr std::size_t kLeastNodeBytes = 7;
  const std::size_t nodes = in.count(kLeastNodeBytes);
  nodes_.restart();
  for (std::size_t i = 0; i < nodes; ++i) {
    RingNode node;
    const auto set = [&] { return static_cast<NodeId>(in.varint(i)); };    // made before it
    node.previous = set();
    node.older = set();
    node.other = set();
    node.event = read_event(in);
    node.start = read_event(in);
    const std::uint64_t step = in.varint(spec_->step_names.size());
    node.rank = static_cast<std::uint16_t>(in.varint(UINT16_MAX));
    if (!in.ok()) return false;
    node.step = step == 0 ? RingNode::kJoins : static_cast<StepId>(step - 1);
    if (step == 0) node.event = nodes_.empty() ? events_.begin() : nodes_[nodes_.end() - 1].event;
    const bool begins = node.previous == 0;
    if (begins && step == 0) return in.fail();
    if (node.start != (begins ? node.event : nodes_[node.previous].start)) return in.fail();
    see_loaded(nodes_.add(node));
  }
  constexpr std::size_t kLeastKeyBytes = 4;
  const std::uint64_t keys = in.varint(in.remaining() / kLeastKeyBytes);
  ByteReader written(in.text());
  EvalScratch scratch;
  for (std::uint64_t i = 0; i < keys; ++i) {
    const std::string_view bytes = written.text();
    const EventId bound = events_.begin() + static_cast<EventId>(written.varint(events_.size()));
    if (!written.ok()) return in.fail();
    const std::optional<KeyId> id = keys_.add(bytes, scratch);
    if (!id || (*id < states_.size() && states_[*id].held)) return in.fail();
    hold(*id).bound = bound;
    if (!load_key(written, *id)) return in.fail();
  }
  return written.ok() && written.remaining() == 0 ? true : in.fail();
}

NodeId MergedMatcher::read_node(ByteReader& in) const {
  const std::uint64_t node = in.varint(nodes_.size());
  if (node == 0) in.fail();
  return static_cast<NodeId>(node);
}

EventId MergedMatcher::read_event(ByteReader& in) const {
  const std::uint64_t event = in.varint(events_.size());
  if (event == events_.size()) in.fail();
  return events_.begin() + static_cast<EventId>(event);
}

StateId MergedMatcher::read_state(ByteReader& in) const {
  const std::uint64_t state = in.varint(program_.states.size());
  if (state == program_.states.size() || program_.states[state].kind != StateKind::normal) {
    in.fail();
    return program_.start;
  }
  return static_cast<StateId>(state);
}

void MergedMatcher::time_key(KeyId id, KeyState& state, EventId last_start) {
  if (!window_ms_ || state.timed) return;
  put_on_wheel(id, state, add_saturated(events_.time_ms(last_start), *window_ms_));
}

}    // namespace cepheid::nfa
