// The part of a GroupMatcher that is about families of patterns.

#include "nfa/matcher/group_family.hpp"

#include <algorithm>
#include <utility>

namespace cepheid::nfa {

// ---- GroupMatcher::Family

GroupMatcher::Family::Family(std::span<const std::uint32_t> of_patterns,
                             const std::vector<std::vector<TypedExpr>>& own_conditions, const RowLayout& layout)
    : own(own_conditions, layout), stats(of_patterns.size()) {
  for (const std::uint32_t condition : own.order()) patterns.push_back(of_patterns[condition]);
  in_pattern_order = std::ranges::is_sorted(patterns);
}

const PatternStats& GroupMatcher::Family::stats_of(std::uint32_t pattern, const PatternStats& shared) {
  const auto place = static_cast<std::size_t>(std::ranges::find(patterns, pattern) - patterns.begin());
  const std::uint64_t matches = stats[place].matches;
  stats[place] = shared;
  stats[place].matches = matches;
  return stats[place];
}

std::size_t GroupMatcher::Family::memory_bytes() const {
  return runs.memory_bytes() + run_words.memory_bytes() + own.memory_bytes() + patterns.size() * sizeof(PatternStats);
}

void GroupMatcher::Family::read_runs(KeyId key, EventId bound_of_all) {
  before.clear();
  const std::span<const std::uint32_t> words = runs[key].words();
  for (std::size_t i = 0; i < words.size(); i += 2) before.push_back({words[i], words[i + 1]});
  if (before.empty()) before.push_back({0, bound_of_all});
}

EventId GroupMatcher::Family::write_runs(KeyId key) {
  EventId least = after.front().bound;
  WordList& words = runs[key];
  words.truncate(0);
  if (after.size() == 1) return least;
  for (const Run& run : after) {
    words.push_back(run_words, run.first);
    words.push_back(run_words, run.bound);
    if (is_before(run.bound, least)) least = run.bound;
  }
  return least;
}

void GroupMatcher::Family::put_in_pattern_order(std::vector<Lane>& lanes) const {
  std::ranges::stable_sort(lanes, {}, [this](const Lane& lane) { return patterns[lane.place]; });
}

// ---- an event

void GroupMatcher::work_as_family(KeyId id, KeyState& state, ClassId event_class, CurrentEvent& event,
                                  EvalScratch& scratch) {
  Family& family = *family_;
  const ClassId twin = classes_.twin(event_class);
  family.found.clear();
  if (tells_own(event_class)) family.own.find(event.row, event.time_ms, scratch, family.found);
  if (state.split) work_on_splits(id, event_class, twin, event);
  give_out_ms_ = event.time_ms;
  complete_places(id, state, event_class, twin, event);
  move(state, event_class, event);
  completed_.clear();    // complete_places() saw to them
  if (state.split) join_again(id, state);
  raise_bound(id, state);
  give_all(id);
}

/// May the patterns' own conditions make a difference to events of the class?
bool GroupMatcher::tells_own(ClassId id) {
  std::vector<std::int8_t>& known = family_->tells_own;
  if (id >= known.size()) known.resize(id + std::size_t{1}, -1);
  if (known[id] < 0) known[id] = moves_.are_same(id, classes_.twin(id)) ? 0 : 1;
  return known[id] != 0;
}

/// Does an event of the class complete any partial match that some pattern shares?
bool GroupMatcher::may_complete(const KeyState& state, ClassId event_class) {
  if (moves_.begin(event_class).completed != GroupMove::kNothing) return true;
  const EventId bound = bound_of(state);
  bool completes = false;
  for_groups(state.words.words(), [&](std::span<const std::uint32_t> group) {
    completes =
        !is_before(last_start(group), bound) && moves_.move(group[0], event_class).completed != GroupMove::kNothing;
    return !completes;
  });
  return completes;
}

/// Lets out what the event completes, run by run, and raises the bounds of the patterns that let something out. Before
/// the shared partial matches are moved.
void GroupMatcher::complete_places(KeyId id, KeyState& state, ClassId event_class, ClassId twin, CurrentEvent& event) {
  Family& family = *family_;
  const bool for_all = may_complete(state, event_class);
  const bool for_found = !family.found.empty() && may_complete(state, twin);
  if (!for_all && !for_found) return;
  family.paths.clear();
  family.read_runs(id, state.bound);
  family.after.clear();
  const EventId floor = bound_of(state);
  auto split = family.splits_of(id).first;
  auto range = family.found.begin();
  std::size_t run = 0;
  for (std::uint32_t place = 0; place < family.places();) {
    if (run + 1 < family.before.size() && family.before[run + 1].first == place) ++run;
    if (range != family.found.end() && range->end == place) ++range;
    while (split != family.splits.end() && split->first < Lane{id, place}) ++split;
    const bool is_found = range != family.found.end() && range->first <= place;
    std::uint32_t end = run + 1 < family.before.size() ? family.before[run + 1].first : family.places();
    if (range != family.found.end()) end = std::min(end, is_found ? range->end : range->first);
    EventId bound = later_of(family.before[run].bound, floor);
    const bool has_split = split != family.splits.end() && split->first.key == id;
    if (has_split && split->first.place == place) {
      end = place + 1;
    } else {
      if (has_split) end = std::min(end, split->first.place);
      if (is_found ? for_found : for_all) {
        bound = complete_run(place, end, bound, id, state, is_found ? twin : event_class, event);
      }
    }
    family.add_run({place, bound});
    place = end;
  }
  state.bound = later_of(state.bound, family.write_runs(id));
}

/// Lets out what the event completes for the patterns of a run, and gives their new bound. They are split off if a
/// match has to wait.
EventId GroupMatcher::complete_run(std::uint32_t first, std::uint32_t end, EventId bound, KeyId id, KeyState& state,
                                   ClassId event_class, CurrentEvent& event) {
  Family& family = *family_;
  const bool to_next = spec_->after_match.strategy == SkipStrategy::skip_to_next;
  const std::size_t given_before = family.given.size();
  EventId alive = bound;
  bool blocked = false;    // does a partial match with an earlier start live on?
  bool waits = false;
  PatternStats counted;
  outlet_.begin();
  const auto complete = [&](const GroupMove& next, std::span<const std::uint32_t> group, EventId last) {
    if (blocked) {
      waits = true;
      return false;
    }
    const NodeId path = completed_path(next, group, event_class, event);
    do {
      const EventId start = first_start(path, alive);
      if (outlet_.offer(counted)) family.given.push_back({first, end, path, start, give_out_ms_});
      alive = (to_next ? start : nodes_[side_of(path, start)].event) + 1;
    } while (!is_before(last, alive));
    return true;
  };
  for_groups(state.words.words(), [&](std::span<const std::uint32_t> group) {
    if (is_before(last_start(group), alive)) return true;
    const GroupMove& next = moves_.move(group[0], event_class);
    if (next.completed != GroupMove::kNothing) return complete(next, group, last_start(group));
    blocked |= next.to != GroupMove::kGone;
    return true;
  });
  const GroupMove& begun = moves_.begin(event_class);
  if (!waits && begun.completed != GroupMove::kNothing) {
    const EventId start = events_.take(event);
    if (!is_before(start, alive)) complete(begun, {}, start);
  }
  if (waits) {
    family.given.resize(given_before);
    for (std::uint32_t place = first; place < end; ++place) split({id, place}, state, bound, event_class, event);
    return bound;
  }
  for (std::uint32_t place = first; place < end; ++place) family.stats[place].matches += counted.matches;
  return alive;
}

/// The paths that the event completes in a group (empty: that begin with it), made once.
NodeId GroupMatcher::completed_path(const GroupMove& move, std::span<const std::uint32_t> group, ClassId event_class,
                                    CurrentEvent& event) {
  if (move.completed < 0) return group[kHeads + static_cast<std::size_t>(~move.completed)];
  for (const auto& [known_group, known_class, path] : family_->paths) {
    if (known_group == group.data() && known_class == event_class) return path;
  }
  const GroupMove::Take& take = move.takes[static_cast<std::size_t>(move.completed)];
  const EventId id = events_.take(event);
  const NodeId path = add_node({.previous = group.empty() ? 0 : group[kHeads + take.position],
                                .event = id,
                                .start = group.empty() ? id : last_start(group),
                                .step = take.step});
  family_->paths.emplace_back(group.data(), event_class, path);
  return path;
}

/// Gives the patterns' matches at one event out: those of each pattern together, the patterns in the engine's order.
void GroupMatcher::give_all(KeyId id) {
  Family& family = *family_;
  if (family.given.empty()) return;
  path_.clear();
  family.ends.clear();
  for (const Family::Given& given : family.given) {
    resolve(given.path, given.start);
    family.ends.push_back(path_.size());
  }
  const auto view = [&](std::size_t i) {
    const std::size_t begin = i == 0 ? 0 : family.ends[i - 1];
    return view_of(id, std::span<const Taken>(path_).subspan(begin, family.ends[i] - begin), family.given[i].time_ms,
                   sequence_);
  };
  const auto follow = [](const Family::Given& a, const Family::Given& b) { return a.end > b.first; };
  if (family.in_pattern_order && std::ranges::adjacent_find(family.given, follow) == family.given.end()) {
    for (std::size_t i = 0; i < family.given.size(); ++i) {
      MatchView match = view(i);
      for (std::uint32_t place = family.given[i].first; place < family.given[i].end; ++place) {
        match.pattern = family.patterns[place];
        consumer_.on_match(match);
      }
    }
  } else {
    family.order.clear();
    for (std::uint32_t i = 0; i < family.given.size(); ++i) {
      for (std::uint32_t place = family.given[i].first; place < family.given[i].end; ++place) {
        family.order.emplace_back(family.patterns[place], i);
      }
    }
    std::ranges::sort(family.order);
    for (std::size_t i = 0; i < family.order.size();) {
      const std::uint32_t given = family.order[i].second;
      MatchView match = view(given);
      for (; i < family.order.size() && family.order[i].second == given; ++i) {
        match.pattern = family.order[i].first;
        consumer_.on_match(match);
      }
    }
  }
  family.given.clear();
}

/// Takes away what is behind the bounds of all patterns.
void GroupMatcher::raise_bound(KeyId id, KeyState& state) {
  drop_starts_before(state, state.bound);
  if (state.words.empty() && !state.split) family_->runs[id].clear(family_->run_words);
}

// ---- patterns with a state of their own

GroupMatcher::KeyState& GroupMatcher::state_of_lane(Lane lane) {
  return family_ ? family_->splits.find(lane)->second : states_[lane.key];
}

/// Gives a pattern its own state of a key, as it was before the event, and works on the event there.
void GroupMatcher::split(Lane lane, KeyState& state, EventId bound, ClassId event_class, CurrentEvent& event) {
  state.split = true;
  KeyState& own = family_->splits[lane];
  own.words.assign(word_pool_, state.words.words());
  own.bound = bound;
  stats_.partial_matches += count(own);
  work(lane, own, event_class, event);
  if (own.waiting) time_waiting(lane, own);
}

void GroupMatcher::work_on_splits(KeyId id, ClassId event_class, ClassId twin, CurrentEvent& event) {
  const auto [begin, end] = family_->splits_of(id);
  for (auto split = begin; split != end; ++split) {
    const Lane lane = split->first;
    const bool is_found = std::ranges::any_of(family_->found, [lane](const ConditionLadders::Range& range) {
      return range.first <= lane.place && lane.place < range.end;
    });
    work(lane, split->second, is_found ? twin : event_class, event);
    if (split->second.waiting) time_waiting(lane, split->second);
  }
}

/// Patterns with nothing that waits share the key's state again: what they still have is what the others have from
/// their bound on, for whatever they have completed is behind it.
void GroupMatcher::join_again(KeyId id, KeyState& state) {
  Family& family = *family_;
  auto [split, end] = family.splits_of(id);
  family.read_runs(id, state.bound);
  state.split = false;
  while (split != end) {
    auto& [lane, own] = *split;
    if (own.waiting) {
      state.split = true;
      ++split;
      continue;
    }
    family.after.clear();
    for (std::size_t run = 0; run < family.before.size(); ++run) {
      const std::uint32_t first = family.before[run].first;
      const std::uint32_t next = run + 1 < family.before.size() ? family.before[run + 1].first : family.places();
      const EventId bound = family.before[run].bound;
      const bool is_in = first <= lane.place && lane.place < next;
      if (!is_in || first < lane.place) family.add_run({first, bound});
      if (is_in) family.add_run({lane.place, own.bound});
      if (is_in && lane.place + 1 < next) family.add_run({lane.place + 1, bound});
    }
    family.before = family.after;
    stats_.partial_matches -= count(own);
    split->second.words.clear(word_pool_);
    split = family.splits.erase(split);
  }
  family.after = family.before;
  state.bound = later_of(state.bound, family.write_runs(id));
  raise_bound(id, state);
}

}    // namespace cepheid::nfa
