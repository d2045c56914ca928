#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "nfa/engine/engine.hpp"
#include "runtime/bench/bench_run.hpp"
#include "runtime/bench/match_visitor.hpp"
#include "runtime/bench/stopwatch.hpp"
#include "runtime/stream/watermark.hpp"

namespace cepheid::runtime {

namespace {

using patterns::PatternPlan;
using patterns::Plan;
using patterns::RelationId;

// Events between two looks at the clock and at the request to stop.
constexpr std::size_t kRunRows = 1024;

/// All patterns over one list of streams, with their engine, as a job has them.
class EngineGroup final : private nfa::MatchConsumer {
 public:
  EngineGroup(const Plan& plan, const std::vector<RelationId>& inputs, RelationId fed, MatchVisitor& visitor)
      : visitor_(visitor) {
    std::vector<std::shared_ptr<const nfa::PatternSpec>> specs;
    for (const patterns::Relation& relation : plan.relations) {
      const auto* pattern = std::get_if<PatternPlan>(&relation.body);
      if (pattern == nullptr || pattern->inputs != inputs) continue;
      patterns_.push_back({.spec = &pattern->spec, .rows = nfa::MatchRows(pattern->spec)});
      // The plan owns the spec and outlives the engine.
      specs.emplace_back(std::shared_ptr<const nfa::PatternSpec>(), &pattern->spec);
    }
    engine_ = std::make_unique<nfa::Engine>(std::move(specs), static_cast<nfa::MatchConsumer&>(*this));
    for (std::uint32_t input = 0; input < inputs.size(); ++input) {
      if (inputs[input] == fed) {
        fed_ = input;
      } else {
        engine_->advance(input, kEndOfTime, 0);
      }
    }
  }

  /// An event of the stream that is fed. False: late.
  bool push(nfa::Row row, TimeMs time_ms, std::uint64_t sequence, TimeMs low_after_ms) {
    return !fed_ || engine_->push(*fed_, row, time_ms, sequence, low_after_ms);
  }
  void end(std::uint64_t sequence) {
    if (fed_) engine_->advance(*fed_, kEndOfTime, sequence);
  }

  /// Adds the counters of all patterns.
  Result<void> add_stats(BenchRun& run) const {
    for (std::uint32_t i = 0; i < patterns_.size(); ++i) {
      const PatternStats& stats = engine_->stats(i);
      if (stats.failed) return Error{fmt::format("pattern `{}` has reached its limit", patterns_[i].spec->name)};
      run.matches += stats.matches;
      run.timeouts += stats.timeouts;
      run.dropped += stats.dropped;
    }
    return {};
  }

 private:
  struct Made {
    const nfa::PatternSpec* spec;
    nfa::MatchRows rows;
  };

  void on_match(const nfa::MatchView& match) override {
    const Made& made = patterns_[match.pattern];
    visitor_.on_engine_match(*made.spec, made.rows, match);
  }

  MatchVisitor& visitor_;
  std::vector<Made> patterns_;
  std::optional<std::uint32_t> fed_;
  std::unique_ptr<nfa::Engine> engine_;
};

/// All engines of a plan, and the watermark of the stream that is fed.
class EngineRun {
 public:
  EngineRun(const Plan& plan, const LoadedEvents& events, const BenchOptions& options)
      : events_(events),
        options_(options),
        visitor_(plan, options.work, options.first),
        watermark_(std::get<patterns::SourcePlan>(plan.relations[events.stream].body).lateness) {
    std::vector<std::vector<RelationId>> made;
    for (const patterns::Relation& relation : plan.relations) {
      const auto* pattern = std::get_if<PatternPlan>(&relation.body);
      if (pattern == nullptr || std::ranges::find(made, pattern->inputs) != made.end()) continue;
      made.push_back(pattern->inputs);
      groups_.push_back(std::make_unique<EngineGroup>(plan, pattern->inputs, events.stream, visitor_));
    }
  }

  Result<std::optional<BenchRun>> run(const std::stop_token& stop) {
    const std::uint64_t setup = std::min(options_.setup, events_.rows);
    if (!push_until(setup, stop)) return std::optional<BenchRun>();
    BenchRun before;
    CEPHEID_TRY(add_stats(before));
    visitor_.reset();

    Stopwatch clock;
    if (!push_until(events_.rows, stop)) return std::optional<BenchRun>();
    for (const std::unique_ptr<EngineGroup>& group : groups_) group->end(events_.rows);
    BenchRun run;
    run.seconds = clock.seconds();
    run.cpu_seconds = clock.cpu_seconds();

    CEPHEID_TRY(add_stats(run));
    run.events = events_.rows - setup;
    run.timeouts -= before.timeouts;
    run.late = late_;
    run.invalid = events_.invalid;
    visitor_.report(run.matches - before.matches, run);
    return std::optional(run);
  }

 private:
  /// Pushes events up to position `end`; false: a stop was asked for.
  bool push_until(std::uint64_t end, const std::stop_token& stop) {
    while (next_ < end) {
      const std::uint64_t run_end = std::min<std::uint64_t>(end, next_ + kRunRows);
      while (next_ < run_end) {
        const nfa::Batch& batch = events_.batches[batch_];
        const std::size_t count = std::min<std::size_t>(batch.size() - row_, run_end - next_);
        push_rows(batch, row_, row_ + count);
        next_ += count;
        row_ += count;
        if (row_ == batch.size()) {
          ++batch_;
          row_ = 0;
        }
      }
      visitor_.end_run_of_events();
      if (stop.stop_requested()) return false;
      if (options_.progress) options_.progress(next_);
    }
    return true;
  }

  void push_rows(const nfa::Batch& batch, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const TimeMs time_ms = batch.time_ms(i);
      const TimeMs low_after_ms = watermark_.note(time_ms) ? watermark_.low_ms() : kBeginOfTime;
      bool taken = true;
      for (const std::unique_ptr<EngineGroup>& group : groups_) {
        taken &= group->push(batch.row(i), time_ms, batch.sequence(i), low_after_ms);
      }
      late_ += taken ? 0 : 1;
    }
  }

  Result<void> add_stats(BenchRun& run) const {
    for (const std::unique_ptr<EngineGroup>& group : groups_) CEPHEID_TRY(group->add_stats(run));
    return {};
  }

  const LoadedEvents& events_;
  const BenchOptions& options_;
  MatchVisitor visitor_;
  Watermark watermark_;
  std::vector<std::unique_ptr<EngineGroup>> groups_;
  std::uint64_t next_ = 0;    // of all events; the next one is row_ of batch batch_
  std::size_t batch_ = 0;
  std::size_t row_ = 0;
  std::uint64_t late_ = 0;
};

}    // namespace

Result<void> check_engine_run(const Plan& plan) {
  bool any = false;
  for (const patterns::Relation& relation : plan.relations) {
    const auto* pattern = std::get_if<PatternPlan>(&relation.body);
    if (pattern == nullptr) continue;
    any = true;
    for (const RelationId input : pattern->inputs) {
      if (std::holds_alternative<patterns::SourcePlan>(plan.relations[input].body)) continue;
      return Error{
          fmt::format("pattern `{}` reads `{}`, which is computed: `--mode engine` measures patterns over "
                      "streams of events only, `--mode end-to-end` whole jobs",
                      relation.name, plan.relations[input].name)};
    }
  }
  if (!any) return Error{"the rule file has no pattern: `--mode engine` has nothing to measure"};
  return {};
}

Result<std::optional<BenchRun>> run_engine(const Plan& plan, const LoadedEvents& events, const BenchOptions& options,
                                           const std::stop_token& stop) {
  return EngineRun(plan, events, options).run(stop);
}

}    // namespace cepheid::runtime
