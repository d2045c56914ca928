// The events that bench/peers makes, as structs for the engine as a library.
#pragma once

#include <chrono>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <tuple>
#include <vector>

#include <simdjson.h>

#include "cepheid/cepheid.hpp"

namespace bench {

struct Event {
  std::int64_t id = 0;
  cepheid::Symbol user;
  cepheid::Symbol type;
  cepheid::Timestamp ts;
  double price = 0;
  cepheid::Symbol country;
};

using Clock = std::chrono::steady_clock;

inline std::string read_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The rules of a file, whatever the addresses in it.
inline cepheid::Result<cepheid::Rules> read_rules(const char* path) {
  cepheid::Rules::Options options;
  options.variable = [](std::string_view) { return std::string("-"); };
  return cepheid::Rules::from_text(read_file(path), options);
}

/// The events of a file of JSON lines, their texts in `symbols`.
inline std::vector<Event> load_events(const char* path, cepheid::SymbolTable& symbols) {
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

}    // namespace bench

template <>
struct cepheid::Binding<bench::Event> {
  static constexpr auto fields =
      std::tuple(cepheid::member("id", &bench::Event::id), cepheid::member("user", &bench::Event::user),
                 cepheid::member("type", &bench::Event::type), cepheid::member("ts", &bench::Event::ts),
                 cepheid::member("price", &bench::Event::price), cepheid::member("country", &bench::Event::country));
};
