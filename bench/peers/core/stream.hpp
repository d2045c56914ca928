// A stream of core_workloads.py in memory, and the steps of a pattern over it.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace core {

struct Event {
  std::uint32_t type_bit;    // 1 << (letter - 'A')
  std::uint32_t key;
  std::uint32_t ts;    // ms since the first event
};

enum class Link : std::uint8_t { any, next };

struct Step {
  std::uint32_t types = 0;
  Link link = Link::any;
  bool loop = false;
};

inline std::vector<Step> parse_steps(const std::string& text) {
  std::vector<Step> steps(1);
  for (const char c : text) {
    if (c == ',')
      steps.emplace_back();
    else if (c == ':')
      steps.back().link = Link::next;
    else if (c == '+')
      steps.back().loop = true;
    else if (c >= 'A' && c <= 'Z')
      steps.back().types |= 1u << (c - 'A');
    else if (c != '|') {
      std::fprintf(stderr, "--steps: types are single capital letters, not `%c`\n", c);
      std::exit(2);
    }
  }
  return steps;
}

// `map`: letters for longer type names, "login=A,view=B"; a longer name that is not in it is noise.
inline std::vector<Event> read_stream(const char* path, std::uint64_t limit, const std::string& map) {
  FILE* file = std::fopen(path, "rb");
  if (!file) {
    std::perror(path);
    std::exit(2);
  }
  std::vector<Event> events;
  char line[4096];
  std::int64_t first = -1;
  const std::string letters = "," + map;
  while (events.size() < limit && std::fgets(line, sizeof line, file)) {
    const char* type = std::strstr(line, R"("type":")");
    const char* ts = std::strstr(line, R"("ts":)");
    const char* user = std::strstr(line, R"("user":)");
    if (!type || !ts || !user) {
      std::fprintf(stderr, "%s: bad line %zu\n", path, events.size() + 1);
      std::exit(1);
    }
    const std::int64_t at = std::atoll(ts + 5);
    if (first < 0) first = at;
    const std::string_view name(type + 8, std::strcspn(type + 8, "\""));
    std::uint32_t bit = 0;
    const std::size_t mapped = letters.find(std::string(",").append(name).append("="));
    if (mapped != std::string::npos)
      bit = 1u << (letters[mapped + name.size() + 2] - 'A');
    else if (name.size() == 1 && name[0] >= 'A' && name[0] <= 'Z')
      bit = 1u << (name[0] - 'A');
    else if (map.empty()) {
      std::fprintf(stderr, "%s: type `%.*s` is no single letter and there is no --map\n", path,
                   static_cast<int>(name.size()), name.data());
      std::exit(2);
    }
    events.push_back({bit, static_cast<std::uint32_t>(std::atoll(user + 7 + std::strcspn(user + 7, "0123456789"))),
                      static_cast<std::uint32_t>(at - first)});
  }
  std::fclose(file);
  events.shrink_to_fit();
  return events;
}

}    // namespace core
