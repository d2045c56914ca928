#include "nfa/matcher/single_paths.hpp"

#include <algorithm>
#include <utility>

namespace cepheid::nfa {
SinglePaths::SinglePaths(const PatternSpec& spec, const Program& program, SharedBuffer& buffer)
    : spec_(spec), program_(program), buffer_(buffer), has_own_limits_(program.has_own_limits()) {}

void SinglePaths::move_all(PartialMatches& live, CurrentEvent& event, Transitions& transitions, Conditions& conditions,
                           std::vector<Node*>& completed, bool may_begin) {
  seen_.clear();
  const bool all_stay = live.occupied().all([&](StateId state) { return transitions.stays(state, conditions); });
  if (all_stay) {
    moving_ = &live;
  } else {
    moved_.clear();
    moving_ = &moved_;
    for (const PartialMatch& partial_match : live.all()) {
      apply(transitions.outcome(partial_match.state, partial_match.path, conditions), &partial_match, event, completed);
    }
  }
  if (may_begin) apply(transitions.outcome(program_.start, nullptr, conditions), nullptr, event, completed);
  if (all_stay) return;
  for (const PartialMatch& partial_match : live.all()) buffer_.release(partial_match.path);
  live.swap(moved_);
}

/// `from`: null for the start state, which always stays and whose paths begin with this event.
void SinglePaths::apply(const StateMoves& outcome, const PartialMatch* from, CurrentEvent& event,
                        std::vector<Node*>& completed) {
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
    moving_->push_back(partial_match);
  } else {
    buffer_.release(partial_match.path);
  }
}

/// Takes over the caller's reference.
void SinglePaths::complete(Node* path, std::vector<Node*>& completed) {
  if (path->completed) {
    buffer_.release(path);
  } else {
    path->completed = true;
    completed.push_back(path);
  }
}

TimeMs SinglePaths::expire(PartialMatches& live, TimeMs now_ms, std::vector<Node*>& completed,
                           std::vector<TimedOut>& timed_out) {
  TimeMs last_deadline = kBeginOfTime;
  const auto has_run_out = [&](const PartialMatch& partial_match) {
    return partial_match.deadline_ms <= now_ms && partial_match.deadline_ms != kEndOfTime;
  };
  const auto take_out = [&](const PartialMatch& partial_match) {
    last_deadline = std::max(last_deadline, partial_match.deadline_ms);
    if (program_.states[partial_match.state].kind == StateKind::pending) {
      complete(partial_match.path, completed);
    } else if (spec_.has_timeout_emit) {
      timed_out.push_back({partial_match.path, partial_match.deadline_ms});
    } else {
      buffer_.release(partial_match.path);
    }
  };
  if (!has_own_limits_) {
    // Those that began first run out first.
    std::size_t count = 0;
    for (; count < live.size() && has_run_out(live.all()[count]); ++count) take_out(live.all()[count]);
    live.drop_front(count);
    if (!live.empty()) live.set_next_deadline(live.front().deadline_ms);
    report_once(timed_out);
    return last_deadline;
  }
  moved_.clear();
  for (const PartialMatch& partial_match : live.all()) {
    if (has_run_out(partial_match)) {
      take_out(partial_match);
    } else {
      moved_.push_back(partial_match);
    }
  }
  live.swap(moved_);
  report_once(timed_out);
  return last_deadline;
}

/// A path that stood in several states is reported once, with the deadline that came first.
void SinglePaths::report_once(std::vector<TimedOut>& timed_out) {
  if (has_own_limits_) {
    std::stable_sort(timed_out.begin(), timed_out.end(),
                     [](const TimedOut& a, const TimedOut& b) { return a.deadline_ms < b.deadline_ms; });
  }
  std::erase_if(timed_out, [&](const TimedOut& one) {
    if (!std::exchange(one.path->timed_out, true)) return false;
    buffer_.release(one.path);
    return true;
  });
}

void SinglePaths::drop_starts_before(PartialMatches& live, std::uint64_t bound) {
  std::size_t dropped = 0;
  while (dropped < live.size() && live.all()[dropped].start() < bound) buffer_.release(live.all()[dropped++].path);
  live.drop_front(dropped);
}

void SinglePaths::drop_oldest(PartialMatches& live, std::uint64_t most) {
  if (live.size() > most) drop_starts_before(live, live.all()[live.size() - most - 1].start() + 1);
}

void SinglePaths::drop_newest(PartialMatches& live, std::uint64_t most) {
  if (live.size() <= most) return;
  const std::uint64_t bound = live.all()[most].start();
  while (!live.empty() && live.all().back().start() >= bound) {
    buffer_.release(live.all().back().path);
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

}    // namespace cepheid::nfa
