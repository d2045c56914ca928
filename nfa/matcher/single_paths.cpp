#include "nfa/matcher/single_paths.hpp"

#include <algorithm>

namespace cepheid::nfa {
SinglePaths::SinglePaths(const PatternSpec& spec, const Program& program, SharedBuffer& buffer)
    : spec_(spec), program_(program), buffer_(buffer), has_own_limits_(program.has_own_limits()) {}

void SinglePaths::move_all(PartialMatches& live, CurrentEvent& event, Transitions& transitions, Conditions& conditions,
                           std::vector<Completed>& completed, bool may_begin) {
  moved_.clear();
  seen_.clear();
  for (const PartialMatch& partial_match : live) {
    apply(transitions.outcome(partial_match.state, partial_match.path, conditions), &partial_match, event, completed);
  }
  if (may_begin) apply(transitions.outcome(program_.start, nullptr, conditions), nullptr, event, completed);
  for (const PartialMatch& partial_match : live) buffer_.release(partial_match.path);
  live.swap(moved_);
}

/// `from`: null for the start state, which always stays and whose paths begin with this event.
void SinglePaths::apply(const StateMoves& outcome, const PartialMatch* from, CurrentEvent& event,
                        std::vector<Completed>& completed) {
  Node* const taken = from != nullptr ? from->path : nullptr;
  for (const StateMoves::Move& move : outcome.moves) {
    const bool matches = program_.states[move.target].kind == StateKind::final;
    if (move.action == Action::ignore) {
      if (from == nullptr || (outcome.killed && !matches)) continue;
      buffer_.hold(taken);
      if (matches) {
        complete(taken, completed);
      } else {
        go_on({move.target, taken, move.target == from->state ? from->deadline_ms : deadline_of(move.target, taken)});
      }
      continue;
    }
    if (has_own_limits_ && taken != nullptr && end_of_bounds(move.source, taken) <= event.time_ms) continue;
    if (outcome.killed && !matches && !move.completes) continue;
    Node* path = buffer_.extend(taken, move.step, event);
    if (matches) {
      complete(path, completed);
      continue;
    }
    if (move.completes) {
      buffer_.hold(path);
      complete(path, completed);
    }
    if (outcome.killed) {
      buffer_.release(path);
    } else {
      go_on({move.target, path, deadline_of(move.target, path)});
    }
  }
}

/// Takes over the caller's reference.
void SinglePaths::go_on(const PartialMatch& partial_match) {
  if (seen_.insert(partial_match.state, reinterpret_cast<std::uintptr_t>(partial_match.path))) {
    moved_.push_back(partial_match);
  } else {
    buffer_.release(partial_match.path);
  }
}

/// Takes over the caller's reference.
void SinglePaths::complete(Node* path, std::vector<Completed>& completed) {
  if (path->completed) {
    buffer_.release(path);
  } else {
    path->completed = true;
    completed.push_back({path, path->start, path->start});
  }
}

TimeMs SinglePaths::expire(PartialMatches& live, TimeMs now_ms, std::vector<Completed>& completed,
                           std::vector<TimedOut>& timed_out) {
  moved_.clear();
  TimeMs last_deadline = kBeginOfTime;
  for (const PartialMatch& partial_match : live) {
    const TimeMs deadline = partial_match.deadline_ms;
    if (deadline > now_ms || deadline == kEndOfTime) {
      moved_.push_back(partial_match);
      continue;
    }
    last_deadline = std::max(last_deadline, deadline);
    if (program_.states[partial_match.state].kind == StateKind::pending) {
      complete(partial_match.path, completed);
    } else if (spec_.has_timeout_emit && !partial_match.path->timed_out) {
      partial_match.path->timed_out = true;
      timed_out.push_back({partial_match.path, deadline});
    } else {
      buffer_.release(partial_match.path);
    }
  }
  live.swap(moved_);
  return last_deadline;
}

void SinglePaths::drop_starts_before(PartialMatches& live, std::uint64_t bound) {
  std::size_t dropped = 0;
  while (dropped < live.size() && live[dropped].start() < bound) buffer_.release(live[dropped++].path);
  live.erase(live.begin(), live.begin() + static_cast<std::ptrdiff_t>(dropped));
}

void SinglePaths::drop_oldest(PartialMatches& live, std::uint64_t most) {
  if (live.size() > most) drop_starts_before(live, live[live.size() - most - 1].start() + 1);
}

void SinglePaths::drop_newest(PartialMatches& live, std::uint64_t most) {
  if (live.size() <= most) return;
  const std::uint64_t bound = live[most].start();
  while (!live.empty() && live.back().start() >= bound) {
    buffer_.release(live.back().path);
    live.pop_back();
  }
}

TimeMs SinglePaths::deadline_of(StateId state, const Node* path) const {
  TimeMs deadline = kEndOfTime;
  if (spec_.within) deadline = add_saturated(path->start_ms, *spec_.within);
  if (!has_own_limits_) return deadline;
  const DurationMs limit = program_.states[state].within_previous;
  if (limit != kNoLimit) deadline = std::min(deadline, add_saturated(path->event->time_ms, limit));
  return std::min(deadline, end_of_bounds(state, path));
}

TimeMs SinglePaths::end_of_bounds(StateId state, const Node* path) const {
  TimeMs end = kEndOfTime;
  for (const WithinOf& bound : program_.bounds_of(state)) {
    const Node* first = nullptr;
    for (const Node* node = path; node != nullptr; node = node->previous) {
      if (node->step == bound.step) first = node;
    }
    if (first != nullptr) end = std::min(end, add_saturated(first->event->time_ms, bound.duration));
  }
  return end;
}

TimeMs SinglePaths::deadline_of(const PartialMatches& live) const {
  if (live.empty()) return kEndOfTime;
  // Without bounds of their own, the partial match that began first runs out first.
  if (!has_own_limits_) return live.front().deadline_ms;
  TimeMs deadline = kEndOfTime;
  for (const PartialMatch& partial_match : live) deadline = std::min(deadline, partial_match.deadline_ms);
  return deadline;
}

}  // namespace cepheid::nfa
