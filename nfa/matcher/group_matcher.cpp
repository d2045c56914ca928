#include "nfa/matcher/group_matcher.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace cepheid::nfa {

bool GroupMatcher::fit(const PatternSpec& spec, const Program& program) {
  const bool strategy = spec.after_match.strategy == SkipStrategy::skip_past_last ||
                        spec.after_match.strategy == SkipStrategy::skip_to_next;
  // Which starts are the latest is not told apart within a group.
  const bool limit = spec.limit.then != PartialMatchLimit::Then::drop_newest;
  const bool pending =
      std::ranges::any_of(program.states, [](const auto& state) { return state.kind == StateKind::pending; });
  return strategy && limit && !pending && !spec.has_timeout_emit && !program.has_own_limits() &&
         EventClasses::fit(program);
}

GroupMatcher::GroupMatcher(std::shared_ptr<const PatternSpec> spec, Program program, std::uint32_t pattern,
                           MergedStore& store, KeyTable& keys, PredicateTable& table, MatchConsumer& consumer,
                           MatchWish wish)
    : MergedMatcher(std::move(spec), std::move(program), pattern, store, keys, table, consumer),
      moves_(program_, classes_),
      outlet_(wish) {}

void GroupMatcher::on_event(CurrentEvent& event, ClassId event_class, EvalScratch& scratch) {
  if (stats_.failed || !classes_.concern(event_class)) return;
  if (is_idle(event_class) && waiting_.empty()) return;
  see_time(event.time_ms);
  KeyId id = keys_.find(event, scratch);
  if (id == KeyTable::kNoKey || id >= states_.size() || !states_[id].held) {
    const GroupMove& begun = moves_.begin(event_class);
    if (begun.to == GroupMove::kGone && begun.completed == GroupMove::kNothing) return;
    id = keys_.find_or_make(event, scratch);
    hold(id);
  }
  KeyState& state = states_[id];
  sequence_ = event.sequence;
  outlet_.begin();
  if (state.waiting) release_waiting(id, state, event.time_ms);
  give_out_ms_ = event.time_ms;
  if (!move_only_path(state, event_class, event)) move(state, event_class, event);
  if (!completed_.empty() || state.waiting) {
    if (state.waiting) {
      WaitingList list = std::move(waiting_[id].list);
      for (const Waiting& match : completed_) insert(list, match);
      let_out(id, state, list);
      keep_waiting(id, state, std::move(list));
    } else {
      let_out(id, state, completed_);
      if (!completed_.empty()) keep_waiting(id, state, completed_);
    }
    completed_.clear();
  }
  // There are no more of one key than of all.
  if (stats_.partial_matches > spec_->limit.most && (!spec_->limit.per_key || count(state) > spec_->limit.most)) {
    hold_limit(state);
  }
  settle(id, state, event.time_ms);
}

/// After the key's partial matches changed: its end is timed, or it goes.
void GroupMatcher::settle(KeyId id, KeyState& state, TimeMs now_ms) {
  if (state.words.empty() && !state.waiting) return drop(id, state);
  if (!window_ms_) return;
  if (!state.timed) put_on_wheel(id, state, add_saturated(now_ms, *window_ms_));
  if (!state.waiting) return;
  // Whoever waits is let out at the very time at which an earlier start runs out.
  for_groups(state.words.words(), [&](std::span<const std::uint32_t> group) {
    if (is_before(last_start(group), bound_of(state))) return true;
    const EventId first = first_start(group[kHeads], bound_of(state));
    const TimeMs deadline = add_saturated(events_.time_ms(first), *window_ms_);
    WaitingKey& waiting = waiting_[id];
    if (waiting.deadline_ms != deadline) {
      deadlines_.add({deadline, events_.sequence(first), id, 0});
      store_.lower_alarm(deadline);
    }
    waiting.deadline_ms = deadline;
    return false;
  });
}

// ---- moving

/// The commonest moves, of a key whose starts have one path among them at most: false: it is not one of them.
bool GroupMatcher::move_only_path(KeyState& state, ClassId event_class, CurrentEvent& event) {
  constexpr std::size_t kOnePath = kHeads + 1;
  const std::span<std::uint32_t> words = state.words.words();
  const GroupMove& begun = moves_.begin(event_class);
  const bool begins = begun.to != GroupMove::kGone || begun.completed != GroupMove::kNothing;
  if (begins && (!begun.lengthens || spec_->limit.then == PartialMatchLimit::Then::block_start)) return false;
  if (words.empty()) {
    if (!begins) return true;
    const EventId id = events_.take(event);
    const NodeId node = add_node({.event = id, .start = id, .step = begun.takes[0].step});
    const std::array<std::uint32_t, kOnePath> group{begun.to, 1, id, node};
    state.words.assign(word_pool_, group);
    ++stats_.partial_matches;
    return true;
  }
  if (words.size() != kOnePath || is_before(words[2], bound_of(state))) return false;
  const GroupMove& next = moves_.move(words[0], event_class);
  if (begins) {
    // The next start joins those that wait where it begins.
    if (!next.stays || begun.to != words[0]) return false;
    const EventId id = events_.take(event);
    words[3] = add_node({.older = words[3], .event = id, .start = id, .step = begun.takes[0].step});
    words[2] = id;
    ++words[1];
    ++stats_.partial_matches;
    return true;
  }
  if (next.stays) return true;
  if (!next.lengthens) return false;
  words[0] = next.to;
  words[3] =
      add_node({.previous = words[3], .event = events_.take(event), .start = words[2], .step = next.takes[0].step});
  return true;
}

void GroupMatcher::move(KeyState& state, ClassId event_class, CurrentEvent& event) {
  const EventId bound = bound_of(state);
  const GroupMove& begun = moves_.begin(event_class);
  const bool begins =
      (begun.to != GroupMove::kGone || begun.completed != GroupMove::kNothing) && may_begin(state, begun);
  const std::span<const std::uint32_t> words = state.words.words();
  if (!begins && stay(words, event_class, bound)) return;
  moved_.clear();
  last_group_ = 0;
  const std::uint64_t before = count(state);
  for_groups(words, [&](std::span<const std::uint32_t> group) {
    if (is_before(last_start(group), bound)) return true;
    const GroupMove& next = moves_.move(group[0], event_class);
    if (next.stays) {
      last_group_ = moved_.size();
      moved_.insert(moved_.end(), group.begin(), group.end());
      return true;
    }
    apply(next, group, event);
    if (next.completed != GroupMove::kNothing) {
      const NodeId path = next.completed >= 0 ? takes_[static_cast<std::size_t>(next.completed)]
                                              : group[kHeads + static_cast<std::size_t>(~next.completed)];
      // The only start is the last one, and needs no walk.
      completed_.push_back(
          {path, group[1] == 1 ? last_start(group) : first_start(path, bound), last_start(group), ++age_});
    }
    if (next.to != GroupMove::kGone) append(group[1], last_start(group), next);
    return true;
  });
  if (begins) {
    apply(begun, {}, event);
    if (begun.completed != GroupMove::kNothing) {
      const EventId start = events_.take(event);
      completed_.push_back({takes_[static_cast<std::size_t>(begun.completed)], start, start, ++age_});
    }
    if (begun.to != GroupMove::kGone) append(1, events_.take(event), begun);
  }
  state.words.assign(word_pool_, moved_);
  stats_.partial_matches += count(state) - before;
}

/// Does an event of the class leave all groups as they are?
bool GroupMatcher::stay(std::span<const std::uint32_t> words, ClassId event_class, EventId bound) {
  bool stay = true;
  for_groups(words, [&](std::span<const std::uint32_t> group) {
    stay = !is_before(last_start(group), bound) && moves_.move(group[0], event_class).stays;
    return stay;
  });
  return stay;
}

/// Makes the nodes of a move, and the paths of its new positions in `heads_`.
void GroupMatcher::apply(const GroupMove& move, std::span<const std::uint32_t> group, CurrentEvent& event) {
  takes_.clear();
  for (const GroupMove::Take& take : move.takes) {
    const EventId id = events_.take(event);
    takes_.push_back(add_node({.previous = group.empty() ? 0 : group[kHeads + take.position],
                               .event = id,
                               .start = group.empty() ? id : last_start(group),
                               .step = take.step}));
  }
  heads_.clear();
  for (const GroupMove::Source source : move.sources) {
    heads_.push_back(source >= 0 ? takes_[static_cast<std::size_t>(source)]
                                 : group[kHeads + static_cast<std::size_t>(~source)]);
  }
}

/// Puts a group of `heads_` behind those in `moved_`; into the last one, if that stands in the same states.
void GroupMatcher::append(std::uint32_t starts, EventId last, const GroupMove& move) {
  if (moved_.empty() || moved_[last_group_] != move.to) {
    last_group_ = moved_.size();
    moved_.insert(moved_.end(), {move.to, starts, last});
    moved_.insert(moved_.end(), heads_.begin(), heads_.end());
    return;
  }
  moved_[last_group_ + 1] += starts;
  moved_[last_group_ + 2] = last;
  for (std::size_t i = 0; i < heads_.size(); ++i) {
    std::uint32_t& head = moved_[last_group_ + kHeads + i];
    if (move.alone[i]) {
      nodes_[heads_[i]].older = head;    // nobody else has seen it
      head = heads_[i];
    } else {
      head = add_node({.previous = heads_[i],
                       .older = head,
                       .event = nodes_[nodes_.end() - 1].event,
                       .start = last,
                       .step = RingNode::kJoins});
    }
  }
}

std::uint64_t GroupMatcher::count(const KeyState& state) const {
  std::uint64_t sum = 0;
  for_groups(state.words.words(), [&](std::span<const std::uint32_t> group) {
    sum += std::uint64_t{group[1]} * (group.size() - kHeads);
    return true;
  });
  return sum;
}

// ---- limit

bool GroupMatcher::may_begin(const KeyState& state, const GroupMove& begun) {
  const PartialMatchLimit& limit = spec_->limit;
  if (limit.then != PartialMatchLimit::Then::block_start || begun.takes.empty()) return true;
  if ((limit.per_key ? count(state) : stats_.partial_matches) < limit.most) return true;
  ++stats_.blocked;
  stats_.limit_hit = true;
  return false;
}

void GroupMatcher::hold_limit(KeyState& state) {
  const PartialMatchLimit& limit = spec_->limit;
  if (limit.then == PartialMatchLimit::Then::block_start) return;    // those that live may still branch
  stats_.limit_hit = true;
  if (limit.then == PartialMatchLimit::Then::fail) {
    stats_.failed = true;
    return;
  }
  const std::uint64_t before = count(state);
  const std::uint64_t others = limit.per_key ? 0 : stats_.partial_matches - before;
  const std::uint64_t most = limit.most > others ? limit.most - others : 0;
  forget_dead(state);
  while (!state.words.empty() && count(state) > most) {
    const std::span<std::uint32_t> words = state.words.words();
    const EventId first = first_start(words[kHeads], bound_of(state));
    state.bound = first + 1;
    if (words[1] > 1) --words[1];
    forget_dead(state);
  }
  stats_.dropped += before - count(state);
  stats_.partial_matches += count(state) - before;
}

// ---- matches

void GroupMatcher::insert(WaitingList& list, const Waiting& waiting) {
  const auto later = [](const Waiting& a, const Waiting& b) {
    return a.start != b.start ? is_before(a.start, b.start) : a.age < b.age;
  };
  list.insert(std::upper_bound(list.begin(), list.end(), waiting, later), waiting);
}

/// Lets the waiting matches out, the earliest start first, as long as no partial match with an earlier start lives.
void GroupMatcher::let_out(KeyId id, KeyState& state, WaitingList& list) {
  while (!list.empty() && !lives_before(state, list.front().start)) {
    Waiting match = list.front();
    list.erase(list.begin());
    offer(id, match);
    const EventId bound =
        (spec_->after_match.strategy == SkipStrategy::skip_to_next ? match.start
                                                                   : nodes_[side_of(match.path, match.start)].event) +
        1;
    drop_starts_before(state, bound);
    if (match.start != match.last) list.insert(list.begin(), match);
    // What waits of skipped starts goes with them.
    for (std::size_t i = 0; i < list.size();) {
      Waiting one = list[i];
      if (!is_before(one.start, bound)) {
        ++i;
        continue;
      }
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
      if (is_before(one.last, bound)) continue;
      one.start = first_start(one.path, bound);
      insert(list, one);
    }
  }
}

/// Gives the match of the path's earliest start, if it is wanted.
void GroupMatcher::offer(KeyId id, const Waiting& match) {
  if (!outlet_.offer(stats_)) return;
  path_.clear();
  for (NodeId node = side_of(match.path, match.start); node != 0;) {
    path_.push_back({nodes_[node].event, nodes_[node].step});
    if (nodes_[node].previous == 0) break;
    node = side_of(nodes_[node].previous, match.start);
  }
  std::reverse(path_.begin(), path_.end());
  give_out(id, path_, give_out_ms_, sequence_);
}

void GroupMatcher::drop_starts_before(KeyState& state, EventId bound) {
  state.bound = later_of(state.bound, bound);
  const std::uint64_t before = count(state);
  forget_dead(state);
  stats_.partial_matches += count(state) - before;
}

/// Takes the groups out of which no start is alive.
void GroupMatcher::forget_dead(KeyState& state) {
  const EventId bound = bound_of(state);
  std::span<const std::uint32_t> words = state.words.words();
  std::size_t dead = 0;
  for_groups(words, [&](std::span<const std::uint32_t> group) {
    if (!is_before(last_start(group), bound)) return false;
    dead += group.size();
    return true;
  });
  if (dead == 0) return;
  moved_.assign(words.begin() + static_cast<std::ptrdiff_t>(dead), words.end());
  if (moved_.empty()) {
    state.words.clear(word_pool_);
  } else {
    state.words.assign(word_pool_, moved_);
  }
}

// ---- time

void GroupMatcher::expire(TimeMs now_ms, std::uint64_t sequence) {
  see_time(now_ms);
  sequence_ = sequence;
  while (!deadlines_.empty() && deadlines_.next_ms() <= now_ms) {
    const KeyId id = deadlines_.take().key;
    KeyState& state = states_[id];
    if (!state.held || !state.waiting) continue;
    outlet_.begin();
    release_waiting(id, state, now_ms);
    settle(id, state, now_ms);
  }
  wheel_.advance(
      now_ms,
      [&](KeyId id) {
        KeyState& state = states_[id];
        state.timed = false;
        if (!state.held) return;
        const std::uint64_t before = count(state);
        forget_dead(state);
        stats_.partial_matches += count(state) - before;
        if (state.words.empty()) {
          if (!state.waiting) drop(id, state);
          return;
        }
        EventId last = state.bound;
        for_groups(state.words.words(), [&](std::span<const std::uint32_t> group) {
          last = last_start(group);
          return true;
        });
        put_on_wheel(id, state, add_saturated(events_.time_ms(last), *window_ms_));
      },
      [this](KeyId id) { look_ahead(id); });
  if (stats_.keys == 0) store_.want();
}

/// Events before it began too long before `now_ms`, which is not after the latest event worked on.
EventId GroupMatcher::dead_before(TimeMs now_ms) const {
  EventId bound = alive_;
  while (bound != events_.begin() && add_saturated(events_.time_ms(bound - 1), *window_ms_) > now_ms) --bound;
  return bound;
}

/// Lets out what waited for starts that have run out, as of the time at which the last of them did.
void GroupMatcher::release_waiting(KeyId id, KeyState& state, TimeMs now_ms) {
  if (!window_ms_) return;
  const EventId dead = dead_before(now_ms);
  EventId last_dead = 0;
  bool any = false;
  for_groups(state.words.words(), [&](std::span<const std::uint32_t> group) {
    EventId found = 0;
    if (find_last_start_before(group[kHeads], dead, found) && !is_before(found, state.bound)) {
      last_dead = found;
      any = true;
    }
    return true;
  });
  if (!any) return;
  give_out_ms_ = add_saturated(events_.time_ms(last_dead), *window_ms_);
  drop_starts_before(state, dead);
  WaitingList list = std::move(waiting_[id].list);
  let_out(id, state, list);
  keep_waiting(id, state, std::move(list));
}

void GroupMatcher::keep_waiting(KeyId id, KeyState& state, WaitingList list) {
  const std::size_t before = waiting_.size();
  state.waiting = !list.empty();
  if (state.waiting) {
    waiting_[id].list = std::move(list);
  } else {
    waiting_.erase(id);
  }
  store_.add_waiting(static_cast<std::ptrdiff_t>(waiting_.size() - before));
}

// ---- sets of paths

/// The node in whose own paths that of the smallest start >= `bound` is. Requires that there is one.
NodeId GroupMatcher::side_of(NodeId node, EventId bound) const {
  for (;;) {
    const RingNode& at = nodes_[node];
    if (at.older != 0 && nodes_.holds(at.older) && !is_before(nodes_[at.older].start, bound)) {
      node = at.older;
    } else if (at.step == RingNode::kJoins) {
      node = at.previous;
    } else {
      return node;
    }
  }
}

EventId GroupMatcher::first_start(NodeId node, EventId bound) const {
  node = side_of(node, bound);
  while (nodes_[node].previous != 0) node = side_of(nodes_[node].previous, bound);
  return nodes_[node].event;
}

/// The largest start before `limit` among the paths of `node`.
bool GroupMatcher::find_last_start_before(NodeId node, EventId limit, EventId& found) const {
  stack_.assign(1, node);
  while (!stack_.empty()) {
    const NodeId at = stack_.back();
    stack_.pop_back();
    // Nodes whose events are gone are of starts that went before.
    if (!nodes_.holds(at)) continue;
    if (is_before(nodes_[at].start, limit)) {
      found = nodes_[at].start;
      return !is_before(found, events_.begin());
    }
    if (nodes_[at].older != 0) stack_.push_back(nodes_[at].older);
    if (nodes_[at].previous != 0) stack_.push_back(nodes_[at].previous);
  }
  return false;
}

bool GroupMatcher::lives_before(const KeyState& state, EventId start) const {
  const EventId bound = bound_of(state);
  bool lives = false;
  for_groups(state.words.words(), [&](std::span<const std::uint32_t> group) {
    if (is_before(last_start(group), bound)) return true;
    lives = is_before(first_start(group[kHeads], bound), start);
    return false;
  });
  return lives;
}

// ---- clearing up

EventId GroupMatcher::first_wanted() const {
  EventId first = alive_;
  for (const auto& [id, waiting] : waiting_) {
    const EventId bound = later_of(states_[id].bound, events_.begin());
    if (is_before(bound, first)) first = bound;
  }
  return first;
}

void GroupMatcher::visit_nodes(KeyId key, const std::function<void(NodeId)>& visit) const {
  const KeyState& state = states_[key];
  for_groups(state.words.words(), [&](std::span<const std::uint32_t> group) {
    for (const NodeId head : group.subspan(kHeads)) visit(head);
    return true;
  });
  if (!state.waiting) return;
  for (const Waiting& match : waiting_.find(key)->second.list) visit(match.path);
}

void GroupMatcher::renumber(KeyId key, KeyState& state, const NodeMarks& nodes, const EventMarks& events) {
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
  for (Waiting& match : waiting_[key].list) {
    match.path = nodes.number(match.path);
    match.start = event(match.start);
    match.last = event(match.last);
  }
}

// ---- saving: how many groups, each: how many states, these, how many starts, the paths; how many matches wait, each:
// path, start, last start.

bool GroupMatcher::save_key(ByteWriter& out, KeyId key, const NodeMarks& nodes, const EventMarks& events) const {
  const KeyState& state = states_[key];
  std::vector<std::span<const std::uint32_t>> groups;
  for_groups(state.words.words(), [&](std::span<const std::uint32_t> group) {
    if (!is_before(last_start(group), bound_of(state))) groups.push_back(group);
    return true;
  });
  if (groups.empty() && !state.waiting) return false;
  out.varint(groups.size());
  for (const std::span<const std::uint32_t> group : groups) {
    const std::span<const StateId> states = moves_.states(group[0]);
    out.varint(states.size());
    for (const StateId one : states) out.varint(one);
    out.varint(group[1]);
    for (const NodeId head : group.subspan(kHeads)) out.varint(nodes.number(head));
  }
  const WaitingList none;
  const WaitingList& list = state.waiting ? waiting_.find(key)->second.list : none;
  out.varint(list.size());
  for (const Waiting& match : list) {
    out.varint(nodes.number(match.path));
    out.varint(events.before(match.start));
    out.varint(events.before(match.last));
  }
  return true;
}

bool GroupMatcher::load_key(ByteReader& in, KeyId key) {
  KeyState& state = states_[key];
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
    for (std::size_t head = 0; head < states.size(); ++head) moved_.push_back(read_node(in));
    if (!in.ok()) return false;
    const EventId start = nodes_[moved_[moved_.size() - states.size()]].start;
    if (i != 0 && !is_before(last, start)) return in.fail();
    last = moved_[last_at] = start;
  }
  state.words.assign(word_pool_, moved_);
  stats_.partial_matches += count(state);
  constexpr std::size_t kLeastMatchBytes = 3;
  WaitingList list;
  const std::size_t matches = in.count(kLeastMatchBytes);
  for (std::size_t i = 0; i < matches; ++i) {
    Waiting match{read_node(in), read_event(in), read_event(in), ++age_};
    if (!in.ok()) return false;
    if (match.last != nodes_[match.path].start || match.start != first_start(match.path, match.start)) return in.fail();
    if (!list.empty() && is_before(match.start, list.back().start)) return in.fail();
    list.push_back(match);
  }
  if (groups == 0 && matches == 0) return in.fail();
  if (matches != 0) keep_waiting(key, state, std::move(list));
  if (groups != 0) time_key(key, state, last);
  settle(key, state, kBeginOfTime);
  return in.ok();
}

}    // namespace cepheid::nfa
