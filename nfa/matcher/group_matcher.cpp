#include "nfa/matcher/group_matcher.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "nfa/matcher/equal_configs.hpp"
#include "nfa/matcher/group_family.hpp"
#include "nfa/matcher/single_path.hpp"

namespace cepheid::nfa {

namespace {

bool asks_aggregate(const TypedExpr& expression) {
  return expression.kind == TypedExpr::Kind::step_aggregate || std::ranges::any_of(expression.args, asks_aggregate);
}

/// May the conditions that look back be asked one start after the other? What two paths of one start do may differ
/// then, so each start must have one only. Where they compare with fields of single events, an index finds the starts
/// that they hold for.
bool fit_paths(const Program& program) {
  const std::vector<ConditionId> looking = PathConditions::of(program);
  if (looking.empty()) return true;
  return looking.size() <= EventClasses::kMostApart && has_single_path(program) &&
         std::ranges::all_of(looking, [&](ConditionId id) { return asks_aggregate(program.conditions[id]); });
}

std::vector<ConditionId> left_apart(const Program& program, const PatternFamily& family) {
  return family.own.empty() ? PathConditions::of(program) : family.own;
}

}    // namespace

bool GroupMatcher::fit(const PatternSpec& spec, const Program& program) {
  const bool strategy = spec.after_match.strategy == SkipStrategy::skip_past_last ||
                        spec.after_match.strategy == SkipStrategy::skip_to_next;
  // Which starts are the latest is not told apart within a group.
  const bool limit = spec.limit.then != PartialMatchLimit::Then::drop_newest;
  const bool pending =
      std::ranges::any_of(program.states, [](const auto& state) { return state.kind == StateKind::pending; });
  return strategy && limit && !pending && !spec.has_timeout_emit && !program.has_own_limits() && fit_paths(program) &&
         EventClasses::fit(program);
}

GroupMatcher::GroupMatcher(std::shared_ptr<const PatternSpec> spec, Program program, const PatternFamily& family,
                           const std::vector<std::vector<TypedExpr>>& own, MergedStore& store, KeyTable& keys,
                           PredicateTable& table, MatchConsumer& consumer, MatchWish wish)
    : MergedMatcher(std::move(spec), std::move(program), family.patterns.front(), store, keys, table, consumer,
                    left_apart(program, family)),
      family_(own.empty() ? nullptr : std::make_unique<Family>(family.patterns, own, *spec_->layout)),
      // Who counts partial matches can tell where they stand.
      moves_(program_, classes_,
             spec_->limit.is_default ? find_equal_configs(program_) : EqualStates<std::vector<StateId>>()),
      nodes_later_(own.empty() && PathConditions::of(program_).empty()),
      outlet_(wish) {
  const std::vector<ConditionId> looking = PathConditions::of(program_);
  if (!looking.empty()) {
    look_back_ = find_states_that_look_back(program_);
    path_conditions_.emplace(program_, looking, *spec_->layout, nodes_, events_, spec_->step_names.size());
  }
}

GroupMatcher::~GroupMatcher() = default;

const PatternStats& GroupMatcher::stats_of(std::uint32_t pattern) const {
  return family_ ? family_->stats_of(pattern, stats_) : stats_;
}

std::size_t GroupMatcher::memory_bytes() const {
  return MergedMatcher::memory_bytes() + (family_ ? family_->memory_bytes() : 0);
}

void GroupMatcher::work_on(CurrentEvent& event, ClassId event_class, EvalScratch& scratch) {
  if (stats_.failed || !classes_.concern(event_class)) return;
  KeyId id = keys_.find(event, scratch);
  scratch_ = &scratch;
  const bool is_held = id != KeyTable::kNoKey && id < states_.size() && states_[id].held;
  if (!is_held) {
    const GroupMove& begun = begin_of(event_class, event);
    if (begun.takes.empty() && (!family_ || moves_.begin(classes_.twin(event_class)).takes.empty())) return;
  }
  // While matches wait, idle events come here, too: they count for the keys for which these wait.
  const bool counts = !is_held || !has_waiting() || states_[id].waiting || states_[id].split;
  if (!counts && is_idle(event_class)) return;
  see_time(event.time_ms);
  if (!is_held) {
    id = keys_.find_or_make(event, scratch);
    hold(id);
    if (family_) family_->begin(id);
  }
  KeyState& state = states_[id];
  sequence_ = event.sequence;
  if (family_) {
    work_as_family(id, state, event_class, event, scratch);
  } else {
    work({id, 0}, state, event_class, event);
  }
  // There are no more of one key than of all.
  if (stats_.partial_matches > spec_->limit.most && (!spec_->limit.per_key || count(state) > spec_->limit.most)) {
    hold_limit(state);
  }
  settle(id, state, event.time_ms);
}

/// What an event does to one pattern's partial matches of a key.
void GroupMatcher::work(Lane lane, KeyState& state, ClassId event_class, CurrentEvent& event) {
  outlet_.begin();
  if (state.waiting) release_waiting(lane, state, event.time_ms);
  give_out_ms_ = event.time_ms;
  move(state, event_class, event);
  if (completed_.empty() && !state.waiting) return;
  if (state.waiting) {
    WaitingList list = std::move(waiting_[lane].list);
    for (const Waiting& match : completed_) insert(list, match);
    let_out(lane, state, list);
    keep_waiting(lane, state, std::move(list));
  } else {
    let_out(lane, state, completed_);
    if (!completed_.empty()) keep_waiting(lane, state, completed_);
  }
  completed_.clear();
}

/// After the key's partial matches changed: its end is timed, or it goes.
void GroupMatcher::settle(KeyId id, KeyState& state, TimeMs now_ms) {
  if (state.words.empty() && !state.waiting && !state.split) return drop(id, state);
  if (!window_ms_) return;
  if (!state.timed) put_on_wheel(id, state, add_saturated(now_ms, *window_ms_));
  if (state.waiting) time_waiting({id, 0}, state);
}

/// After a lane's partial matches changed, in which matches wait: times when the earliest start runs out.
void GroupMatcher::time_waiting(Lane lane, KeyState& state) {
  if (!window_ms_) return;
  // Whoever waits is let out at the very time at which an earlier start runs out.
  for_groups(state.words.words(), [&](std::span<const std::uint32_t> group) {
    if (is_before(last_start(group), bound_of(state))) return true;
    const EventId first = first_start_of(group, bound_of(state));
    const TimeMs deadline = add_saturated(events_.time_ms(first), *window_ms_);
    WaitingKey& waiting = waiting_[lane];
    if (waiting.deadline_ms != deadline) {
      deadlines_.add({deadline, events_.sequence(first), lane.key, lane.place});
      store_.lower_alarm(deadline);
    }
    waiting.deadline_ms = deadline;
    return false;
  });
}

// ---- conditions that look back

bool GroupMatcher::changes_nothing(ClassId id) {
  for (std::uint64_t holding = 0; holding <= classes_.all_apart(); ++holding) {
    // Of a family's own conditions it only matters whether they hold together.
    if (family_ && holding != 0 && holding != classes_.all_apart()) continue;
    if (!moves_.changes_nothing(classes_.variant(id, holding))) return false;
  }
  return true;
}

bool GroupMatcher::may_begin(ClassId id) {
  for (std::uint64_t holding = 0; holding <= classes_.all_apart(); ++holding) {
    if (family_ && holding != 0 && holding != classes_.all_apart()) continue;
    if (!moves_.begin(classes_.variant(id, holding)).takes.empty()) return true;
  }
  return false;
}

void GroupMatcher::find_asks_path(const GroupMove& move, std::uint32_t config, ClassId event_class) {
  std::vector<ClassId> variants;
  for (std::uint64_t holding = 1; holding <= classes_.all_apart(); ++holding) {
    variants.push_back(classes_.variant(event_class, holding));
  }
  move.asks_path = moves_.tell_apart(config, event_class, variants) ? 1 : 0;
}

const GroupMove& GroupMatcher::move_by_path(std::span<const std::uint32_t> group, ClassId event_class,
                                            const CurrentEvent& event) {
  // The path is the same in all states that the start stands in: fit_paths().
  return moves_.move(group[0],
                     classes_.variant(event_class, path_conditions_->holding(group[kHeads], event, *scratch_)));
}

const GroupMove& GroupMatcher::begin_without_path(ClassId event_class, const CurrentEvent& event) {
  return moves_.begin(classes_.variant(event_class, path_conditions_->holding(0, event, *scratch_)));
}

// ---- moving

/// The commonest moves, of a key whose starts have one path among them at most: false: it is not one of them.
bool GroupMatcher::move_only_path(KeyState& state, const GroupMove& begun, ClassId event_class, CurrentEvent& event) {
  constexpr std::size_t kOnePath = kHeads + 1;
  const std::span<std::uint32_t> words = state.words.words();
  const bool begins = begun.to != GroupMove::kGone || begun.completed != GroupMove::kNothing;
  if (begins && (!begun.lengthens || spec_->limit.then == PartialMatchLimit::Then::block_start)) return false;
  if (words.empty()) {
    if (!begins) return true;
    const EventId id = events_.take(event);
    const bool later = nodes_later_ && begun.is_told;
    const NodeId node = later ? 0 : add_taken({.event = id, .start = id, .step = begun.takes[0].step});
    const std::array<std::uint32_t, kOnePath> group{begun.to, 1, id, node};
    state.words.assign(word_pool_, group);
    ++stats_.partial_matches;
    return true;
  }
  if (words.size() != kOnePath || is_before(words[2], bound_of(state))) return false;
  const GroupMove& next = move_of(words, event_class, event);
  const bool joins = begins && !path_conditions_ && next.stays && begun.to == words[0];
  if (begins ? !joins : !next.stays && !next.lengthens) {
    found_moves_.push_back(&next);
    return false;
  }
  if (joins) {
    // The next start joins those that wait where it begins.
    const EventId id = events_.take(event);
    if (has_no_node(words)) words[3] = make_start(words);
    words[3] = add_taken({.older = words[3], .event = id, .start = id, .step = begun.takes[0].step});
    words[2] = id;
    ++words[1];
    ++stats_.partial_matches;
    return true;
  }
  if (!next.stays) lengthen(words, next, event);
  return true;
}

/// The only path of a group gets the event.
void GroupMatcher::lengthen(std::span<std::uint32_t> group, const GroupMove& move, CurrentEvent& event) {
  if (has_no_node(group)) group[kHeads] = make_start(group);
  group[0] = move.to;
  group[kHeads] = add_taken({.previous = group[kHeads],
                             .event = events_.take(event),
                             .start = last_start(group),
                             .step = move.takes[0].step});
}

/// Each group's move is found once: here, unless move_only_path() has done so.
void GroupMatcher::move_groups(KeyState& state, const GroupMove& begun, ClassId event_class, CurrentEvent& event) {
  const EventId bound = bound_of(state);
  const bool begins =
      (begun.to != GroupMove::kGone || begun.completed != GroupMove::kNothing) && may_begin(state, begun);
  if (found_moves_.empty()) {
    for_groups(state.words.words(), [&](std::span<const std::uint32_t> group) {
      const bool is_dead = is_before(last_start(group), bound);
      found_moves_.push_back(is_dead ? nullptr : &move_of(group, event_class, event));
      return true;
    });
  }
  if (begins || !move_in_place(state, event)) move_anew(state, begins ? &begun : nullptr, bound, event);
}

/// Where all groups stay as they are, or each of them has one path, which does or gets the event. False: it is not so.
bool GroupMatcher::move_in_place(KeyState& state, CurrentEvent& event) {
  if (std::ranges::all_of(found_moves_, [](const GroupMove* move) { return move != nullptr && move->stays; }))
    return true;
  if (!std::ranges::all_of(found_moves_, [](const GroupMove* move) { return move != nullptr && move->is_short; })) {
    return false;
  }
  constexpr std::size_t kSize = kHeads + 1;
  const std::span<std::uint32_t> words = state.words.words();
  std::size_t end = 0;
  for (std::size_t i = 0; i < found_moves_.size(); ++i) {
    const std::span<std::uint32_t> group = words.subspan(i * kSize, kSize);
    const GroupMove& move = *found_moves_[i];
    if (!move.stays) {
      lengthen(group, move, event);
      const bool joins = !path_conditions_ && end != 0 && words[end - kSize] == move.to;
      if (joins) {
        join_short(words.subspan(end - kSize, kSize), group);
        continue;
      }
    }
    if (end != i * kSize) std::ranges::copy(group, &words[end]);
    end += kSize;
  }
  state.words.truncate(end);
  return true;
}

/// Adds the paths of a later group, which has just got the event, to one that stands in the same state.
void GroupMatcher::join_short(std::span<std::uint32_t> group, std::span<const std::uint32_t> later) {
  const NodeId added = later[kHeads];
  if (has_no_node(group)) {
    // What a node refers to is made before it.
    const NodeId first = make_start(group);
    group[kHeads] = add_node({.previous = added,
                              .older = first,
                              .event = nodes_[added].event,
                              .start = last_start(later),
                              .step = RingNode::kJoins});
  } else {
    nodes_[added].older = group[kHeads];    // nobody else has seen it
    group[kHeads] = added;
  }
  group[1] += later[1];
  group[2] = last_start(later);
}

[[gnu::noinline]] NodeId GroupMatcher::make_start(std::span<const std::uint32_t> group) {
  const EventId start = last_start(group);
  return add_node({.event = start, .start = start, .step = moves_.first_step(group[0])});
}

/// Any moves: the key's words are made anew. `begun`: what begins, if anything does.
void GroupMatcher::move_anew(KeyState& state, const GroupMove* begun, EventId bound, CurrentEvent& event) {
  const std::span<std::uint32_t> words = state.words.words();
  moved_.clear();
  last_group_ = 0;
  const std::uint64_t before = count(state);
  auto found = found_moves_.begin();
  for_groups(words, [&](std::span<const std::uint32_t> group) {
    const GroupMove* const next = *found++;
    if (next == nullptr) return true;
    if (next->stays) {
      last_group_ = moved_.size();
      moved_.insert(moved_.end(), group.begin(), group.end());
      return true;
    }
    if (has_no_node(group)) words[static_cast<std::size_t>(&group[kHeads] - words.data())] = make_start(group);
    apply(*next, group, event);
    if (next->completed != GroupMove::kNothing) {
      const NodeId path = next->completed >= 0 ? takes_[static_cast<std::size_t>(next->completed)]
                                               : group[kHeads + static_cast<std::size_t>(~next->completed)];
      // The only start is the last one, and needs no walk.
      completed_.push_back(
          {path, group[1] == 1 ? last_start(group) : first_start(path, bound), last_start(group), ++age_});
    }
    if (next->to != GroupMove::kGone) append(group[1], last_start(group), *next);
    return true;
  });
  if (begun != nullptr) {
    apply(*begun, {}, event);
    if (begun->completed != GroupMove::kNothing) {
      const EventId start = events_.take(event);
      completed_.push_back({takes_[static_cast<std::size_t>(begun->completed)], start, start, ++age_});
    }
    if (begun->to != GroupMove::kGone) append(1, events_.take(event), *begun);
  }
  state.words.assign(word_pool_, moved_);
  stats_.partial_matches += count(state) - before;
}

/// Makes the nodes of a move, and the paths of its new positions in `heads_`.
void GroupMatcher::apply(const GroupMove& move, std::span<const std::uint32_t> group, CurrentEvent& event) {
  takes_.clear();
  for (const GroupMove::Take& take : move.takes) {
    const EventId id = events_.take(event);
    takes_.push_back(add_taken({.previous = group.empty() ? 0 : group[kHeads + take.position],
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
  if (path_conditions_ || moved_.empty() || moved_[last_group_] != move.to) {
    last_group_ = moved_.size();
    moved_.insert(moved_.end(), {move.to, starts, last});
    moved_.insert(moved_.end(), heads_.begin(), heads_.end());
    return;
  }
  const std::span<std::uint32_t> group(&moved_[last_group_], kHeads + heads_.size());
  const bool is_new = has_no_node(group);
  if (is_new) group[kHeads] = make_start(group);
  group[1] += starts;
  group[2] = last;
  for (std::size_t i = 0; i < heads_.size(); ++i) {
    std::uint32_t& head = group[kHeads + i];
    if (move.alone[i] && !is_new) {      // what a node refers to is made before it
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
    sum += partial_matches_of(group);
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
    const EventId first = first_start_of(words, bound_of(state));
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
void GroupMatcher::let_out(Lane lane, KeyState& state, WaitingList& list) {
  while (!list.empty() && !lives_before(state, list.front().start)) {
    Waiting match = list.front();
    list.erase(list.begin());
    offer(lane, match);
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

/// Gives the match of the path's earliest start, if it is wanted; of a family's pattern later, with those of the
/// others.
void GroupMatcher::offer(Lane lane, const Waiting& match) {
  if (family_) {
    if (outlet_.offer(family_->stats[lane.place])) {
      family_->given.push_back({lane.place, lane.place + 1, match.path, match.start, give_out_ms_});
    }
    return;
  }
  if (!outlet_.offer(stats_)) return;
  path_.clear();
  resolve(match.path, match.start);
  give_out(lane.key, path_, give_out_ms_, sequence_);
}

/// Appends the path of the smallest start >= `start` to `path_`.
void GroupMatcher::resolve(NodeId path, EventId start) {
  const auto before = static_cast<std::ptrdiff_t>(path_.size());
  for (NodeId node = side_of(path, start); node != 0;) {
    path_.push_back({nodes_[node].event, nodes_[node].step});
    if (nodes_[node].previous == 0) break;
    node = side_of(nodes_[node].previous, start);
  }
  std::reverse(path_.begin() + before, path_.end());
}

void GroupMatcher::drop_starts_before(KeyState& state, EventId bound) {
  state.bound = later_of(state.bound, bound);
  stats_.partial_matches -= forget_dead(state);
}

/// Takes the groups out of which no start is alive; gives how many partial matches they were.
std::uint64_t GroupMatcher::forget_dead(KeyState& state) {
  const EventId bound = bound_of(state);
  const std::span<const std::uint32_t> words = state.words.words();
  std::size_t dead = 0;
  std::uint64_t gone = 0;
  for_groups(words, [&](std::span<const std::uint32_t> group) {
    if (!is_before(last_start(group), bound)) return false;
    dead += group.size();
    gone += partial_matches_of(group);
    return true;
  });
  if (dead == 0) return 0;
  moved_.assign(words.begin() + static_cast<std::ptrdiff_t>(dead), words.end());
  if (moved_.empty()) {
    state.words.clear(word_pool_);
  } else {
    state.words.assign(word_pool_, moved_);
  }
  return gone;
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

/// The largest start before `limit` among those of a group.
bool GroupMatcher::find_last_start_before(std::span<const std::uint32_t> group, EventId limit, EventId& found) const {
  if (has_no_node(group)) {
    found = last_start(group);
    return is_before(found, limit) && !is_before(found, events_.begin());
  }
  stack_.assign(1, group[kHeads]);
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
    lives = is_before(first_start_of(group, bound), start);
    return false;
  });
  return lives;
}

}    // namespace cepheid::nfa
