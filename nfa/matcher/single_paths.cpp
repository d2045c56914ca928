#include "nfa/matcher/single_paths.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace cepheid::nfa {

SinglePaths::SinglePaths(const PatternSpec& spec, const Program& program, SharedBuffer& buffer,
                         std::size_t indexed_from)
    : spec_(spec),
      program_(program),
      buffer_(buffer),
      has_own_limits_(program.has_own_limits()),
      indexed_from_(indexed_from),
      plans_(program) {}

SinglePaths::~SinglePaths() {
  bury(std::numeric_limits<std::size_t>::max());
}

void SinglePaths::move_all(PartialMatches& live, CurrentEvent& event, Transitions& transitions, Conditions& conditions,
                           std::vector<Node*>& completed, bool may_begin) {
  constexpr std::size_t kBuriedEach = 8;    // more than an event usually makes
  if (!vanished_.empty()) bury(kBuriedEach);
  seen_.clear();
  const auto move_one = [&](MatchSlot slot) {
    ++visits_;
    const PartialMatch& one = live.at(slot);
    const StateMoves& outcome = transitions.outcome(one.state, one.path, conditions);
    if (live.size() == 1 && outcome.stays(one.state)) return;    // nobody else could come to stand there
    move(live, slot, outcome, event, completed);
  };
  if (find_concerned(live, transitions, conditions)) {
    for (const MatchSlot slot : concerned_) move_one(slot);
  } else {
    for (MatchSlot slot = live.first(); slot != kNoMatch;) {
      const MatchSlot next = live.next(slot);
      move_one(slot);
      slot = next;
    }
  }
  const StateMoves& beginning = transitions.outcome(program_.start, nullptr, conditions);
  if (may_begin && !beginning.moves.empty()) {
    Place at_end{.live = live};
    apply(beginning, nullptr, event, at_end, completed);
  }
  for (Node* path : left_) buffer_.release(path);
  left_.clear();
}

bool SinglePaths::find_concerned(PartialMatches& live, Transitions& transitions, Conditions& conditions) {
  concerned_.clear();
  const bool indexed = live.size() >= indexed_from_;
  const bool found = live.occupied().all([&](StateId state) {
    if (transitions.stays(state, conditions)) return true;
    const VisitPlan* plan = indexed ? plans_.find(state, conditions) : nullptr;
    if (plan == nullptr) return false;
    for (const Visit& visit : plan->visits) live.collect(state, visit, conditions, concerned_);
    return true;
  });
  // Where it can concern most, going through the list is cheaper than putting them in its order.
  if (!found || 2 * concerned_.size() > live.size()) return false;
  std::sort(concerned_.begin(), concerned_.end(), [&](MatchSlot a, MatchSlot b) { return live.comes_before(a, b); });
  concerned_.erase(std::unique(concerned_.begin(), concerned_.end()), concerned_.end());
  return true;
}

void SinglePaths::move(PartialMatches& live, MatchSlot slot, const StateMoves& outcome, CurrentEvent& event,
                       std::vector<Node*>& completed) {
  const PartialMatch from = live.at(slot);
  const bool may_stay = !outcome.killed && std::ranges::any_of(outcome.moves, [&](const StateMoves::Move& move) {
    return move.action == Action::ignore && move.target == from.state;
  });
  Place place{.live = live, .before = may_stay ? slot : live.next(slot), .instead = may_stay ? kNoMatch : slot};
  apply(outcome, &from, event, place, completed);
  // Where it stays, what came before it was put before its slot, and what came after it behind.
  const bool gone = may_stay ? place.before == slot : place.instead == slot;
  if (gone) live.remove(slot);
  if (gone || !may_stay) left_.push_back(from.path);
}

/// `from`: null for the start state, which always stays and whose paths begin with this event.
void SinglePaths::apply(const StateMoves& outcome, const PartialMatch* from, CurrentEvent& event, Place& place,
                        std::vector<Node*>& completed) {
  Node* const taken = from != nullptr ? from->path : nullptr;
  for (const StateMoves::Move& move : outcome.moves) {
    const bool matches = program_.states[move.target].kind == StateKind::final;
    if (move.action == Action::ignore) {
      if (from == nullptr || (outcome.killed && !matches)) continue;
      if (matches) {
        buffer_.hold(taken);
        complete(taken, completed);
      } else if (move.target == from->state) {
        stay(*from, place);
      } else {
        buffer_.hold(taken);
        go_on({move.target, taken, deadline_of(move.target, taken)}, place);
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
      go_on({move.target, path, deadline_of(move.target, path)}, place);
    }
  }
}

/// In the slot that it has, which is the one before which things are put so far.
void SinglePaths::stay(const PartialMatch& partial_match, Place& place) {
  if (seen_.insert(partial_match.state, reinterpret_cast<std::uintptr_t>(partial_match.path))) {
    place.before = place.live.next(place.before);
  }
}

/// Takes over the caller's reference.
void SinglePaths::go_on(const PartialMatch& partial_match, Place& place) {
  if (!seen_.insert(partial_match.state, reinterpret_cast<std::uintptr_t>(partial_match.path))) {
    buffer_.release(partial_match.path);
  } else if (place.instead != kNoMatch) {
    place.live.replace(place.instead, partial_match);
    place.instead = kNoMatch;
  } else {
    place.live.insert_before(place.before, partial_match);
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

bool SinglePaths::all_vanish(const PartialMatches& live, TimeMs now_ms) const {
  constexpr std::size_t kMany = 64;    // fewer are released at once
  if (live.size() < kMany || has_own_limits_ || spec_.has_timeout_emit) return false;
  const TimeMs last_deadline = live.back().deadline_ms;    // who began last runs out last
  return last_deadline <= now_ms && last_deadline != kEndOfTime &&
         live.occupied().all([&](StateId state) { return program_.states[state].kind != StateKind::pending; });
}

void SinglePaths::bury(std::size_t most) {
  for (; most != 0 && !vanished_.empty(); --most) {
    PartialMatches& list = vanished_.back();
    buffer_.release(list.front().path);
    list.remove(list.first());
    if (list.empty()) vanished_.pop_back();
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
    if (all_vanish(live, now_ms)) {
      last_deadline = live.back().deadline_ms;
      vanished_.push_back(std::exchange(live, {}));
      return last_deadline;
    }
    // Those that began first run out first.
    while (!live.empty() && has_run_out(live.front())) {
      take_out(live.front());
      live.remove(live.first());
    }
    if (!live.empty()) live.set_next_deadline(live.front().deadline_ms);
    report_once(timed_out);
    return last_deadline;
  }
  TimeMs next_deadline = kEndOfTime;
  for (MatchSlot slot = live.first(); slot != kNoMatch;) {
    const MatchSlot next = live.next(slot);
    if (has_run_out(live.at(slot))) {
      take_out(live.at(slot));
      live.remove(slot);
    } else {
      next_deadline = std::min(next_deadline, live.at(slot).deadline_ms);
    }
    slot = next;
  }
  live.set_next_deadline(next_deadline);
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
  while (!live.empty() && live.front().start() < bound) {
    buffer_.release(live.front().path);
    live.remove(live.first());
  }
}

void SinglePaths::drop_oldest(PartialMatches& live, std::uint64_t most) {
  if (live.size() <= most) return;
  MatchSlot last_dropped = live.first();
  for (std::size_t i = live.size() - most; i > 1; --i) last_dropped = live.next(last_dropped);
  drop_starts_before(live, live.at(last_dropped).start() + 1);
}

void SinglePaths::drop_newest(PartialMatches& live, std::uint64_t most) {
  if (live.size() <= most) return;
  MatchSlot first_dropped = live.last();
  for (std::size_t i = live.size() - most; i > 1; --i) first_dropped = live.previous(first_dropped);
  const std::uint64_t bound = live.at(first_dropped).start();
  while (!live.empty() && live.back().start() >= bound) {
    buffer_.release(live.back().path);
    live.remove(live.last());
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
