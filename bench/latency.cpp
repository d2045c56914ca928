// How long a match takes from its last event to the callback, at half the speed that the engine reaches.
//
//   bench_latency RULES.cep EVENTS.jsonl
//
// EVENTS.jsonl: objects with id, user, type, ts, price, country, as bench/peers makes them, `id` counting from 0.
// First the speed is measured; then each event is handed over at its time by the steady clock, at half that speed,
// without sleeping. The latency of a match is the time from when its last event was due: an event that waits because
// the one before it took long counts its wait. Matches given out by the end of the input have no such time and are
// left out. One line of TSV: events, events/s handed over, matches, microseconds p50, p99, p99.9, maximum.

#include <algorithm>
#include <cstdio>

#include "shop_events.hpp"

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

/// Latencies in microseconds, sorted.
std::vector<double> run_paced(const cepheid::Rules& rules, const std::vector<bench::Event>& events,
                              double seconds_between) {
  std::vector<double> latencies;
  latencies.reserve(events.size());
  Clock::time_point begin;
  const auto due = [&](std::size_t i) {
    const std::chrono::duration<double> after(static_cast<double>(i) * seconds_between);
    return begin + std::chrono::duration_cast<Clock::duration>(after);
  };
  const std::optional<std::uint32_t> id = rules.schema(cepheid::StreamId{}).find("id");
  const auto on_match = [&](const cepheid::Match& match) {
    const auto position = static_cast<std::size_t>(match.event(match.size() - 1).row[*id].as_int());
    latencies.push_back(std::chrono::duration<double, std::micro>(Clock::now() - due(position)).count());
  };
  cepheid::Engine engine(rules, {.on_match = on_match}, {.symbols_only = true});
  auto input = engine.input<bench::Event>(rules.name(cepheid::StreamId{}));
  begin = Clock::now();
  for (std::size_t i = 0; i < events.size(); ++i) {
    while (Clock::now() < due(i)) {
    }
    engine.push(*input, events[i]);
  }
  std::ranges::sort(latencies);
  return latencies;
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
  const std::vector<double> latencies = run_paced(*rules, events, between);
  if (latencies.empty()) {
    std::fputs("no match before the end of the input\n", stderr);
    return 1;
  }
  const auto percentile = [&latencies](double share) {
    return latencies[static_cast<std::size_t>(share * static_cast<double>(latencies.size() - 1))];
  };
  std::printf("%zu\t%.0f\t%zu\t%.1f\t%.1f\t%.1f\t%.1f\n", events.size(), 1 / between, latencies.size(), percentile(0.5),
              percentile(0.99), percentile(0.999), latencies.back());
}
