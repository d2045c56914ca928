#include "nfa/matcher/merged_matcher.hpp"

#include <algorithm>
#include <utility>

namespace cepheid::nfa {

// ---- MergedStore

void MergedStore::mark() {
  marks_.reset(events_.begin(), events_.end());
  for (MergedMatcher* matcher : matchers_) matcher->mark(marks_);
  marks_.count();
}

void MergedStore::on_time(TimeMs now_ms) {
  if (!std::ranges::all_of(matchers_, [](const MergedMatcher* matcher) { return matcher->is_empty(); })) return;
  if (events_.size() != 0) give_back_ms_ = add_saturated(events_.time_ms(events_.end() - 1), patience_ms_);
  if (now_ms < give_back_ms_) {
    lower_alarm(give_back_ms_);
    return;
  }
  give_back_ms_ = kEndOfTime;
  for (MergedMatcher* matcher : matchers_) matcher->give_back();
  events_.give_back();
  for (MergedMatcher* matcher : matchers_) matcher->see_begin();
}

void MergedStore::clear_up() {
  wanted_ = false;
  EventId first = events_.end();
  for (MergedMatcher* matcher : matchers_) {
    if (const EventId wanted = matcher->free_old_nodes(); is_before(wanted, first)) first = wanted;
  }
  events_.free_before(first);
  for (MergedMatcher* matcher : matchers_) matcher->see_begin();
  const auto worth_it = [](const MergedMatcher* matcher) { return matcher->is_worth_compacting(); };
  // Numbers must not run so far ahead that an old bound looks new.
  constexpr std::uint32_t kFarAhead = std::uint32_t{1} << 30;
  const bool far = events_.end() - compacted_at_ > kFarAhead;
  constexpr std::uint32_t kFewEvents = 1024;
  const bool many = events_.size() > kGarbageFactor * (kept_ + kFewEvents);
  if (far || many || std::ranges::any_of(matchers_, worth_it)) {
    mark();
    for (MergedMatcher* matcher : matchers_) matcher->compact(marks_);
    events_.compact(marks_);
    compacted_at_ = events_.end();
    kept_ = events_.size();
  }
  for (MergedMatcher* matcher : matchers_) matcher->note_nodes();
  look_at_ = events_.size() + events_.size() / 8 + RingMemory::kChunk;
}

// ---- MergedMatcher

MergedMatcher::MergedMatcher(std::shared_ptr<const PatternSpec> spec, Program program, std::uint32_t pattern,
                             MergedStore& store, KeyTable& keys, PredicateTable& table, MatchConsumer& consumer,
                             std::span<const ConditionId> apart)
    : spec_(std::move(spec)),
      program_(std::move(program)),
      pattern_(pattern),
      store_(store),
      events_(store.events()),
      keys_(keys),
      consumer_(consumer),
      window_ms_(spec_->within),
      classes_(program_, spec_->when, apart, table),
      alive_(events_.begin()),
      next_death_ms_(window_ms_ ? kBeginOfTime : kEndOfTime),
      wheel_(spec_->within.value_or(1)) {
  // Outcomes that have another place: none of a row are there.
  known_[known_place(0)].outcomes = 1;
  store_.add(*this, window_ms_);
}

ActiveRows MergedMatcher::classify(EventBlock& block, EvalScratch& scratch, ClassId* classes) {
  ActiveRows active;
  std::uint64_t concerned = 0;
  const std::uint64_t mask = classes_.mask();
  const std::uint64_t dear = classes_.dear();
  const std::size_t size = block.size();
  for (std::size_t i = 0; i < size; ++i) {
    std::uint64_t outcomes = block.outcomes(i) & mask;
    // Most events are told by what is cheap.
    if (dear != 0 && !is_idle_whatever(classes_.of(outcomes))) outcomes = block.outcomes_with(i, dear, scratch) & mask;
    KnownClass& known = known_[known_place(outcomes)];
    if (known.outcomes != outcomes) learn(known, outcomes);
    classes[i] = known.id;
    concerned += known.concerns ? 1 : 0;
    active.rows |= EventBlock::Rows{known.active} << i;
    active.beginning |= EventBlock::Rows{known.begins} << i;
  }
  stats_.events += concerned;
  return active;
}

void MergedMatcher::learn(KnownClass& known, std::uint64_t outcomes) {
  const ClassId id = classes_.of(outcomes);
  const bool active = !is_idle(id);
  known = {outcomes, id, active, active && may_begin(id), classes_.concern(id)};
}

void MergedMatcher::find_idle(ClassId id) {
  if (id >= idle_.size()) idle_.resize(id + std::size_t{1}, -1);
  idle_[id] = !classes_.concern(id) || changes_nothing(id) ? 1 : 0;
}

/// Is the class idle, and all that differ from it in the outcomes of dear conditions?
bool MergedMatcher::is_idle_whatever(ClassId id) {
  if (id < idle_whatever_.size() && idle_whatever_[id] >= 0) return idle_whatever_[id] != 0;
  constexpr int kFew = 6;
  const std::uint64_t dear = classes_.dear();
  // An event that `when` leaves out is counted otherwise.
  bool idle = __builtin_popcountll(dear) <= kFew && !classes_.asks_dear_when();
  // All subsets of the dear ones, the empty one last.
  for (std::uint64_t set = dear; idle; set = (set - 1) & dear) {
    idle = is_idle(classes_.of((classes_.outcomes(id) & ~dear) | set));
    if (set == 0) break;
  }
  if (id >= idle_whatever_.size()) idle_whatever_.resize(id + std::size_t{1}, -1);
  idle_whatever_[id] = idle ? 1 : 0;
  return idle;
}

void MergedMatcher::let_die(TimeMs time_ms) {
  next_death_ms_ = kBeginOfTime;    // unless one is there that lives: as long as none is, any event may be the next
  while (alive_ != events_.end()) {
    const TimeMs death_ms = add_saturated(events_.time_ms(alive_), *window_ms_);
    if (death_ms > time_ms) {
      next_death_ms_ = death_ms;
      return;
    }
    ++alive_;
    constexpr EventId kAhead = 8;
    if (events_.end() - alive_ > kAhead) events_.prefetch(alive_ + kAhead);
  }
}

std::size_t MergedMatcher::memory_bytes() const {
  return nodes_.memory_bytes() + states_.memory_bytes() + word_pool_.memory_bytes() + wheel_.memory_bytes();
}

MergedMatcher::KeyState& MergedMatcher::hold(KeyId id) {
  KeyState& state = state_of(id);
  state.held = true;
  state.bound = alive_;
  keys_.hold(id);
  ++stats_.keys;
  return state;
}

void MergedMatcher::drop(KeyId id, KeyState& state) {
  state.words.clear(word_pool_);
  state.held = false;
  keys_.release(id);
  --stats_.keys;
}

void MergedMatcher::give_back() {
  nodes_.give_back();
  keys_.give_back();
  if (!wheel_.empty()) return;    // states know that they are in there
  states_.clear();
  wheel_.clear();
  word_pool_ = WordPool();
}

EventId MergedMatcher::free_old_nodes() {
  const EventId wanted = first_wanted();
  if (stats_.keys == 0) nodes_.restart();
  nodes_.free_before(wanted);
  return stats_.keys == 0 ? events_.end() : wanted;
}

void MergedMatcher::mark(EventMarks& events) {
  marks_.reset(first_wanted());
  for (KeyId key = 0; key < states_.size(); ++key) {
    if (states_[key].held) mark_key(key, marks_, events);
  }
  marks_.follow(events);
}

void MergedMatcher::compact(const EventMarks& events) {
  // Numbers that have come far begin anew; then the nodes that stay lie elsewhere.
  const bool anew = nodes_.is_far_ahead();
  if (!anew) marks_.number_behind(nodes_.begin() - 1);
  const auto event = [&](EventId id) { return events.begin() + events.before(id); };
  const EventId ring_begin = events_.begin();
  // Keys first: they tell by the old nodes what is alive.
  for (KeyId id = 0; id < states_.size(); ++id) {
    KeyState& state = states_[id];
    if (!state.held) continue;
    state.bound = later_of(state.bound, ring_begin);
    renumber(id, state, marks_, events);
    state.bound = event(state.bound);
  }
  std::vector<RingNode> kept;
  std::vector<std::uint64_t> kept_beside;
  NodeId end = nodes_.begin();
  for (NodeId id = nodes_.begin(); id != nodes_.end(); ++id) {
    if (marks_.number(id) == 0) continue;
    RingNode node = nodes_[id];
    node.previous = marks_.number(node.previous);
    node.older = marks_.number(node.older);
    node.other = marks_.number(node.other);
    if (node.step != RingNode::kJoins) node.event = event(node.event);
    node.start = event(node.start);
    const std::span<const std::uint64_t> beside = nodes_.beside(id);
    if (anew) {
      kept.push_back(node);
      kept_beside.insert(kept_beside.end(), beside.begin(), beside.end());
    } else {
      if (!beside.empty()) std::ranges::copy(beside, nodes_.beside(end).begin());
      nodes_[end++] = node;
    }
  }
  if (anew) {
    nodes_.restart();
    auto from = kept_beside.begin();
    for (const RingNode& node : kept) {
      const std::span<std::uint64_t> beside = nodes_.beside(nodes_.add(node));
      std::copy_n(from, beside.size(), beside.begin());
      from += static_cast<std::ptrdiff_t>(beside.size());
    }
  } else {
    nodes_.free_from(end);
  }
  kept_ = nodes_.size();
  alive_ = event(later_of(alive_, ring_begin));
}

MatchView MergedMatcher::view_of(KeyId key, std::span<const Taken> events, TimeMs time_ms, std::uint64_t sequence) {
  match_events_.clear();
  for (const Taken& taken : events) {
    match_events_.push_back(
        {taken.step, events_.input(taken.event), events_.time_ms(taken.event), events_.row(taken.event)});
  }
  return {.pattern = pattern_,
          .key = keys_.values(key),
          .events = match_events_,
          .taken = {taken_, spec_->step_names.size(), match_events_},
          .start_ms = match_events_.front().time_ms,
          .end_ms = match_events_.back().time_ms,
          .time_ms = time_ms,
          .sequence = sequence,
          .rank = events_.sequence(events.back().event),
          .timed_out = false};
}

}    // namespace cepheid::nfa
