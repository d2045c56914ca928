// The engine as a program that embeds it uses it: structs pushed one by one through the public API. To be held against
// `cepheid bench RULES.cep --events EVENTS.jsonl --mode engine`.
//
//   bench_embedded RULES.cep EVENTS.jsonl [REPEATS]
//
// EVENTS.jsonl: objects with id, user, type, ts, price, country, as bench/peers makes them. Last line, as the peers'
// programs: events, seconds (median), matches.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <tuple>
#include <vector>

#include <simdjson.h>

#include "cepheid/cepheid.hpp"

namespace {

struct Event {
  std::int64_t id = 0;
  cepheid::Symbol user;
  cepheid::Symbol type;
  cepheid::Timestamp ts;
  double price = 0;
  cepheid::Symbol country;
};

std::string read_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<Event> load_events(const char* path, cepheid::SymbolTable& symbols) {
  std::vector<Event> events;
  simdjson::ondemand::parser parser;
  const simdjson::padded_string text = simdjson::padded_string::load(path);
  simdjson::ondemand::document_stream documents = parser.iterate_many(text, 1 << 20);
  for (auto document : documents) {
    simdjson::ondemand::object object = document.get_object();
    const auto symbol = [&](const char* field) {
      return symbols.intern(object.find_field_unordered(field).get_string().value());
    };
    Event& event = events.emplace_back();
    event.id = object.find_field_unordered("id").get_int64();
    event.user = symbol("user");
    event.type = symbol("type");
    event.ts.ms = object.find_field_unordered("ts").get_int64();
    event.price = object.find_field_unordered("price").get_double();
    event.country = symbol("country");
  }
  return events;
}

}    // namespace

template <>
struct cepheid::Binding<Event> {
  static constexpr auto fields =
      std::tuple(cepheid::member("id", &Event::id), cepheid::member("user", &Event::user),
                 cepheid::member("type", &Event::type), cepheid::member("ts", &Event::ts),
                 cepheid::member("price", &Event::price), cepheid::member("country", &Event::country));
};

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: bench_embedded RULES.cep EVENTS.jsonl [REPEATS]\n");
    return 2;
  }
  cepheid::Rules::Options options;
  options.variable = [](std::string_view) { return std::string("-"); };    // the rules' own addresses are not used
  const auto rules = cepheid::Rules::from_text(read_file(argv[1]), options);
  if (!rules) {
    std::fputs(rules.error().message.c_str(), stderr);
    return 2;
  }
  cepheid::SymbolTable symbols;
  const std::vector<Event> events = load_events(argv[2], symbols);

  std::vector<double> seconds;
  std::uint64_t matches = 0;
  const int repeats = argc > 3 ? std::atoi(argv[3]) : 3;
  for (int i = 0; i < repeats; ++i) {
    matches = 0;
    cepheid::Engine engine(*rules, {.on_match = [&matches](const cepheid::Match&) { ++matches; }},
                           {.symbols_only = true});
    auto input = engine.input<Event>(rules->name(cepheid::StreamId{}));
    if (!input) {
      std::fprintf(stderr, "%s\n", input.error().message.c_str());
      return 2;
    }
    const auto begin = std::chrono::steady_clock::now();
    for (const Event& event : events) engine.push(*input, event);
    engine.finish();
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  std::ranges::sort(seconds);
  std::printf("%zu\t%.6f\t%llu\n", events.size(), seconds[seconds.size() / 2],
              static_cast<unsigned long long>(matches));
}
