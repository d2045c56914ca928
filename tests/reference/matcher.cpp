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
    for (const Run& run : runs_) {
      offer(run, event, place, runs, completed);
      if (runs.size() > max_runs || completed.size() > max_runs) return false;
    }
    offer(Run{automaton_.start, {}}, event, place, runs, completed);
    keep(std::move(runs));
    take_up(std::move(completed));
    return true;
  }

  void on_time(std::int64_t time) {
    std::vector<Run> alive;
    std::vector<Path> completed;
    for (Run& run : runs_) {
      const std::int64_t deadline = deadline_of(run);
      if (deadline == kEndOfTime || time < deadline) {
        alive.push_back(std::move(run));
      } else if (automaton_.states[run.state].kind == State::Kind::pending) {
        completed.push_back(std::move(run.path));
      } else if (pattern_.on_timeout && timeouts_given_.insert(key_of(run.path)).second) {
        give_out(run.path, deadline, true);
      }
    }
    runs_ = std::move(alive);
    take_up(std::move(completed));
  }

 private:
  struct Step {
    const Edge* edge;
    const State* source;
  };

  bool open(const State& state, const Edge& edge, const Event& event, const Path& path) const {
    const auto holds = [&](const Test& test) { return all_true(test.conditions, event, path) != test.negated; };
    return std::all_of(state.restrictions.begin(), state.restrictions.end(), holds) &&
           std::all_of(edge.tests.begin(), edge.tests.end(), holds);
  }

  /// TAKE and IGNORE edges that are open for the event, by way of PROCEED edges too. `killed`: a stop state is reached.
  std::vector<Step> collect(std::size_t from, const Event& event, const Path& path, bool& killed) const {
    std::vector<Step> steps;
    std::vector<std::size_t> stack{from};
    std::set<std::size_t> seen{from};
    while (!stack.empty()) {
      const State& state = automaton_.states[stack.back()];
      stack.pop_back();
      if (state.kind == State::Kind::stop) killed = true;
      for (const Edge& edge : state.edges) {
        if (!open(state, edge, event, path)) continue;
        if (edge.action != Action::proceed) {
          steps.push_back({&edge, &state});
        } else if (seen.insert(edge.target).second) {
          stack.push_back(edge.target);
        }
      }
    }
    return steps;
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
    for (const Step& step : collect(run.state, event, run.path, killed)) {
      const std::size_t target = step.edge->target;
      const bool final = automaton_.states[target].kind == State::Kind::final;
      if (step.edge->action == Action::ignore) {
        if (run.path.empty()) continue;    // the start state just stays
        if (final) {
          completed.push_back(run.path);
        } else {
          new_runs.push_back({target, run.path});
        }
        continue;
      }
      Path path = run.path;
      path.push_back({step.source->step, &event, place});
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
    const std::optional<std::int64_t>& of_previous = automaton_.states[run.state].of_previous;
    if (of_previous) deadline = std::min(deadline, run.previous() + *of_previous);
    return deadline;
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

/// Event-time order, lateness and keys.
class Input {
 public:
  Input(const Pattern& pattern, std::size_t max_runs)
      : pattern_(pattern),
        max_runs_(max_runs),
        automaton_(build_automaton(pattern)),
        watermarks_(pattern.streams.size(), kBeforeTime) {}

  void on_event(const Event& event) {
    std::int64_t& watermark = watermarks_[event.stream];
    if (event.ts <= watermark) return;
    watermark = std::max(watermark, event.ts - pattern_.streams[event.stream].lateness - 1);
    if (!pattern_.when || all_true({*pattern_.when}, event, {})) waiting_.push_back(&event);
    advance(*std::min_element(watermarks_.begin(), watermarks_.end()));
  }

  void finish() { advance(kEndOfTime); }

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
      advance_time(event->ts);
      const std::string key = pattern_.keyed ? event->user : "";
      Matcher& matcher = matchers_.try_emplace(key, pattern_, automaton_, key, out).first->second;
      if (!overflowed && !matcher.on_event(*event, place_++, max_runs_)) overflowed = true;
    }
    advance_time(watermark);
  }

  void advance_time(std::int64_t time) {
    if (time <= now_) return;
    now_ = time;
    for (auto& [key, matcher] : matchers_) matcher.on_time(time);
  }

  const Pattern& pattern_;
  std::size_t max_runs_;
  Automaton automaton_;
  std::vector<std::int64_t> watermarks_;
  std::vector<const Event*> waiting_;
  std::map<std::string, Matcher> matchers_;
  std::int64_t now_ = kBeforeTime;
  std::size_t place_ = 0;
};

}  // namespace

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

}  // namespace cepheid::reference
