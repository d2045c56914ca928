#include "nfa/matcher/merged_matcher.hpp"

#include <algorithm>
#include <utility>

namespace cepheid::nfa {

// ---- MergedStore

void MergedStore::clear_up() {
  wanted_ = false;
  EventId first = events_.end();
  for (MergedMatcher* matcher : matchers_) {
    if (const EventId wanted = matcher->free_old_nodes(); is_before(wanted, first)) first = wanted;
  }
  events_.free_before(first);
  for (MergedMatcher* matcher : matchers_) matcher->see_begin();
  const auto worth_it = [](const MergedMatcher* matcher) { return matcher->is_worth_compacting(); };
  // Numbers must not run so far ahead that an old bound looks new.
  constexpr std::uint32_t kFarAhead = std::uint32_t{1} << 30;
  const bool far = events_.end() - compacted_at_ > kFarAhead;
  constexpr std::uint32_t kFewEvents = 4096;
  const bool many = events_.size() > events_.capacity() / 2 && events_.size() > 3 * (kept_ + kFewEvents);
  if (far || many || std::ranges::any_of(matchers_, worth_it)) {
    EventMarks marks(events_.begin(), events_.end());
    std::vector<NodeMarks> nodes;
    nodes.reserve(matchers_.size());
    for (const MergedMatcher* matcher : matchers_) nodes.push_back(matcher->mark(marks));
    marks.count();
    for (std::size_t i = 0; i < matchers_.size(); ++i) matchers_[i]->compact(nodes[i], marks);
    events_.compact(marks);
    compacted_at_ = events_.end();
    kept_ = events_.size();
  }
  if (events_.size() > events_.capacity() / 2) events_.grow();
  for (MergedMatcher* matcher : matchers_) {
    if (matcher->is_half_full()) matcher->grow_nodes();
  }
}

// ---- MergedMatcher

MergedMatcher::MergedMatcher(std::shared_ptr<const PatternSpec> spec, Program program, std::uint32_t pattern,
                             MergedStore& store, KeyTable& keys, PredicateTable& table, MatchConsumer& consumer)
    : spec_(std::move(spec)),
      program_(std::move(program)),
      pattern_(pattern),
      store_(store),
      events_(store.events()),
      keys_(keys),
      consumer_(consumer),
      window_ms_(spec_->within),
      classes_(program_, table),
      alive_(events_.begin()),
      wheel_(spec_->within.value_or(1)) {
  if (spec_->when) when_ = table.add(*spec_->when);
  store_.add(*this);
}

std::size_t MergedMatcher::memory_bytes() const {
  return nodes_.memory_bytes() + states_.capacity() * sizeof(KeyState) + wheel_.memory_bytes();
}

MergedMatcher::KeyState& MergedMatcher::hold(KeyId id) {
  KeyState& state = state_of(id);
  state.held = true;
  state.bound = alive_;
  keys_.hold(id);
  ++stats_.keys;
  return state;
}

void MergedMatcher::drop(KeyId id, KeyState& state) {
  state.words.clear();
  state.held = false;
  keys_.release(id);
  --stats_.keys;
}

EventId MergedMatcher::free_old_nodes() {
  const EventId wanted = first_wanted();
  if (stats_.keys == 0) nodes_.restart();
  nodes_.free_before(wanted);
  return nodes_.empty() ? events_.end() : wanted;
}

NodeMarks MergedMatcher::mark(EventMarks& events) const {
  NodeMarks marks(nodes_, first_wanted());
  for (const KeyState& state : states_) {
    if (state.held) visit_nodes(state, [&](NodeId id) { marks.mark(id); });
  }
  marks.follow(events);
  return marks;
}

void MergedMatcher::compact(const NodeMarks& nodes, const EventMarks& events) {
  const auto event = [&](EventId id) { return events.begin() + events.before(id); };
  const EventId ring_begin = events_.begin();
  // Keys first: they tell by the old nodes what is alive.
  for (KeyId id = 0; id < states_.size(); ++id) {
    KeyState& state = states_[id];
    if (!state.held) continue;
    state.bound = later_of(state.bound, ring_begin);
    renumber(id, state, nodes, events);
    state.bound = event(state.bound);
  }
  std::vector<RingNode> kept;
  kept.reserve(nodes.size());
  for (NodeId id = nodes_.begin(); id != nodes_.end(); ++id) {
    if (nodes.number(id) == 0) continue;
    RingNode node = nodes_[id];
    node.previous = nodes.number(node.previous);
    node.older = nodes.number(node.older);
    node.other = nodes.number(node.other);
    if (node.step != RingNode::kJoins) node.event = event(node.event);
    node.start = event(node.start);
    kept.push_back(node);
  }
  nodes_.restart();
  for (const RingNode& node : kept) nodes_.add(node);
  kept_ = nodes_.size();
  alive_ = event(later_of(alive_, ring_begin));
}

void MergedMatcher::give_out(KeyId key, std::span<const Taken> events, TimeMs time_ms, std::uint64_t sequence) {
  match_events_.clear();
  for (const Taken& taken : events) {
    match_events_.push_back(
        {taken.step, events_.input(taken.event), events_.time_ms(taken.event), events_.row(taken.event)});
  }
  consumer_.on_match({.pattern = pattern_,
                      .key = keys_.values(key),
                      .events = match_events_,
                      .taken = {taken_, spec_->step_names.size(), match_events_},
                      .start_ms = match_events_.front().time_ms,
                      .end_ms = match_events_.back().time_ms,
                      .time_ms = time_ms,
                      .sequence = sequence,
                      .rank = events_.sequence(events.back().event),
                      .timed_out = false});
}

}    // namespace cepheid::nfa
