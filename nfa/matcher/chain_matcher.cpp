#include "nfa/matcher/chain_matcher.hpp"

#include <algorithm>
#include <utility>

namespace cepheid::nfa {

bool ChainMatcher::fit(const PatternSpec& spec, const Program& program) {
  const bool pending =
      std::ranges::any_of(program.states, [](const auto& state) { return state.kind == StateKind::pending; });
  // Partial matches that are merged cannot be counted; the bound that nobody asked for may count nodes.
  return spec.after_match.strategy == SkipStrategy::no_skip && spec.limit.is_default && !pending &&
         !spec.has_timeout_emit && !program.has_own_limits() && EventClasses::fit(program);
}

ChainMatcher::ChainMatcher(std::shared_ptr<const PatternSpec> spec, Program program, std::uint32_t pattern,
                           MergedStore& store, KeyTable& keys, PredicateTable& table, MatchConsumer& consumer)
    : MergedMatcher(std::move(spec), std::move(program), pattern, store, keys, table, consumer),
      moves_(program_, classes_) {}

void ChainMatcher::on_event(CurrentEvent& event, ClassId event_class, EvalScratch& scratch) {
  if (is_idle(event_class)) return;
  see_time(event.time_ms);
  const PathMove& begun = moves_.begin(event_class);
  KeyId id = keys_.find(event, scratch);
  if (id == KeyTable::kNoKey || id >= states_.size() || !states_[id].held) {
    if (begun.takes.empty()) return;
    id = keys_.find_or_make(event, scratch);
    hold(id);
  }
  KeyState& state = states_[id];
  first_new_ = nodes_.end();
  moved_.clear();
  bool changed = false;
  const std::span<const std::uint32_t> words = state.words.words();
  for (std::size_t i = 0; i < words.size(); i += kPair) {
    if (!is_alive(words[i + 1])) {
      changed = true;
      continue;
    }
    const PathMove& next = moves_.move(words[i], event_class);
    changed |= !next.stays;
    if (next.stays) {
      put(words[i], words[i + 1]);
    } else {
      apply(next, words[i + 1], event);
    }
  }
  if (!begun.takes.empty()) {
    changed = true;
    apply(begun, 0, event);
  }
  if (changed) state.words.assign(moved_);
  for (const Complete& complete : completed_) list(id, complete.node, complete.own, event);
  completed_.clear();
  stats_.partial_matches = nodes_.size();
  if (stats_.partial_matches > spec_->limit.most) hold_limit();
  if (state.words.empty()) return drop(id, state);
  if (window_ms_ && !state.timed) put_on_wheel(id, state, add_saturated(event.time_ms, *window_ms_));
}

void ChainMatcher::apply(const PathMove& move, NodeId paths, CurrentEvent& event) {
  if (move.completes) completed_.push_back({paths, false});
  if (move.to != PathMove::kGone) put(move.to, paths);
  for (const PathMove::Take& take : move.takes) {
    const NodeId node = extend(paths, take.step, event);
    nodes_[node].rank = 1;
    if (take.completes) completed_.push_back({node, true});
    if (take.to != PathMove::kGone) put(take.to, node);
  }
}

/// Adds paths to those that stand in a set of states.
void ChainMatcher::put(PathMove::SetId set, NodeId paths) {
  for (std::size_t i = 0; i < moved_.size(); i += kPair) {
    if (moved_[i] != set) continue;
    moved_[i + 1] = meld(moved_[i + 1], paths);
    return;
  }
  moved_.push_back(set);
  moved_.push_back(paths);
}

/// The paths of both: a leftist heap by start, the latest on top, so that what dies does so at the bottom. What others
/// may hold is copied, not changed: O(log n) nodes, and none where the new node has the latest start.
NodeId ChainMatcher::meld(NodeId a, NodeId b) {
  if (!is_alive(a)) return is_alive(b) ? b : 0;
  if (!is_alive(b)) return a;
  if (is_before(nodes_[a].start, nodes_[b].start)) std::swap(a, b);
  const RingNode top = nodes_[a];
  if (a >= first_new_ && top.older == 0 && top.other == 0 && b < a) {
    nodes_[a].older = b;
    return a;
  }
  NodeId left = is_alive(top.older) ? top.older : 0;
  NodeId right = meld(is_alive(top.other) ? top.other : 0, b);
  if (rank(left) < rank(right)) std::swap(left, right);
  RingNode copy = top;
  copy.older = left;
  copy.other = right;
  copy.rank = static_cast<std::uint16_t>(rank(right) + 1);
  return add_node(copy);
}

void ChainMatcher::list(KeyId id, NodeId node, bool own, const CurrentEvent& event) {
  visits_.assign(1, {node, 0, own});
  while (!visits_.empty()) {
    const Visit visit = visits_.back();
    visits_.pop_back();
    const RingNode& at = nodes_[visit.node];
    if (!visit.own) {
      // The earlier starts first.
      visits_.push_back({visit.node, visit.depth, true});
      if (is_alive(at.other)) visits_.push_back({at.other, visit.depth, false});
      if (is_alive(at.older)) visits_.push_back({at.older, visit.depth, false});
      continue;
    }
    backwards_.resize(visit.depth);
    backwards_.push_back({at.event, at.step});
    if (at.previous != 0) {
      visits_.push_back({at.previous, visit.depth + 1, false});
    } else {
      path_.assign(backwards_.rbegin(), backwards_.rend());
      give_out(id, path_, event.time_ms, event.sequence);
    }
  }
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
  wheel_.advance(
      now_ms,
      [&](KeyId id) {
        KeyState& state = states_[id];
        state.timed = false;
        if (!state.held) return;
        moved_.clear();
        EventId last = alive_;
        const std::span<const std::uint32_t> words = state.words.words();
        for (std::size_t i = 0; i < words.size(); i += kPair) {
          if (!is_alive(words[i + 1])) continue;
          last = later_of(last, nodes_[words[i + 1]].start);
          moved_.insert(moved_.end(), {words[i], words[i + 1]});
        }
        if (moved_.empty()) return drop(id, state);
        state.words.assign(moved_);
        put_on_wheel(id, state, add_saturated(events_.time_ms(last), *window_ms_));
      },
      [this](KeyId id) { look_ahead(id); });
  if (stats_.keys == 0) {
    stats_.partial_matches = 0;
    store_.want();
  }
}

void ChainMatcher::visit_nodes(KeyId key, const std::function<void(NodeId)>& visit) const {
  const KeyState& state = states_[key];
  const std::span<const std::uint32_t> words = state.words.words();
  for (std::size_t i = 0; i < words.size(); i += kPair) visit(words[i + 1]);
}

void ChainMatcher::renumber(KeyId, KeyState& state, const NodeMarks& nodes, const EventMarks&) {
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
  moved_.clear();
  EventId last = alive_;
  for (std::size_t i = 0; i < sets; ++i) {
    PathStates states;
    states.first.resize(in.count(1));
    for (StateId& one : states.first) one = read_state(in);
    states.second = in.boolean();
    const NodeId paths = read_node(in);
    if (!in.ok() || states.first.empty() || !std::ranges::is_sorted(states.first)) return in.fail();
    moved_.insert(moved_.end(), {moves_.find(states), paths});
    last = later_of(last, nodes_[paths].start);
  }
  if (moved_.empty()) return in.fail();
  state.words.assign(moved_);
  stats_.partial_matches = nodes_.size();
  time_key(key, state, last);
  return true;
}

}    // namespace cepheid::nfa
