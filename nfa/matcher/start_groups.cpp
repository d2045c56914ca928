#include "nfa/matcher/start_groups.hpp"

#include <algorithm>

namespace cepheid::nfa {

void StartGroupList::save(NodeWriter& nodes) const {
  ByteWriter& out = nodes.out();
  out.varint(bound);
  out.boolean(occupied.many());
  out.varint(groups.size());
  for (const StartGroup& group : groups) {
    out.signed_varint(group.first_ms);
    out.varint(group.starts);
    out.varint(group.positions.size());
    for (const StartGroup::Position& position : group.positions) {
      out.varint(position.state);
      nodes.write(position.path);
    }
  }
}

bool StartGroupList::load(NodeReader& nodes, std::size_t states) {
  ByteReader& in = nodes.in();
  bound = in.varint();
  const bool many = in.boolean();
  constexpr std::size_t kLeastBytes = 6;    // of a group
  const std::size_t all = in.count(kLeastBytes);
  for (std::size_t i = 0; i < all; ++i) {
    if (!load_group(nodes, states)) return in.fail();
  }
  if (many) occupied.set_many();
  return in.ok();
}

bool StartGroupList::load_group(NodeReader& nodes, std::size_t states) {
  ByteReader& in = nodes.in();
  const std::uint64_t last_start = groups.empty() ? 0 : groups.back().last_start();
  const TimeMs first_ms = in.signed_varint();
  const std::uint64_t starts = in.varint();
  constexpr std::size_t kLeastBytes = 3;    // of a position
  const std::size_t positions = in.count(kLeastBytes);
  for (std::size_t i = 0; i < positions; ++i) {
    const std::uint64_t state = in.varint();
    Node* path = state < states ? nodes.read() : nullptr;
    if (path == nullptr) return false;
    // A group without a position is none, also for whoever releases what was read up to a failure.
    if (i == 0) groups.push_back({.positions = {}, .first_ms = first_ms, .starts = starts});
    StartGroup& group = groups.back();
    group.positions.push_back({static_cast<StateId>(state), path});
    occupied.add(static_cast<StateId>(state));
    // Finding a start in a group relies on these: the group's starts are the same in each position, behind those of the
    // group before it, and the last one is alive.
    if (nodes.first_start_of_last() <= last_start || path->start != group.last_start() || path->start < bound) {
      return false;
    }
  }
  count += starts * positions;
  return positions != 0;
}

bool StartGroups::fit(const PatternSpec& spec, const Program& program) {
  const bool strategy = spec.after_match.strategy == SkipStrategy::skip_past_last ||
                        spec.after_match.strategy == SkipStrategy::skip_to_next;
  // Which starts are the latest is not told apart within a group.
  const bool limit = spec.limit.then != PartialMatchLimit::Then::drop_newest;
  return strategy && limit && !spec.has_timeout_emit && !program.has_history() && !program.has_own_limits();
}

StartGroups::StartGroups(const PatternSpec& spec, const Program& program, SharedBuffer& buffer)
    : spec_(spec), program_(program), buffer_(buffer), taken_at_(program.states.size(), 0) {}

void StartGroups::move_all(StartGroupList& live, CurrentEvent& event, Transitions& transitions, Conditions& conditions,
                           std::vector<Completed>& completed, bool may_begin) {
  const bool all_stay = live.occupied.all([&](StateId state) { return transitions.stays(state, conditions); });
  if (!all_stay) {
    before_.clear();
    before_.swap(live.groups);
    live.occupied.clear();
    live.count = 0;
    for (const StartGroup& group : before_) {
      StartGroup moved;
      moved.first_ms = group.first_ms;
      moved.starts = group.starts;
      ++round_;
      completed_one_ = false;
      for (const StartGroup::Position& position : group.positions) {
        apply(transitions.outcome(position.state, nullptr, conditions), position.path, event, live.bound, moved,
              completed);
      }
      append(live, std::move(moved));
    }
    for (const StartGroup& group : before_) release(group);
  }

  if (!may_begin) return;
  StartGroup begun;
  begun.first_ms = event.time_ms;
  ++round_;
  completed_one_ = false;
  apply(transitions.outcome(program_.start, nullptr, conditions), nullptr, event, live.bound, begun, completed);
  append(live, std::move(begun));
}

/// `from`: null for the start state.
void StartGroups::apply(const StateMoves& outcome, Node* from, CurrentEvent& event, std::uint64_t bound,
                        StartGroup& into, std::vector<Completed>& completed) {
  for (const StateMoves::Move& move : outcome.moves) {
    const bool ignores = move.action == Action::ignore;
    if (ignores && from == nullptr) continue;
    const bool matches = program_.states[move.target].kind == StateKind::final;
    const bool completes = (matches || move.completes) && !completed_one_;
    const bool goes_on = !matches && !outcome.killed && taken_at_[move.target] != round_;
    if (!completes && !goes_on) continue;

    Node* path = from;
    if (ignores) {
      buffer_.hold(path);
    } else {
      path = buffer_.extend(from, move.step, event);
    }
    if (completes) {
      completed_one_ = true;
      completed.push_back({path, first_start(path, bound)->start, path->start});
      if (goes_on) buffer_.hold(path);
    }
    if (goes_on) {
      taken_at_[move.target] = round_;
      into.positions.push_back({move.target, path});
    }
  }
}

void StartGroups::append(StartGroupList& live, StartGroup&& group) {
  if (group.positions.empty()) return;
  live.count += group.starts * group.positions.size();
  if (!live.groups.empty() && can_join(live.groups.back(), group)) {
    StartGroup& older = live.groups.back();
    for (std::size_t i = 0; i < group.positions.size(); ++i) {
      older.positions[i].path = buffer_.join(older.positions[i].path, group.positions[i].path);
    }
    older.starts += group.starts;
    return;
  }
  for (const StartGroup::Position& position : group.positions) live.occupied.add(position.state);
  live.groups.push_back(std::move(group));
}

bool StartGroups::can_join(const StartGroup& older, const StartGroup& newer) const {
  /// Of what a group holds, at most a quarter of `within` is dead.
  constexpr DurationMs kPartsOfWindow = 4;
  if (spec_.within && newer.last_start_ms() - older.first_ms > *spec_.within / kPartsOfWindow) return false;
  return std::equal(older.positions.begin(), older.positions.end(), newer.positions.begin(), newer.positions.end(),
                    [](const auto& a, const auto& b) { return a.state == b.state; });
}

void StartGroups::release(const StartGroup& group) {
  for (const StartGroup::Position& position : group.positions) buffer_.release(position.path);
}

void StartGroups::forget_front(StartGroupList& live, std::size_t groups) {
  for (std::size_t i = 0; i < groups; ++i) {
    for (const StartGroup::Position& position : live.groups[i].positions) live.occupied.remove(position.state);
    live.count -= live.groups[i].starts * live.groups[i].positions.size();
    release(live.groups[i]);
  }
  live.groups.erase(live.groups.begin(), live.groups.begin() + static_cast<std::ptrdiff_t>(groups));
}

void StartGroups::drop_starts_before(StartGroupList& live, std::uint64_t bound) {
  live.bound = std::max(live.bound, bound);
  std::size_t dead = 0;
  while (dead < live.groups.size() && live.groups[dead].last_start() < live.bound) ++dead;
  forget_front(live, dead);
}

void StartGroups::drop_oldest(StartGroupList& live, std::uint64_t most) {
  while (live.count > most && !live.groups.empty()) {
    StartGroup& front = live.groups.front();
    const Node* first = first_start(front.positions.front().path, live.bound);
    live.bound = first->start + 1;
    if (front.last_start() < live.bound) {
      forget_front(live, 1);
    } else {
      --front.starts;
      live.count -= front.positions.size();
    }
  }
}

/// The first start of the group that is still in time, as the node of its first event. Requires that there is one.
const Node* StartGroups::first_alive(const StartGroup& group, TimeMs now_ms) const {
  const Node* node = group.positions.front().path;
  for (;;) {
    while (node->joins()) node = is_dead(node->older->start_ms, now_ms) ? node->previous : node->older;
    if (node->previous == nullptr) return node;
    node = node->previous;
  }
}

TimeMs StartGroups::expire(StartGroupList& live, TimeMs now_ms, std::vector<Completed>& completed) {
  TimeMs last_deadline = kBeginOfTime;
  std::uint64_t bound = live.bound;
  for (StartGroup& group : live.groups) {
    if (!is_dead(group.first_ms, now_ms)) break;
    const bool all_dead = is_dead(group.last_start_ms(), now_ms);
    const Node* alive = all_dead ? nullptr : first_alive(group, now_ms);
    const std::uint64_t end = all_dead ? group.last_start() + 1 : std::max(alive->start, live.bound);
    const auto pending = std::find_if(group.positions.begin(), group.positions.end(), [&](const auto& position) {
      return program_.states[position.state].kind == StateKind::pending;
    });
    // Start by start: each runs out by itself, and those behind it in the group wait on.
    for (std::uint64_t at = live.bound; at < end && at <= group.last_start();) {
      const Node* first = first_start(group.positions.front().path, at);
      if (first->start >= end) break;
      last_deadline = std::max(last_deadline, add_saturated(first->start_ms, *spec_.within));
      at = first->start + 1;
      if (pending == group.positions.end()) {
        // Nothing comes of them: only the time of the last one matters.
        last_deadline =
            std::max(last_deadline, add_saturated(all_dead ? group.last_start_ms() : first->start_ms, *spec_.within));
        break;
      }
      buffer_.hold(pending->path);
      completed.push_back({pending->path, first->start, first->start});
    }
    bound = std::max(bound, end);
    if (!all_dead) {
      group.first_ms = alive->start_ms;
      break;
    }
  }
  drop_starts_before(live, bound);
  return last_deadline;
}

}    // namespace cepheid::nfa
