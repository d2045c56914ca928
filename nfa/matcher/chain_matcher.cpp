#include "nfa/matcher/chain_matcher.hpp"

#include <algorithm>
#include <utility>

#include "nfa/matcher/equal_path_states.hpp"
#include "nfa/matcher/path_conditions.hpp"

namespace cepheid::nfa {

bool ChainMatcher::fit(const PatternSpec& spec, const Program& program) {
  const bool pending =
      std::ranges::any_of(program.states, [](const auto& state) { return state.kind == StateKind::pending; });
  // Partial matches that are merged cannot be counted; the bound that nobody asked for may count nodes.
  return spec.after_match.strategy == SkipStrategy::no_skip && spec.limit.is_default && !pending &&
         !spec.has_timeout_emit && !program.has_own_limits() && PathConditions::of(program).empty() &&
         EventClasses::fit(program);
}

ChainMatcher::ChainMatcher(std::shared_ptr<const PatternSpec> spec, Program program, std::uint32_t pattern,
                           MergedStore& store, KeyTable& keys, PredicateTable& table, MatchConsumer& consumer,
                           MatchWish wish)
    : MergedMatcher(std::move(spec), std::move(program), pattern, store, keys, table, consumer),
      moves_(program_, classes_, find_equal_path_states(program_)),
      outlet_(wish),
      lister_(nodes_, events_) {
  if (wish.kind == MatchWish::Kind::count) counts_.emplace(nodes_);
}

std::size_t ChainMatcher::memory_bytes() const {
  return MergedMatcher::memory_bytes() + (counts_ ? counts_->memory_bytes() : 0);
}

void ChainMatcher::work_on(CurrentEvent& event, ClassId event_class, EvalScratch& scratch) {
  const PathMove& begun = moves_.begin(event_class);
  KeyId id = keys_.find(event, scratch);
  const bool is_held = id != KeyTable::kNoKey && id < states_.size() && states_[id].held;
  if (!is_held && begun.takes.empty()) return;
  see_time(event.time_ms);
  if (!is_held) {
    id = keys_.find_or_make(event, scratch);
    hold(id);
  }
  KeyState& state = states_[id];
  if (!take_moving(state, event_class) && begun.takes.empty()) return;
  first_new_ = nodes_.end();
  if (counts_) count(id, state, begun, event);
  for (const MovingPaths& paths : moving_) apply(state, paths, event);
  if (!begun.takes.empty()) apply(state, {{PathMove::kGone, 0}, &begun}, event);
  if (emptied_) forget_empty(state);
  if (!completed_.empty()) list_completed(id, event);
  stats_.partial_matches = nodes_.size();
  if (stats_.partial_matches > spec_->limit.most) hold_limit();
  if (state.words.empty()) return let_go(id, state);
  if (window_ms_ && !state.timed) put_on_wheel(id, state, add_saturated(event.time_ms, *window_ms_));
}

/// Finds the sets whose paths the event moves, and empties those that they leave. False: there are none.
bool ChainMatcher::take_moving(KeyState& state, ClassId event_class) {
  moving_.clear();
  emptied_ = false;
  bool any = false;
  const std::span<std::uint32_t> words = state.words.words();
  const std::span<bool> staying = moves_.staying(event_class);
  for (std::size_t i = 0; i < words.size(); i += kPair) {
    if (staying[words[i]]) continue;
    const PathMove& move = moves_.move(words[i], event_class);
    if (move.stays) {
      staying[words[i]] = true;
      continue;
    }
    any = true;
    const bool alive = is_alive(words[i + 1]);
    if (alive) moving_.push_back({{words[i], words[i + 1]}, &move});
    if (!alive || move.to != words[i]) {
      words[i + 1] = 0;
      emptied_ = true;
    }
  }
  return any;
}

void ChainMatcher::apply(KeyState& state, const MovingPaths& moving, CurrentEvent& event) {
  const PathMove& move = *moving.move;
  const bool listed = outlet_.is_wanted();
  if (listed && move.completes) completed_.push_back({moving.from.paths, false});
  if (move.to != PathMove::kGone && move.to != moving.from.set) put(state, {move.to, moving.from.paths});
  for (const PathMove::Take& take : move.takes) {
    const NodeId node = extend(moving.from.paths, take.step, event);
    if (listed && take.completes) completed_.push_back({node, true});
    if (take.to != PathMove::kGone) put(state, {take.to, node});
  }
}

/// Adds paths to those that stand in a set of states.
void ChainMatcher::put(KeyState& state, const StandingPaths& paths) {
  const std::span<std::uint32_t> words = state.words.words();
  for (std::size_t i = 0; i < words.size(); i += kPair) {
    if (words[i] != paths.set) continue;
    if (is_alive(words[i + 1])) {
      words[i + 1] = meld(words[i + 1], paths.paths);
      return;
    }
    // It goes to the end, as if it had not been there: dead paths must not show in the order.
    std::copy(words.begin() + static_cast<std::ptrdiff_t>(i + kPair), words.end(),
              words.begin() + static_cast<std::ptrdiff_t>(i));
    state.words.truncate(words.size() - kPair);
    break;
  }
  state.words.push_back(word_pool_, paths.set);
  state.words.push_back(word_pool_, paths.paths);
}

/// Takes the sets out that paths have left.
void ChainMatcher::forget_empty(KeyState& state) {
  const std::span<std::uint32_t> words = state.words.words();
  std::size_t kept = 0;
  for (std::size_t i = 0; i < words.size(); i += kPair) {
    if (words[i + 1] == 0) continue;
    words[kept] = words[i];
    words[kept + 1] = words[i + 1];
    kept += kPair;
  }
  state.words.truncate(kept);
}

/// The paths of both, which are alive: a leftist heap by start, the latest on top, so that what dies does so at the
/// bottom. What others may hold is copied, not changed: O(log n) nodes, and none where the new node has the latest
/// start.
NodeId ChainMatcher::meld(NodeId a, NodeId b) {
  if (!is_before(nodes_[b].start, nodes_[a].start)) std::swap(a, b);
  RingNode& newest = nodes_[a];
  if (a >= first_new_ && newest.older == 0 && newest.other == 0 && b < a) {
    newest.older = b;
    return a;
  }
  const RingNode top = newest;    // nodes that are added may move it
  NodeId left = is_alive(top.older) ? top.older : 0;
  NodeId right = is_alive(top.other) ? meld(top.other, b) : b;
  if (rank(left) < rank(right)) std::swap(left, right);
  RingNode copy = top;
  copy.older = left;
  copy.other = right;
  copy.rank = static_cast<std::uint16_t>(rank(right) + 1);
  return add_node(copy);
}

// ---- matches

/// Counts the matches that the event completes, and what stands in each set after it. To be called before it is
/// applied.
void ChainMatcher::count(KeyId id, const KeyState& state, const PathMove& begun, CurrentEvent& event) {
  const auto matches_of_each = [](const PathMove& move) {
    return std::uint64_t{move.completes} +
           static_cast<std::uint64_t>(std::ranges::count_if(move.takes, &PathMove::Take::completes));
  };
  const auto completes = [&](const MovingPaths& paths) { return matches_of_each(*paths.move) != 0; };
  if (std::ranges::any_of(moving_, completes)) {
    if (counts_->needs_split(id, alive_)) split_counts(id, state);
    for (const MovingPaths& paths : moving_) {
      if (completes(paths)) stats_.matches += matches_of_each(*paths.move) * counts_->of(id, paths.from, alive_);
    }
  }
  stats_.matches += matches_of_each(begun);
  counts_->apply(id, moving_, begun, begun.takes.empty() ? EventId{0} : events_.take(event));
}

void ChainMatcher::split_counts(KeyId id, const KeyState& state) {
  standing_.clear();
  const std::span<const std::uint32_t> words = state.words.words();
  for (std::size_t i = 0; i < words.size(); i += kPair) {
    if (is_alive(words[i + 1])) standing_.push_back({words[i], words[i + 1]});
  }
  // Those that leave their sets are in these no more.
  for (const MovingPaths& paths : moving_) {
    if (paths.move->to != paths.from.set) standing_.push_back(paths.from);
  }
  counts_->split(id, standing_, alive_);
}

void ChainMatcher::list_completed(KeyId id, const CurrentEvent& event) {
  outlet_.begin();
  MatchView match{.pattern = pattern_,
                  .key = keys_.values(id),
                  .events = {},
                  .taken = {taken_, spec_->step_names.size(), {}},
                  .start_ms = 0,
                  .end_ms = 0,
                  .time_ms = event.time_ms,
                  .sequence = event.sequence,
                  .rank = 0,
                  .timed_out = false};
  for (const Complete& complete : completed_) {
    if (!outlet_.is_open()) break;
    lister_.list(complete.node, complete.own, alive_, [&](std::span<const TakenEvent> path) {
      outlet_.offer(stats_);
      match.events = path;
      match.taken = {taken_, spec_->step_names.size(), path};
      match.start_ms = path.front().time_ms;
      match.end_ms = path.back().time_ms;
      match.rank = events_.sequence(lister_.last_event());
      consumer_.on_match(match);
      return outlet_.is_open();
    });
  }
  completed_.clear();
}

/// Forgets the oldest: what began before the last nodes that there may be.
void ChainMatcher::hold_limit() {
  store_.want();
  const EventId bound = nodes_[nodes_.end() - static_cast<NodeId>(spec_->limit.most)].event;
  if (!is_before(alive_, bound)) return;
  alive_ = bound;
  stats_.limit_hit = true;
  stats_.dropped += nodes_.size() - spec_->limit.most;
}

void ChainMatcher::expire(TimeMs now_ms) {
  see_time(now_ms);
  const auto expire = [&](KeyId id) {
    KeyState& state = states_[id];
    state.timed = false;
    if (!state.held) return;
    bool any = false;
    EventId last = alive_;
    const std::span<const std::uint32_t> words = state.words.words();
    for (std::size_t i = 0; i < words.size(); i += kPair) {
      if (!is_alive(words[i + 1])) continue;
      any = true;
      last = later_of(last, nodes_[words[i + 1]].start);
    }
    if (!any) return let_go(id, state);
    put_on_wheel(id, state, add_saturated(events_.time_ms(last), *window_ms_));
  };
  wheel_.advance(now_ms, expire, [this](KeyId id) { look_ahead(id); });
  if (stats_.keys == 0) {
    stats_.partial_matches = 0;
    store_.want();
  }
}

/// The key has no paths any more.
void ChainMatcher::let_go(KeyId id, KeyState& state) {
  if (counts_) counts_->forget(id);
  drop(id, state);
}

void ChainMatcher::mark_key(KeyId key, NodeMarks& nodes, EventMarks& /*events*/) const {
  const KeyState& state = states_[key];
  const std::span<const std::uint32_t> words = state.words.words();
  for (std::size_t i = 0; i < words.size(); i += kPair) nodes.mark(words[i + 1]);
}

void ChainMatcher::renumber(KeyId key, KeyState& state, const NodeMarks& nodes, const EventMarks& events) {
  if (counts_) counts_->renumber(key, events, later_of(alive_, events_.begin()));
  const std::span<std::uint32_t> words = state.words.words();
  for (std::size_t i = 0; i < words.size(); i += kPair) words[i + 1] = nodes.number(words[i + 1]);
}

// ---- saving: how many sets of states, each: how many states, these, whether its paths have been matches, the paths.

bool ChainMatcher::save_key(ByteWriter& out, KeyId key, const NodeMarks& nodes, const EventMarks&) const {
  const std::span<const std::uint32_t> words = states_[key].words.words();
  std::size_t alive = 0;
  for (std::size_t i = 0; i < words.size(); i += kPair) alive += is_alive(words[i + 1]) ? 1 : 0;
  if (alive == 0) return false;
  out.varint(alive);
  for (std::size_t i = 0; i < words.size(); i += kPair) {
    if (!is_alive(words[i + 1])) continue;
    const auto& [states, completed] = moves_.states(words[i]);
    out.varint(states.size());
    for (const StateId one : states) out.varint(one);
    out.boolean(completed);
    out.varint(nodes.number(words[i + 1]));
  }
  return true;
}

bool ChainMatcher::load_key(ByteReader& in, KeyId key) {
  KeyState& state = states_[key];
  constexpr std::size_t kLeastBytes = 4;    // of a set
  const std::size_t sets = in.count(kLeastBytes);
  EventId last = alive_;
  for (std::size_t i = 0; i < sets; ++i) {
    PathStates states;
    states.first.resize(in.count(1));
    for (StateId& one : states.first) one = read_state(in);
    states.second = in.boolean();
    const NodeId paths = read_node(in);
    if (!in.ok() || states.first.empty() || !std::ranges::is_sorted(states.first)) return in.fail();
    state.words.push_back(word_pool_, moves_.find(states));
    state.words.push_back(word_pool_, paths);
    last = later_of(last, nodes_[paths].start);
  }
  if (state.words.empty()) return in.fail();
  if (counts_) split_counts(key, state);
  stats_.partial_matches = nodes_.size();
  time_key(key, state, last);
  return true;
}

}    // namespace cepheid::nfa
