#include "reference/matcher.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "reference/automaton.hpp"
#include "reference/evaluate.hpp"

namespace cepheid::reference {
namespace {

constexpr std::int64_t kBeforeTime = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kEndOfTime = std::numeric_limits<std::int64_t>::max();

/// A partial match.
struct Run {
  std::size_t state = 0;
  Path path;

  [[nodiscard]] std::size_t start_place() const { return path.front().place; }
  [[nodiscard]] std::int64_t start() const { return path.front().event->ts; }
  [[nodiscard]] std::int64_t previous() const { return path.back().event->ts; }
};

using PathKey = std::vector<std::pair<std::string_view, std::size_t>>;

PathKey key_of(const Path& path) {
  PathKey key;
  for (const Taken& taken : path) key.emplace_back(taken.step, taken.place);
  return key;
}

/// The state of one key.
class Matcher {
 public:
  Matcher(const Pattern& pattern, const Automaton& automaton, std::string key, std::vector<Match>& out)
      : pattern_(pattern), automaton_(automaton), key_(std::move(key)), out_(out) {}

  /// False, the event being left half done, if there would be more than `max_runs` runs.
  bool on_event(const Event& event, std::size_t place, std::size_t max_runs) {
    std::vector<Run> runs;
    std::vector<Path> completed;
    const std::optional<Limit>& limit = pattern_.limit;
    const bool may_begin = !limit || limit->then != Limit::Then::block_start || runs_.size() < limit->most;
    for (const Run& run : runs_) {
      offer(run, event, place, runs, completed);
      if (runs.size() > max_runs || completed.size() > max_runs) return false;
    }
    if (may_begin) offer(Run{automaton_.start, {}}, event, place, runs, completed);
    keep(std::move(runs));
    take_up(std::move(completed));
    drop_above_limit();
    return true;
  }

  void on_time(std::int64_t time) {
    std::vector<Run> alive;
    std::vector<Path> completed;
    std::vector<std::pair<Path, std::int64_t>> timed_out;    // with the deadline
    for (Run& run : runs_) {
      const std::int64_t deadline = deadline_of(run);
      if (deadline == kEndOfTime || time < deadline) {
        alive.push_back(std::move(run));
      } else if (automaton_.states[run.state].kind == State::Kind::pending) {
        completed.push_back(std::move(run.path));
      } else if (pattern_.on_timeout) {
        timed_out.emplace_back(std::move(run.path), deadline);
      }
    }
    runs_ = std::move(alive);
    std::stable_sort(timed_out.begin(), timed_out.end(),
                     [](const auto& a, const auto& b) { return a.second < b.second; });
    for (const auto& [path, deadline] : timed_out) {
      if (timeouts_given_.insert(key_of(path)).second) give_out(path, deadline, true);
    }
    take_up(std::move(completed));
  }

 private:
  static bool all_hold(const std::vector<Test>& tests, const Event& event, const Path& path) {
    return std::all_of(tests.begin(), tests.end(), [&](const Test& test) {
      return (all_true(test.conditions, event, path) && all_hold(test.parts, event, path)) != test.negated;
    });
  }

  static bool open(const State& state, const Edge& edge, const Event& event, const Path& path) {
    if (edge.action == Action::take && event.ts >= end_of_bounds(state, path)) return false;
    return all_hold(edge.tests, event, path);
  }

  /// TAKE and IGNORE edges that are open for the event, by way of PROCEED edges too. `killed`: a stop state is reached.
  std::vector<const Edge*> collect(std::size_t from, const Event& event, const Path& path, bool& killed) const {
    std::vector<const Edge*> open_edges;
    std::vector<std::size_t> stack{from};
    std::set<std::size_t> seen{from};
    while (!stack.empty()) {
      const State& state = automaton_.states[stack.back()];
      stack.pop_back();
      if (state.kind == State::Kind::stop) killed = true;
      for (const Edge& edge : state.edges) {
        if (!open(state, edge, event, path)) continue;
        if (edge.action != Action::proceed) {
          open_edges.push_back(&edge);
        } else if (seen.insert(edge.target).second) {
          stack.push_back(edge.target);
        }
      }
    }
    return open_edges;
  }

  bool proceeds_to_final(std::size_t from, const Event& event, const Path& path) const {
    std::vector<std::size_t> stack{from};
    std::set<std::size_t> seen{from};
    while (!stack.empty()) {
      const State& state = automaton_.states[stack.back()];
      stack.pop_back();
      for (const Edge& edge : state.edges) {
        if (edge.action != Action::proceed || !open(state, edge, event, path)) continue;
        if (automaton_.states[edge.target].kind == State::Kind::final) return true;
        if (seen.insert(edge.target).second) stack.push_back(edge.target);
      }
    }
    return false;
  }

  void offer(const Run& run, const Event& event, std::size_t place, std::vector<Run>& runs,
             std::vector<Path>& completed) const {
    bool killed = false;
    std::vector<Run> new_runs;
    for (const Edge* edge : collect(run.state, event, run.path, killed)) {
      const std::size_t target = edge->target;
      const bool final = automaton_.states[target].kind == State::Kind::final;
      if (edge->action == Action::ignore) {
        if (run.path.empty()) continue;    // the start state just stays
        if (final) {
          completed.push_back(run.path);
        } else {
          new_runs.push_back({target, run.path});
        }
        continue;
      }
      Path path = run.path;
      path.push_back({edge->step, &event, place});
      if (final || proceeds_to_final(target, event, run.path)) completed.push_back(path);
      if (!final) new_runs.push_back({target, std::move(path)});
    }
    if (!killed) std::move(new_runs.begin(), new_runs.end(), std::back_inserter(runs));
  }

  /// Keeps the runs, those in one state with one path once, in the order of their starts.
  void keep(std::vector<Run> runs) {
    std::set<std::pair<std::size_t, PathKey>> seen;
    runs_.clear();
    for (Run& run : runs) {
      if (seen.emplace(run.state, key_of(run.path)).second) runs_.push_back(std::move(run));
    }
    std::stable_sort(runs_.begin(), runs_.end(),
                     [](const Run& a, const Run& b) { return a.start_place() < b.start_place(); });
  }

  [[nodiscard]] std::int64_t deadline_of(const Run& run) const {
    std::int64_t deadline = kEndOfTime;
    if (pattern_.within) deadline = run.start() + *pattern_.within;
    deadline = std::min(deadline, end_of_bounds(automaton_.states[run.state], run.path));
    const std::optional<std::int64_t>& of_previous = automaton_.states[run.state].of_previous;
    if (of_previous) deadline = std::min(deadline, run.previous() + *of_previous);
    return deadline;
  }

  static std::int64_t end_of_bounds(const State& state, const Path& path) {
    std::int64_t end = kEndOfTime;
    for (const Bound& bound : state.bounds) {
      const auto first =
          std::find_if(path.begin(), path.end(), [&](const Taken& taken) { return taken.step == bound.step; });
      if (first != path.end()) end = std::min(end, first->event->ts + bound.duration);
    }
    return end;
  }

  /// Whole starts go, until there are few enough.
  void drop_above_limit() {
    if (!pattern_.limit || pattern_.limit->then == Limit::Then::block_start) return;
    while (runs_.size() > pattern_.limit->most) {
      const bool oldest = pattern_.limit->then == Limit::Then::drop_oldest;
      const std::size_t start = oldest ? runs_.front().start_place() : runs_.back().start_place();
      std::erase_if(runs_, [&](const Run& run) { return run.start_place() == start; });
    }
    take_up({});    // a match may have waited for what went
  }

  void take_up(std::vector<Path> completed) {
    for (Path& path : completed) {
      if (pattern_.skip == Skip::no_skip) {
        give_out_match(path);
      } else {
        waiting_.push_back(std::move(path));
      }
    }
    std::stable_sort(waiting_.begin(), waiting_.end(),
                     [](const Path& a, const Path& b) { return a.front().place < b.front().place; });
    while (!waiting_.empty()) {
      const std::size_t start = waiting_.front().front().place;
      if (std::any_of(runs_.begin(), runs_.end(), [&](const Run& run) { return run.start_place() < start; })) break;
      const Path match = std::move(waiting_.front());
      waiting_.erase(waiting_.begin());
      give_out_match(match);
      skip(match);
    }
  }

  void skip(const Path& match) {
    const std::size_t first = match.front().place;
    if (pattern_.skip == Skip::skip_to_next) return drop_before(first + 1);
    if (pattern_.skip == Skip::skip_past_last) return drop_before(match.back().place + 1);
    std::vector<std::size_t> places;
    for (const Taken& taken : match) {
      if (taken.step == pattern_.skip_step) places.push_back(taken.place);
    }
    if (places.empty()) return;
    const std::size_t to = pattern_.skip == Skip::skip_to_first ? places.front() : places.back();
    if (pattern_.or_fail && to == first) return;
    drop_before(to);
  }

  void drop_before(std::size_t place) {
    std::erase_if(runs_, [&](const Run& run) { return run.start_place() < place; });
    std::erase_if(waiting_, [&](const Path& path) { return path.front().place < place; });
  }

  void give_out_match(const Path& path) {
    if (matches_given_.insert(key_of(path)).second) give_out(path, path.back().event->ts, false);
  }

  void give_out(const Path& path, std::int64_t end, bool timed_out) {
    Match match{key_, {}, path.front().event->ts, end, timed_out};
    for (const Taken& taken : path) match.path.emplace_back(taken.step, taken.event->id);
    out_.push_back(std::move(match));
  }

  const Pattern& pattern_;
  const Automaton& automaton_;
  std::string key_;
  std::vector<Match>& out_;
  std::vector<Run> runs_;
  std::vector<Path> waiting_;
  std::set<PathKey> matches_given_;
  std::set<PathKey> timeouts_given_;
};

/// The state of one key of an `absent` pattern.
class Watch {
 public:
  Watch(const Absence& absence, std::string key, std::vector<Match>& out)
      : absence_(absence), key_(std::move(key)), out_(out) {}

  void on_event(const Event& event) {
    const bool counts = all_true(absence_.where, event, {});
    if (counts) last_ = &event;
    if (!counts && seen_) return;
    seen_ = waiting_ = true;
    since_ = event.ts;
  }

  void on_time(std::int64_t time) {
    const std::int64_t deadline = since_ + absence_.duration;
    if (!waiting_ || time < deadline) return;
    waiting_ = false;
    Match row{key_, {}, since_, deadline};
    if (last_ != nullptr) row.path.emplace_back(absence_.name, last_->id);
    out_.push_back(std::move(row));
  }

 private:
  const Absence& absence_;
  std::string key_;
  std::vector<Match>& out_;
  const Event* last_ = nullptr;    // that counts
  std::int64_t since_ = 0;
  bool seen_ = false;
  bool waiting_ = false;
};

/// Event-time order, lateness and keys.
class Input {
 public:
  Input(const Pattern& pattern, std::size_t max_runs)
      : pattern_(pattern),
        max_runs_(max_runs),
        automaton_(pattern.absence ? Automaton{} : build_automaton(pattern)),
        watermarks_(pattern.streams.size(), kBeforeTime) {}

  void on_event(const Event& event) {
    std::int64_t& watermark = watermarks_[event.stream];
    if (event.ts <= watermark) return;
    watermark = std::max(watermark, event.ts - pattern_.streams[event.stream].lateness - 1);
    if (!pattern_.when || all_true({*pattern_.when}, event, {})) waiting_.push_back(&event);
    advance(*std::min_element(watermarks_.begin(), watermarks_.end()));
  }

  /// The streams end one after the other.
  void finish() {
    for (std::int64_t& watermark : watermarks_) {
      watermark = kEndOfTime;
      advance(*std::min_element(watermarks_.begin(), watermarks_.end()));
    }
  }

  /// Whether some key had too many runs.
  bool overflowed = false;
  std::vector<Match> out;

 private:
  void advance(std::int64_t watermark) {
    std::vector<const Event*> due;
    const auto later = std::stable_partition(waiting_.begin(), waiting_.end(),
                                             [&](const Event* event) { return event->ts > watermark; });
    due.assign(later, waiting_.end());
    waiting_.erase(later, waiting_.end());
    std::stable_sort(due.begin(), due.end(), [](const Event* a, const Event* b) {
      return std::pair(a->ts, a->stream) < std::pair(b->ts, b->stream);
    });
    for (const Event* event : due) {
      // Time goes on to the event's for its own key; for the others it does with the watermark.
      const std::string key = pattern_.keyed ? event->user : "";
      std::int64_t& key_now = key_now_.try_emplace(key, now_).first->second;
      const bool grows = event->ts > std::max(key_now, now_);
      key_now = std::max(key_now, event->ts);
      if (pattern_.absence) {
        Watch& watch = watches_.try_emplace(key, *pattern_.absence, key, out).first->second;
        if (grows) watch.on_time(event->ts);
        watch.on_event(*event);
        continue;
      }
      Matcher& matcher = matchers_.try_emplace(key, pattern_, automaton_, key, out).first->second;
      if (grows) matcher.on_time(event->ts);
      if (!overflowed && !matcher.on_event(*event, place_++, max_runs_)) overflowed = true;
    }
    advance_time(watermark);
  }

  void advance_time(std::int64_t time) {
    if (time <= now_) return;
    now_ = time;
    for (auto& [key, matcher] : matchers_) matcher.on_time(time);
    for (auto& [key, watch] : watches_) watch.on_time(time);
  }

  const Pattern& pattern_;
  std::size_t max_runs_;
  Automaton automaton_;
  std::vector<std::int64_t> watermarks_;
  std::vector<const Event*> waiting_;
  std::map<std::string, Matcher> matchers_;
  std::map<std::string, Watch> watches_;
  std::map<std::string, std::int64_t> key_now_;    // where a key is ahead of the watermark
  std::int64_t now_ = kBeforeTime;
  std::size_t place_ = 0;
};

}    // namespace

std::optional<std::vector<Match>> run_bounded(const Pattern& pattern, const std::vector<Event>& events,
                                              std::size_t max_runs) {
  Input input(pattern, max_runs);
  for (const Event& event : events) {
    input.on_event(event);
    if (input.overflowed) return std::nullopt;
  }
  input.finish();
  if (input.overflowed) return std::nullopt;
  return std::move(input.out);
}

std::vector<Match> run(const Pattern& pattern, const std::vector<Event>& events) {
  return *run_bounded(pattern, events, std::numeric_limits<std::size_t>::max());
}

}    // namespace cepheid::reference
