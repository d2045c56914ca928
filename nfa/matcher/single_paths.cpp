#include "nfa/matcher/single_paths.hpp"

#include <algorithm>

namespace cepheid::nfa {
SinglePaths::SinglePaths(const PatternSpec& spec, const Program& program, SharedBuffer& buffer)
    : spec_(spec), program_(program), buffer_(buffer), has_previous_limits_(program.has_previous_limits()) {}

void SinglePaths::move_all(PartialMatches& live, CurrentEvent& event, Transitions& transitions, Conditions& conditions,
                           std::vector<Completed>& completed) {
  moved_.clear();
  seen_.clear();
  for (const PartialMatch& partial_match : live) {
    apply(transitions.outcome(partial_match.state, partial_match.path, conditions), partial_match.path, event,
          completed);
  }
  apply(transitions.outcome(program_.start, nullptr, conditions), nullptr, event, completed);
  for (const PartialMatch& partial_match : live) buffer_.release(partial_match.path);
  live.swap(moved_);
}

/// `from`: null for the start state, which always stays and whose paths begin with this event.
void SinglePaths::apply(const StateMoves& outcome, Node* from, CurrentEvent& event, std::vector<Completed>& completed) {
  for (const StateMoves::Move& move : outcome.moves) {
    const bool matches = program_.states[move.target].kind == StateKind::final;
    if (move.action == Action::ignore) {
      if (from == nullptr || (outcome.killed && !matches)) continue;
      buffer_.hold(from);
      if (matches) {
        complete(from, completed);
      } else {
        go_on(move.target, from);
      }
      continue;
    }
    if (outcome.killed && !matches && !move.completes) continue;
    Node* path = buffer_.extend(from, move.step, event);
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
      go_on(move.target, path);
    }
  }
}

/// Takes over the caller's reference.
void SinglePaths::go_on(StateId state, Node* path) {
  if (seen_.insert(state, reinterpret_cast<std::uintptr_t>(path))) {
    moved_.push_back({state, path});
  } else {
    buffer_.release(path);
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
    const TimeMs deadline = deadline_of(partial_match);
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

TimeMs SinglePaths::deadline_of(const PartialMatch& partial_match) const {
  TimeMs deadline = kEndOfTime;
  if (spec_.within) deadline = add_saturated(partial_match.path->start_ms, *spec_.within);
  const DurationMs limit = program_.states[partial_match.state].within_previous;
  if (limit != kNoLimit) {
    deadline = std::min(deadline, add_saturated(partial_match.path->event->time_ms, limit));
  }
  return deadline;
}

TimeMs SinglePaths::deadline_of(const PartialMatches& live) const {
  if (live.empty()) return kEndOfTime;
  // Without bounds of their own, the partial match that began first runs out first.
  if (!has_previous_limits_) return deadline_of(live.front());
  TimeMs deadline = kEndOfTime;
  for (const PartialMatch& partial_match : live) deadline = std::min(deadline, deadline_of(partial_match));
  return deadline;
}

}  // namespace cepheid::nfa
