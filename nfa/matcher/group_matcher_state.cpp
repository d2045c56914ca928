// What a GroupMatcher does for clearing up, and its part of a saved state: the key's lane; of a family then how many
// runs, each: its first place, bound; how many lanes of their own, each: its place, bound, the lane.
// A lane: how many groups, each: how many states, these, how many starts, the paths (0: the start has no node: its
// event, its step); how many matches wait, each: path, start, last start, its rank by age.

#include <algorithm>
#include <utility>

#include "nfa/matcher/group_family.hpp"

namespace cepheid::nfa {

EventId GroupMatcher::first_wanted() const {
  EventId first = alive_;
  for (const auto& [lane, waiting] : waiting_) {
    const KeyState& state = family_ ? family_->splits.find(lane)->second : states_[lane.key];
    const EventId bound = later_of(state.bound, events_.begin());
    if (is_before(bound, first)) first = bound;
  }
  return first;
}

void GroupMatcher::mark_key(KeyId key, NodeMarks& nodes, EventMarks& events) const {
  if (!family_) return mark_lane({key, 0}, states_[key], nodes, events);
  mark_lane({key, Family::kAll}, states_[key], nodes, events);
  const auto [begin, end] = family_->splits_of(key);
  for (auto split = begin; split != end; ++split) mark_lane(split->first, split->second, nodes, events);
}

void GroupMatcher::mark_lane(Lane lane, const KeyState& state, NodeMarks& nodes, EventMarks& events) const {
  for_groups(state.words.words(), [&](std::span<const std::uint32_t> group) {
    if (is_before(last_start(group), bound_of(state))) return true;
    if (has_no_node(group)) events.mark(last_start(group));
    for (const NodeId head : group.subspan(kHeads)) nodes.mark(head);
    return true;
  });
  if (!state.waiting) return;
  for (const Waiting& match : waiting_.find(lane)->second.list) nodes.mark(match.path);
}

void GroupMatcher::renumber(KeyId key, KeyState& state, const NodeMarks& nodes, const EventMarks& events) {
  if (!family_) return renumber(Lane{key, 0}, state, nodes, events);
  const auto event = [&](EventId id) { return events.begin() + events.before(later_of(id, events.begin())); };
  renumber(Lane{key, Family::kAll}, state, nodes, events);
  const std::span<std::uint32_t> runs = family_->runs[key].words();
  for (std::size_t i = 1; i < runs.size(); i += 2) runs[i] = event(runs[i]);
  const auto [begin, end] = family_->splits_of(key);
  for (auto split = begin; split != end; ++split) {
    renumber(split->first, split->second, nodes, events);
    split->second.bound = event(split->second.bound);
  }
}

void GroupMatcher::renumber(Lane lane, KeyState& state, const NodeMarks& nodes, const EventMarks& events) {
  const auto event = [&](EventId id) { return events.begin() + events.before(later_of(id, events.begin())); };
  // What a match waits for is told by the dead when their time has come.
  if (!state.waiting) drop_starts_before(state, alive_);
  std::span<std::uint32_t> words = state.words.words();
  while (!words.empty()) {
    const std::size_t size = kHeads + positions(words[0]);
    words[2] = event(words[2]);
    for (std::uint32_t& head : words.subspan(kHeads, size - kHeads)) head = nodes.number(head);
    words = words.subspan(size);
  }
  if (!state.waiting) return;
  for (Waiting& match : waiting_[lane].list) {
    match.path = nodes.number(match.path);
    match.start = event(match.start);
    match.last = event(match.last);
  }
}

// ---- saving

void GroupMatcher::save_counters(ByteWriter& out) const {
  if (!family_) return;
  for (const PatternStats& stats : family_->stats) out.varint(stats.matches);
}

void GroupMatcher::load_counters(ByteReader& in) {
  if (!family_) return;
  for (PatternStats& stats : family_->stats) stats.matches = in.varint();
}

bool GroupMatcher::save_key(ByteWriter& out, KeyId key, const NodeMarks& nodes, const EventMarks& events) const {
  const KeyState& state = states_[key];
  const bool any = save_lane(out, {key, family_ ? Family::kAll : 0}, state, nodes, events);
  if (family_) save_places(out, key, nodes, events);
  return any || state.split;
}

void GroupMatcher::save_places(ByteWriter& out, KeyId key, const NodeMarks& nodes, const EventMarks& events) const {
  Family& family = *family_;
  const auto event = [&](EventId id) { return events.before(later_of(id, events.begin())); };
  const EventId floor = bound_of(states_[key]);
  family.read_runs(key, floor);
  family.after.clear();
  for (const Family::Run& run : family.before) family.add_run({run.first, event(later_of(run.bound, floor))});
  out.varint(family.after.size());
  for (const Family::Run& run : family.after) {
    out.varint(run.first);
    out.varint(run.bound);
  }
  const auto [begin, end] = family.splits_of(key);
  out.varint(static_cast<std::uint64_t>(std::distance(begin, end)));
  for (auto split = begin; split != end; ++split) {
    out.varint(split->first.place);
    out.varint(event(split->second.bound));
    (void)save_lane(out, split->first, split->second, nodes, events);
  }
}

/// False: there is nothing alive.
bool GroupMatcher::save_lane(ByteWriter& out, Lane lane, const KeyState& state, const NodeMarks& nodes,
                             const EventMarks& events) const {
  std::vector<std::span<const std::uint32_t>> groups;
  for_groups(state.words.words(), [&](std::span<const std::uint32_t> group) {
    if (!is_before(last_start(group), bound_of(state))) groups.push_back(group);
    return true;
  });
  out.varint(groups.size());
  for (const std::span<const std::uint32_t> group : groups) {
    const std::span<const StateId> states = moves_.states(group[0]);
    out.varint(states.size());
    for (const StateId one : states) out.varint(one);
    out.varint(group[1]);
    for (const NodeId head : group.subspan(kHeads)) out.varint(nodes.number(head));
    if (!has_no_node(group)) continue;
    out.varint(events.before(last_start(group)));
    out.varint(moves_.first_step(group[0]));
  }
  const WaitingList none;
  const WaitingList& list = state.waiting ? waiting_.find(lane)->second.list : none;
  out.varint(list.size());
  for (const Waiting& match : list) {
    out.varint(nodes.number(match.path));
    out.varint(events.before(match.start));
    out.varint(events.before(match.last));
    out.varint(static_cast<std::uint64_t>(
        std::ranges::count_if(list, [&](const Waiting& other) { return other.age < match.age; })));
  }
  return !groups.empty() || state.waiting;
}

bool GroupMatcher::load_key(ByteReader& in, KeyId key) {
  KeyState& state = states_[key];
  if (!load_lane(in, {key, family_ ? Family::kAll : 0}, state)) return false;
  if (family_ && !load_places(in, key, state)) return false;
  if (state.words.empty() && !state.waiting && !state.split) return in.fail();
  settle(key, state, kBeginOfTime);
  return in.ok();
}

bool GroupMatcher::load_places(ByteReader& in, KeyId key, KeyState& state) {
  Family& family = *family_;
  family.begin(key);
  family.after.clear();
  if (state.waiting) return in.fail();    // only patterns' own matches do
  const auto read_bound = [&] { return events_.begin() + static_cast<EventId>(in.varint(events_.size())); };
  constexpr std::size_t kLeastRunBytes = 2;
  const std::size_t runs = in.count(kLeastRunBytes);
  for (std::size_t i = 0; i < runs; ++i) {
    const auto first = static_cast<std::uint32_t>(in.varint(family.places() - 1));
    if (i == 0 ? first != 0 : first <= family.after.back().first) return in.fail();
    family.after.push_back({first, read_bound()});
  }
  if (!in.ok() || runs == 0) return in.fail();
  family.write_runs(key);
  constexpr std::size_t kLeastLaneBytes = 4;
  const std::size_t lanes = in.count(kLeastLaneBytes);
  for (std::size_t i = 0; i < lanes; ++i) {
    const Lane lane{key, static_cast<std::uint32_t>(in.varint(family.places() - 1))};
    const EventId bound = read_bound();
    if (!in.ok() || family.splits.contains(lane)) return in.fail();
    KeyState& own = family.splits[lane];
    own.bound = bound;
    state.split = true;
    if (!load_lane(in, lane, own) || !own.waiting) return in.fail();
    time_waiting(lane, own);
  }
  return in.ok();
}

bool GroupMatcher::load_paths(ByteReader& in, std::size_t count) {
  const std::size_t heads = moved_.size();
  for (std::size_t i = 0; i < count; ++i) {
    moved_.push_back(static_cast<NodeId>(in.varint(nodes_.size())));
    if (moved_.back() == 0 && count != 1) return false;
  }
  EventId& start = moved_[heads - 1];
  if (moved_[heads] != 0) {
    start = nodes_[moved_[heads]].start;
    return in.ok();
  }
  start = read_event(in);
  const auto step = static_cast<StepId>(in.varint(spec_->step_names.size() - 1));
  const std::uint32_t config = moved_[heads - kHeads];
  const std::uint32_t starts = moved_[heads - 2];
  return in.ok() && nodes_later_ && starts == 1 && moves_.has_first_step(config, step);
}

bool GroupMatcher::load_lane(ByteReader& in, Lane lane, KeyState& state) {
  constexpr std::size_t kLeastGroupBytes = 4;
  const std::size_t groups = in.count(kLeastGroupBytes);
  moved_.clear();
  EventId last = state.bound;
  for (std::size_t i = 0; i < groups; ++i) {
    std::vector<StateId> states(in.count(1));
    for (StateId& one : states) one = read_state(in);
    if (!in.ok() || states.empty()) return in.fail();
    moved_.push_back(moves_.find(states));
    moved_.push_back(static_cast<std::uint32_t>(in.varint(UINT32_MAX)));
    const std::size_t last_at = moved_.size();
    moved_.push_back(0);
    if (!load_paths(in, states.size())) return in.fail();
    const EventId start = moved_[last_at];
    if (i != 0 && !is_before(last, start)) return in.fail();
    last = start;
  }
  state.words.assign(word_pool_, moved_);
  stats_.partial_matches += count(state);
  constexpr std::size_t kLeastMatchBytes = 4;
  WaitingList list;
  const std::size_t matches = in.count(kLeastMatchBytes);
  for (std::size_t i = 0; i < matches; ++i) {
    Waiting match{read_node(in), read_event(in), read_event(in), age_ + in.varint(matches - 1)};
    if (!in.ok()) return false;
    if (match.last != nodes_[match.path].start || match.start != first_start(match.path, match.start)) return in.fail();
    if (!list.empty() && is_before(match.start, list.back().start)) return in.fail();
    list.push_back(match);
  }
  age_ += matches;
  if (matches != 0) keep_waiting(lane, state, std::move(list));
  if (groups != 0 && (!family_ || lane.place == Family::kAll)) time_key(lane.key, state, last);
  return in.ok();
}

}    // namespace cepheid::nfa
