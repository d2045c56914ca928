// What does a row cost on its way through an aggregate, the rows that windows give included? By kind of window, over
// 10,000 users, as a job works: count and sum of price.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>

#include "bench/pattern_engine.hpp"
#include "bench/shop_events.hpp"
#include "runtime/stream/job.hpp"

namespace cepheid::runtime {
namespace {

constexpr std::size_t kEvents = 200'000;
constexpr std::size_t kPassRows = 1024;

/// The events through a fresh job. Items are events.
void aggregate(benchmark::State& state, const std::string& clauses) {
  const std::shared_ptr<const patterns::Plan> plan = bench::load_plan(
      "stream events { schema id int, user string, type string, ts timestamp, price double, country string time ts }\n"
      "aggregate totals on events { " +
      clauses + " select user, n = count(), total = sum(price) }\n");
  SymbolTable texts;
  const auto events = bench::make_shop_events({.events = kEvents, .users = 10'000});
  const nfa::Batch rows = bench::to_rows(events, plan->relations.front().layout, texts);
  const patterns::RelationId stream = 0;
  std::uint64_t given = 0;
  for (auto _ : state) {
    Job job(plan, {}, {}, {.now = [] { return TimeMs{0}; }});
    if (!job.start(std::span(&stream, 1), {})) state.SkipWithError("the job does not start");
    for (std::size_t begin = 0; begin < rows.size(); begin += kPassRows) {
      if (!job.give(stream, rows, begin, std::min(begin + kPassRows, rows.size())))
        state.SkipWithError("a pass failed");
    }
    if (!job.end()) state.SkipWithError("the last pass failed");
    given = job.stats().statements.front().rows;
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kEvents));
  state.counters["rows"] = static_cast<double>(given);
}
BENCHMARK_CAPTURE(aggregate, tumbling_5m, "key user window tumbling 5m");
BENCHMARK_CAPTURE(aggregate, sliding_10m_2m, "key user window sliding 10m every 2m");
BENCHMARK_CAPTURE(aggregate, sliding_1h_1m, "key user window sliding 1h every 1m having n > 1000000");
BENCHMARK_CAPTURE(aggregate, session_5m, "key user window session 5m");
BENCHMARK_CAPTURE(aggregate, daily, "key user window daily \"Asia/Seoul\"");
BENCHMARK_CAPTURE(aggregate, none, "key user window none");

}    // namespace
}    // namespace cepheid::runtime
