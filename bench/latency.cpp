// How long a match takes from its last event to the callback, at half the speed that the engine reaches.
//
//   bench_latency RULES.cep EVENTS.jsonl
//
// EVENTS.jsonl: objects with id, user, type, ts, price, country, as bench/peers makes them, `id` counting from 0.
// First the speed is measured; then each event is handed over when it is due by the steady clock, at half that speed,
// without sleeping. The latency of a match counts from when its last event was handed over, and also from when it was
// due: then an event waits that comes while the one before it is worked on, or while the machine does something else.
// Matches given out by the end of the input are left out. One line of TSV: events, events/s, matches, microseconds
// since handed over p50, p99, p99.9, maximum, the same since due.

#include <algorithm>
#include <cstdio>

#include "bench/event_file.hpp"

namespace {

using bench::Clock;

/// Seconds for all events, as fast as they go.
double run_unpaced(const cepheid::Rules& rules, const std::vector<bench::Event>& events) {
  std::uint64_t matches = 0;
  cepheid::Engine engine(rules, {.on_match = [&matches](const cepheid::Match&) { ++matches; }}, {.symbols_only = true});
  auto input = engine.input<bench::Event>(rules.name(cepheid::StreamId{}));
  const auto begin = Clock::now();
  for (const bench::Event& event : events) engine.push(*input, event);
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Latencies of all matches in microseconds.
struct Latencies {
  std::vector<double> since_handed;
  std::vector<double> since_due;
};

Latencies run_paced(const cepheid::Rules& rules, const std::vector<bench::Event>& events, double seconds_between) {
  Latencies latencies;
  latencies.since_handed.reserve(events.size());
  latencies.since_due.reserve(events.size());
  std::vector<Clock::time_point> handed(events.size());
  Clock::time_point begin;
  const auto due = [&](std::size_t i) {
    const std::chrono::duration<double> after(static_cast<double>(i) * seconds_between);
    return begin + std::chrono::duration_cast<Clock::duration>(after);
  };
  const auto microseconds_since = [](Clock::time_point from, Clock::time_point now) {
    return std::chrono::duration<double, std::micro>(now - from).count();
  };
  const std::optional<std::uint32_t> id = rules.schema(cepheid::StreamId{}).find("id");
  const auto on_match = [&](const cepheid::Match& match) {
    const Clock::time_point now = Clock::now();
    const auto position = static_cast<std::size_t>(match.event(match.size() - 1).row[*id].as_int());
    latencies.since_handed.push_back(microseconds_since(handed[position], now));
    latencies.since_due.push_back(microseconds_since(due(position), now));
  };
  cepheid::Engine engine(rules, {.on_match = on_match}, {.symbols_only = true});
  auto input = engine.input<bench::Event>(rules.name(cepheid::StreamId{}));
  begin = Clock::now();
  for (std::size_t i = 0; i < events.size(); ++i) {
    do {
      handed[i] = Clock::now();
    } while (handed[i] < due(i));
    engine.push(*input, events[i]);
  }
  return latencies;
}

void print_percentiles(std::vector<double>& latencies) {
  std::ranges::sort(latencies);
  for (const double share : {0.5, 0.99, 0.999, 1.0}) {
    std::printf("\t%.1f", latencies[static_cast<std::size_t>(share * static_cast<double>(latencies.size() - 1))]);
  }
}

}    // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: bench_latency RULES.cep EVENTS.jsonl\n", stderr);
    return 2;
  }
  const auto rules = bench::read_rules(argv[1]);
  if (!rules) {
    std::fputs(rules.error().message.c_str(), stderr);
    return 2;
  }
  cepheid::SymbolTable symbols;
  const std::vector<bench::Event> events = bench::load_events(argv[2], symbols);
  run_unpaced(*rules, events);    // memory and caches are warm after it
  const double between = 2 * run_unpaced(*rules, events) / static_cast<double>(std::max<std::size_t>(1, events.size()));
  Latencies latencies = run_paced(*rules, events, between);
  if (latencies.since_due.empty()) {
    std::fputs("no match before the end of the input\n", stderr);
    return 1;
  }
  std::printf("%zu\t%.0f\t%zu", events.size(), 1 / between, latencies.since_due.size());
  print_percentiles(latencies.since_handed);
  print_percentiles(latencies.since_due);
  std::puts("");
}
