#include <algorithm>
#include <deque>
#include <limits>
#include <memory>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "nfa/engine/engine.hpp"
#include "runtime/bench/bench_run.hpp"
#include "runtime/bench/match_visitor.hpp"
#include "runtime/bench/shared_owners.hpp"
#include "runtime/bench/stopwatch.hpp"
#include "runtime/shards/key_route.hpp"
#include "runtime/shards/pattern_groups.hpp"
#include "runtime/stream/watermark.hpp"

namespace cepheid::runtime {

namespace {

using patterns::PatternPlan;
using patterns::Plan;
using patterns::RelationId;

// Events between two looks at the clock and at the request to stop.
constexpr std::size_t kRunRows = SharedOwners::kRunRows;
// How far ahead of itself a shard finds owners for all: far enough that the others need not wait for it, near enough
// that the rows are still in the cache.
constexpr std::size_t kRowsAhead = 8 * kRunRows;

/// Key routes of all patterns' groups that are spread over shards.
std::size_t count_routes(const Plan& plan, std::uint32_t shards) {
  if (shards == 1) return 0;
  std::size_t routes = 0;
  std::vector<std::vector<RelationId>> counted;
  for (const patterns::Relation& relation : plan.relations) {
    const auto* pattern = std::get_if<PatternPlan>(&relation.body);
    if (pattern == nullptr || std::ranges::find(counted, pattern->inputs) != counted.end()) continue;
    counted.push_back(pattern->inputs);
    for (const PatternGroup& group : group_patterns(plan, pattern->inputs, shards)) routes += group.home ? 0 : 1;
  }
  return routes;
}

nfa::MatchWish wish_of(const BenchOptions& options) {
  switch (options.work) {
    case MatchWork::all: return {.kind = nfa::MatchWish::Kind::each};
    case MatchWork::first: return {.kind = nfa::MatchWish::Kind::first, .most = options.first};
    case MatchWork::count: return {.kind = nfa::MatchWish::Kind::count};
    case MatchWork::none: break;
  }
  return {.kind = nfa::MatchWish::Kind::none};
}

Watermark watermark_of(const Plan& plan, const LoadedEvents& events) {
  return Watermark(std::get<patterns::SourcePlan>(plan.relations[events.stream].body).lateness);
}

/// Patterns over one list of streams with their engine, as a shard of a job has them.
class EngineGroup final : private nfa::MatchConsumer {
 public:
  EngineGroup(const Plan& plan, const std::vector<RelationId>& patterns, RelationId fed, nfa::MatchWish wish,
              MatchVisitor& visitor)
      : visitor_(visitor) {
    std::vector<std::shared_ptr<const nfa::PatternSpec>> specs;
    for (const RelationId id : patterns) {
      const nfa::PatternSpec& spec = std::get<PatternPlan>(plan.relations[id].body).spec;
      patterns_.push_back({.spec = &spec, .rows = nfa::MatchRows(spec)});
      // The plan owns the spec and outlives the engine.
      specs.emplace_back(std::shared_ptr<const nfa::PatternSpec>(), &spec);
    }
    engine_ = std::make_unique<nfa::Engine>(std::move(specs), static_cast<nfa::MatchConsumer&>(*this),
                                            nfa::Engine::Options{.texts_stay = true, .matches = wish});
    const std::vector<RelationId>& inputs = std::get<PatternPlan>(plan.relations[patterns.front()].body).inputs;
    for (std::uint32_t input = 0; input < inputs.size(); ++input) {
      if (inputs[input] == fed) {
        fed_ = input;
      } else {
        engine_->advance(input, kEndOfTime, 0);
      }
    }
  }

  /// Where the stream that is fed stands in the patterns' list; nothing: it does not.
  [[nodiscard]] const std::optional<std::uint32_t>& fed() const { return fed_; }

  /// Events of that stream, and moves of its watermark by others.
  void push(std::span<const nfa::Engine::Arrival> arrivals, std::span<const nfa::Engine::Move> moves) {
    engine_->push(*fed_, arrivals, moves);
  }
  /// Its watermark moves.
  void advance(TimeMs low_ms, std::uint64_t sequence) { engine_->advance(*fed_, low_ms, sequence); }

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

/// One shard's engines on their way through the events, and the watermark of the stream that these are of.
class ShardRun {
 public:
  /// All borrowed; `owners` is shared with the other shards.
  ShardRun(const Plan& plan, const LoadedEvents& events, const BenchOptions& options, ShardId shard,
           SharedOwners& owners, MatchVisitor& visitor)
      : events_(events),
        options_(options),
        shard_(shard),
        owners_(owners),
        next_run_(shard),
        visitor_(visitor),
        watermark_(watermark_of(plan, events)) {
    std::vector<std::vector<RelationId>> made;
    for (const patterns::Relation& relation : plan.relations) {
      const auto* pattern = std::get_if<PatternPlan>(&relation.body);
      if (pattern == nullptr || std::ranges::find(made, pattern->inputs) != made.end()) continue;
      made.push_back(pattern->inputs);
      make_groups(plan, pattern->inputs);
    }
  }

  /// Works on events up to position `end`; false: a stop was asked for.
  bool push_until(std::uint64_t end, const std::stop_token& stop) {
    while (next_ < end) {
      const std::uint64_t run_end = std::min<std::uint64_t>(end, next_ + kRunRows);
      find_owners(run_end + kRowsAhead);
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
      if (stop.stop_requested()) {
        // Nobody shall wait for a shard that has stopped; what is found from here on counts no more.
        for (; next_run_ < owners_.runs(); next_run_ += options_.shards) owners_.publish(next_run_);
        return false;
      }
      if (options_.progress && shard_ == 0) options_.progress(next_);
    }
    return true;
  }

  void end_time() {
    for (const Group& group : groups_) {
      if (group.engine->fed()) group.engine->advance(kEndOfTime, events_.rows);
    }
  }

  Result<void> add_stats(BenchRun& run) const {
    for (const Group& group : groups_) CEPHEID_TRY(group.engine->add_stats(run));
    return {};
  }

 private:
  struct Group {
    std::unique_ptr<EngineGroup> engine;
    std::optional<std::size_t> route;    // position in routes_; absent: all keys are here
  };
  struct Route {
    KeyRoute by;
    std::optional<std::uint32_t> fed;    // the input that is fed
  };
  /// What an engine is given of a run of events.
  struct Piece {
    std::span<const nfa::Engine::Arrival> arrivals;
    std::span<const nfa::Engine::Move> moves;    // where others have some of the rows
  };

  void make_groups(const Plan& plan, const std::vector<RelationId>& inputs) {
    std::vector<std::shared_ptr<const nfa::RowLayout>> layouts;
    for (const RelationId input : inputs) layouts.push_back(plan.relations[input].layout);
    for (const PatternGroup& from : group_patterns(plan, inputs, options_.shards)) {
      if (from.home && *from.home != shard_) continue;
      Group& group = groups_.emplace_back();
      group.engine = std::make_unique<EngineGroup>(plan, from.patterns, events_.stream, wish_of(options_), visitor_);
      if (from.home || options_.shards == 1) continue;
      const auto& first = std::get<PatternPlan>(plan.relations[from.patterns.front()].body);
      group.route = routes_.size();
      routes_.push_back({KeyRoute(first.spec, layouts, options_.shards, {.texts_stay = true}), group.engine->fed()});
    }
  }

  /// Finds the owners of the events of this shard's runs that begin before position `end`.
  void find_owners(std::uint64_t end) {
    if (routes_.empty()) return;
    for (; next_run_ < owners_.runs() && owners_.begin_of(next_run_) < end; next_run_ += options_.shards) {
      std::uint64_t next = owners_.begin_of(next_run_);
      while (next < owners_.end_of(next_run_)) {
        while (next >= routed_begin_ + events_.batches[routed_batch_].size()) {
          routed_begin_ += events_.batches[routed_batch_++].size();
        }
        const nfa::Batch& batch = events_.batches[routed_batch_];
        const auto first = static_cast<std::size_t>(next - routed_begin_);
        const std::uint64_t count = std::min<std::uint64_t>(batch.size() - first, owners_.end_of(next_run_) - next);
        for (std::size_t i = 0; i < routes_.size(); ++i) {
          Route& route = routes_[i];
          if (!route.fed) continue;
          route.by.find_shards(*route.fed, batch, first, first + static_cast<std::size_t>(count), found_);
          std::ranges::copy(found_, owners_.owners(i, next, next + count).begin());
          route.by.end_run_of_rows();
        }
        next += count;
      }
      owners_.publish(next_run_);
    }
  }

  void push_rows(const nfa::Batch& batch, std::size_t begin, std::size_t end) {
    if (!routes_.empty()) owners_.wait(next_, next_ + (end - begin));
    const Watermark before = watermark_;
    for (const Group& group : groups_) {
      if (!group.engine->fed()) continue;
      watermark_ = before;
      const Piece piece = group.route
                              ? take_own(batch, begin, end, owners_.owners(*group.route, next_, next_ + (end - begin)))
                              : take_all(batch, begin, end);
      group.engine->push(piece.arrivals, piece.moves);
    }
  }

  /// All rows that are not late.
  Piece take_all(const nfa::Batch& batch, std::size_t begin, std::size_t end) {
    const std::size_t rows = end - begin;
    if (arrivals_.size() < rows) arrivals_.resize(rows);
    nfa::Engine::Arrival* arrival = arrivals_.data();
    Watermark watermark = watermark_;
    nfa::Row row = batch.row(begin);
    const std::uint32_t words = batch.layout().words();
    for (std::size_t i = begin; i < end; ++i, row += words) {
      const TimeMs time_ms = batch.time_ms(i);
      const bool in_time = time_ms >= watermark.low_ms();
      watermark.note(time_ms);
      *arrival = {row, time_ms, watermark.low_ms(), batch.sequence(i)};
      arrival += std::ptrdiff_t{in_time};
    }
    watermark_ = watermark;
    return {{arrivals_.data(), arrival}, {}};
  }

  /// Of these the shard's, and how all of them move the watermark.
  Piece take_own(const nfa::Batch& batch, std::size_t begin, std::size_t end, std::span<const ShardId> owners) {
    const std::size_t rows = end - begin;
    if (arrivals_.size() < rows) arrivals_.resize(rows);
    if (moves_.size() < rows) moves_.resize(rows);
    nfa::Engine::Arrival* arrival = arrivals_.data();
    nfa::Engine::Move* move = moves_.data();
    Watermark watermark = watermark_;
    nfa::Row row = batch.row(begin);
    const std::uint32_t words = batch.layout().words();
    // No branches: neither whose a row is nor whether time goes on can be foreseen.
    for (std::size_t i = 0; i < rows; ++i, row += words) {
      const TimeMs time_ms = batch.time_ms(begin + i);
      const std::uint64_t sequence = batch.sequence(begin + i);
      const bool in_time = time_ms >= watermark.low_ms();
      const bool moves = watermark.note(time_ms);
      *arrival = {row, time_ms, watermark.low_ms(), sequence};
      arrival += std::ptrdiff_t{owners[i] == shard_} & std::ptrdiff_t{in_time};
      *move = {sequence, watermark.low_ms()};
      move += std::ptrdiff_t{moves};
    }
    watermark_ = watermark;
    return {{arrivals_.data(), arrival}, {moves_.data(), move}};
  }

  const LoadedEvents& events_;
  const BenchOptions& options_;
  ShardId shard_;
  SharedOwners& owners_;
  std::size_t next_run_;              // whose owners this shard finds
  std::size_t routed_batch_ = 0;      // the batch that this run begins in, or one before it
  std::uint64_t routed_begin_ = 0;    // the position of that batch's first event
  std::vector<ShardId> found_;
  MatchVisitor& visitor_;
  Watermark watermark_;
  std::vector<Group> groups_;
  std::vector<Route> routes_;
  std::uint64_t next_ = 0;    // of all events; the next one is row_ of batch batch_
  std::size_t batch_ = 0;
  std::size_t row_ = 0;
  // Of a piece.
  std::vector<nfa::Engine::Arrival> arrivals_;
  std::vector<nfa::Engine::Move> moves_;
};

/// Calls `work` for each shard: on the calling thread if there is one only, else on a thread each. False: a call said
/// so.
template <typename Work>
bool for_each_shard(std::deque<ShardRun>& shards, Work work) {
  if (shards.size() == 1) return work(shards.front());
  std::vector<std::uint8_t> done(shards.size(), 0);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < shards.size(); ++i) threads.emplace_back([&, i] { done[i] = work(shards[i]) ? 1 : 0; });
  }
  return std::ranges::all_of(done, [](std::uint8_t shard) { return shard != 0; });
}

Result<void> add_stats(const std::deque<ShardRun>& shards, BenchRun& run) {
  for (const ShardRun& shard : shards) CEPHEID_TRY(shard.add_stats(run));
  return {};
}

/// Events behind the watermark, whoever reads them.
std::uint64_t count_late(const Plan& plan, const LoadedEvents& events) {
  Watermark watermark = watermark_of(plan, events);
  std::uint64_t late = 0;
  for (const nfa::Batch& batch : events.batches) {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      late += batch.time_ms(i) < watermark.low_ms() ? 1 : 0;
      watermark.note(batch.time_ms(i));
    }
  }
  return late;
}

}    // namespace

bool has_patterns(const Plan& plan) {
  return std::ranges::any_of(plan.relations, [](const patterns::Relation& relation) {
    return std::holds_alternative<PatternPlan>(relation.body);
  });
}

Result<void> check_engine_run(const Plan& plan) {
  for (const patterns::Relation& relation : plan.relations) {
    const auto* pattern = std::get_if<PatternPlan>(&relation.body);
    if (pattern == nullptr) continue;
    for (const RelationId input : pattern->inputs) {
      if (std::holds_alternative<patterns::SourcePlan>(plan.relations[input].body)) continue;
      return Error{
          fmt::format("pattern `{}` reads `{}`, which is computed: `--mode engine` measures patterns over "
                      "streams of events only, `--mode end-to-end` whole jobs",
                      relation.name, plan.relations[input].name)};
    }
  }
  return {};
}

Result<std::optional<BenchRun>> run_engine(const Plan& plan, const LoadedEvents& events, const BenchOptions& options,
                                           const std::stop_token& stop) {
  std::deque<MatchVisitor> visitors;
  SharedOwners owners(events.rows, count_routes(plan, options.shards));
  std::deque<ShardRun> shards;
  for (std::uint32_t id = 0; id < options.shards; ++id) {
    // The engine gives no more than are wanted.
    MatchVisitor& visitor = visitors.emplace_back(plan, options.work, std::numeric_limits<std::uint64_t>::max());
    shards.emplace_back(plan, events, options, static_cast<ShardId>(id), owners, visitor);
  }
  const std::uint64_t setup = std::min(options.setup, events.rows);
  if (!for_each_shard(shards, [&](ShardRun& shard) { return shard.push_until(setup, stop); })) {
    return std::optional<BenchRun>();
  }
  BenchRun before;
  CEPHEID_TRY(add_stats(shards, before));
  for (MatchVisitor& visitor : visitors) visitor.reset();

  Stopwatch clock;
  const bool done = for_each_shard(shards, [&](ShardRun& shard) {
    if (!shard.push_until(events.rows, stop)) return false;
    shard.end_time();
    return true;
  });
  if (!done) return std::optional<BenchRun>();
  BenchRun run;
  run.seconds = clock.seconds();
  run.cpu_seconds = clock.cpu_seconds();

  CEPHEID_TRY(add_stats(shards, run));
  run.events = events.rows - setup;
  run.timeouts -= before.timeouts;
  run.late = count_late(plan, events);
  run.invalid = events.invalid;
  MatchVisitor::report(visitors, run.matches - before.matches, run);
  return std::optional(run);
}

}    // namespace cepheid::runtime
