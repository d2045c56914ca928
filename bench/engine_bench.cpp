// What does an event cost in the engine? One that no pattern wants should cost the same however many partial matches
// live; one that begins a partial match pays for its node and its copy; one that moves one pays for a node.

#include <memory>
#include <string>

#include <benchmark/benchmark.h>

#include "nfa/engine/engine.hpp"
#include "tests/unit/automaton/build_pattern.hpp"

namespace cepheid::nfa {
namespace {

class CountMatches : public MatchConsumer {
 public:
  void on_match(const MatchView&) override { ++matches; }
  std::uint64_t matches = 0;
};

std::shared_ptr<const PatternSpec> a_then_b(bool skip) {
  build::PatternBuilder pattern;
  pattern.step(Link::begin, "a").step(Link::followed_by, "b").within(3'600'000);
  if (skip) pattern.spec().after_match.strategy = SkipStrategy::skip_past_last;
  return pattern.done();
}

void event_nobody_wants(benchmark::State& state) {
  build::Rows rows(build::pattern_layout()->schema());
  CountMatches consumer;
  Engine engine({a_then_b(state.range(1) != 0)}, consumer);
  const Row begins = rows.add({{std::string("a")}, {std::string("u")}});
  const Row noise = rows.add({{std::string("z")}, {std::string("u")}});
  for (std::int64_t i = 0; i < state.range(0); ++i) engine.push(0, begins, 1, 1, 1);
  for (auto _ : state) benchmark::DoNotOptimize(engine.push(0, noise, 2, 2, 2));
  if (consumer.matches != 0) state.SkipWithError("noise matched: the figure means nothing");
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(event_nobody_wants)->ArgNames({"live", "skip"})->ArgsProduct({{1, 1'000, 1'000'000}, {0, 1}});

void match_of_two_events(benchmark::State& state) {
  build::Rows rows(build::pattern_layout()->schema());
  CountMatches consumer;
  Engine engine({a_then_b(true)}, consumer);
  const Row begins = rows.add({{std::string("a")}, {std::string("u")}});
  const Row ends = rows.add({{std::string("b")}, {std::string("u")}});
  for (auto _ : state) {
    engine.push(0, begins, 1, 1, 1);
    engine.push(0, ends, 1, 1, 1);
  }
  if (consumer.matches != static_cast<std::uint64_t>(state.iterations())) state.SkipWithError("a match is missing");
  state.SetItemsProcessed(2 * state.iterations());
}
BENCHMARK(match_of_two_events);

/// The ways of moving partial matches.
enum class Way { groups, chains, singles };

/// `a`, then `b` 62 times, then `c`: of 64 events 62 move one partial match. Items are events.
void event_moves_a_partial_match(benchmark::State& state, Way way) {
  constexpr std::uint32_t kMoves = 62;
  build::PatternBuilder pattern;
  pattern.step(Link::begin, "a")
      .step(Link::followed_by, "b", build::times(kMoves, kMoves))
      .step(Link::followed_by, "c");
  pattern.spec().after_match.strategy = way == Way::chains ? SkipStrategy::no_skip : SkipStrategy::skip_past_last;
  build::Rows rows(build::pattern_layout()->schema());
  CountMatches consumer;
  Engine engine({pattern.within(1'000'000).done()}, consumer, {.merge_partial_matches = way != Way::singles});
  const Row begins = rows.add({{std::string("a")}, {std::string("u")}});
  const Row moves = rows.add({{std::string("b")}, {std::string("u")}});
  const Row ends = rows.add({{std::string("c")}, {std::string("u")}});
  TimeMs now_ms = 0;
  const auto push = [&](Row row) {
    ++now_ms;
    engine.push(0, row, now_ms, static_cast<std::uint64_t>(now_ms), now_ms);
  };
  for (auto _ : state) {
    push(begins);
    for (std::uint32_t i = 0; i < kMoves; ++i) push(moves);
    push(ends);
  }
  if (consumer.matches != static_cast<std::uint64_t>(state.iterations())) state.SkipWithError("a match is missing");
  state.SetItemsProcessed((kMoves + 2) * state.iterations());
}
BENCHMARK_CAPTURE(event_moves_a_partial_match, groups, Way::groups);
BENCHMARK_CAPTURE(event_moves_a_partial_match, chains, Way::chains);
BENCHMARK_CAPTURE(event_moves_a_partial_match, singles, Way::singles);

}    // namespace
}    // namespace cepheid::nfa
