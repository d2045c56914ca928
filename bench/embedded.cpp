// The engine as a program that embeds it uses it: structs pushed one by one through the public API. To be held against
// `cepheid bench RULES.cep --events EVENTS.jsonl --mode engine`.
//
//   bench_embedded RULES.cep EVENTS.jsonl [REPEATS]
//
// EVENTS.jsonl: objects with id, user, type, ts, price, country, as bench/peers makes them. Last line, as the peers'
// programs: events, seconds (median), matches.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "bench/event_file.hpp"

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: bench_embedded RULES.cep EVENTS.jsonl [REPEATS]\n");
    return 2;
  }
  const auto rules = bench::read_rules(argv[1]);
  if (!rules) {
    std::fputs(rules.error().message.c_str(), stderr);
    return 2;
  }
  cepheid::SymbolTable symbols;
  const std::vector<bench::Event> events = bench::load_events(argv[2], symbols);

  std::vector<double> seconds;
  std::uint64_t matches = 0;
  const int repeats = argc > 3 ? std::atoi(argv[3]) : 3;
  for (int i = 0; i < repeats; ++i) {
    matches = 0;
    cepheid::Engine engine(*rules, {.on_match = [&matches](const cepheid::Match&) { ++matches; }},
                           {.symbols_only = true});
    auto input = engine.input<bench::Event>(rules->name(cepheid::StreamId{}));
    if (!input) {
      std::fprintf(stderr, "%s\n", input.error().message.c_str());
      return 2;
    }
    const auto begin = bench::Clock::now();
    for (const bench::Event& event : events) engine.push(*input, event);
    engine.finish();
    seconds.push_back(std::chrono::duration<double>(bench::Clock::now() - begin).count());
  }
  std::ranges::sort(seconds);
  std::printf("%zu\t%.6f\t%llu\n", events.size(), seconds[seconds.size() / 2],
              static_cast<unsigned long long>(matches));
}
