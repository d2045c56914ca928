// What the machine can do, beside which an engine's figures are read:
//   limits FILE.jsonl REPEATS [NAME]
// prints a line of TSV for each, or for the one named: limits NAME MODE EVENTS SECONDS EVENTS_PER_S CHECK PEAK_MB
// json        read the file, parse it with simdjson's on-demand mode, fields user, type, ts, price only (e2e)
// json-mem    the same, the file's bytes in memory already
// json-probe  json, and the string-keyed probe for each event: a floor for a keyed pattern from file to matches
// probe       typed events in memory; one probe of a flat hash map by a 64-bit key, update of an 8-byte state
// probe-str   the same by a string key
// copy        memcpy of 256 MB of such events
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>
#include <sys/resource.h>
#include <boost/unordered/unordered_flat_map.hpp>

namespace {

using Clock = std::chrono::steady_clock;

// The size made no difference from 64 KB to 4 MB.
constexpr std::size_t kBatchBytes = 1 << 20;

struct Event {
  std::uint64_t user;
  std::int64_t ts;
  double price;
  std::uint32_t id;
  std::uint8_t type;
};

struct StringHash {
  using is_transparent = void;    // NOLINT(readability-identifier-naming): the library asks for this name
  std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>()(s); }
};
using StringMap = boost::unordered_flat_map<std::string, std::uint64_t, StringHash, std::equal_to<>>;

std::uint8_t type_of(std::string_view name) {
  return name == "login" ? 0 : name == "view" ? 1 : name == "purchase" ? 2 : name == "logout" ? 3 : 4;
}

std::uint64_t step(std::uint64_t state, std::uint8_t type, std::int64_t ts) {
  return type == 4 ? state : (state << 3 ^ type ^ static_cast<std::uint64_t>(ts));
}

template <class F>
std::uint64_t parse(const simdjson::padded_string& json, F f) {
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document_stream docs = parser.iterate_many(json, kBatchBytes);
  std::uint64_t n = 0;
  for (auto doc : docs) {
    std::string_view user = doc.find_field("user").get_string();
    std::string_view type = doc.find_field("type").get_string();
    std::int64_t ts = doc.find_field("ts").get_int64();
    double price = doc.find_field("price").get_double();
    f(user, type, ts, price);
    n++;
  }
  return n;
}

std::string_view only;    // the limit asked for; empty: all

void measure(const char* name, const char* mode, int repeats, std::size_t events,
             const std::function<std::uint64_t()>& run) {
  if (!only.empty() && only != name) return;
  std::vector<double> t;
  std::uint64_t check = 0;
  for (int i = 0; i <= repeats; i++) {
    auto a = Clock::now();
    check = run();
    double s = std::chrono::duration<double>(Clock::now() - a).count();
    if (i) t.push_back(s);
  }
  std::sort(t.begin(), t.end());
  double s = t[(t.size() - 1) / 2];
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  std::printf("limits\t%s\t%s\t%zu\t%.6f\t%.0f\t%llu\t%ld\n", name, mode, events, s, static_cast<double>(events) / s,
              static_cast<unsigned long long>(check), usage.ru_maxrss / 1024);
  std::fflush(stdout);
}

}    // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: limits FILE.jsonl REPEATS [NAME]\n", stderr);
    return 2;
  }
  if (argc > 3) only = argv[3];

  const int repeats = std::max(1, std::atoi(argv[2]));
  const char* path = argv[1];
  simdjson::padded_string json = simdjson::padded_string::load(path);
  std::size_t n = 0;
  std::uint64_t keep = 0;
  auto fields = [&](std::string_view user, std::string_view type, std::int64_t ts, double price) {
    keep += user.size() + type[0] + static_cast<std::uint64_t>(ts) + (price > 500);
  };
  n = parse(json, fields);
  measure("json-mem", "e2e", repeats, n, [&] {
    keep = 0;
    parse(json, fields);
    return keep;
  });
  measure("json", "e2e", repeats, n, [&] {
    keep = 0;
    parse(simdjson::padded_string::load(path), fields);
    return keep;
  });
  measure("json-probe", "e2e", repeats, n, [&] {
    StringMap map;
    std::uint64_t sum = 0;
    parse(simdjson::padded_string::load(path),
          [&](std::string_view user, std::string_view type, std::int64_t ts, double price) {
            auto it = map.find(user);
            if (it == map.end()) it = map.emplace(std::string(user), 0).first;
            it->second = step(it->second, type_of(type), ts);
            sum += it->second ^ static_cast<std::uint64_t>(price);
          });
    return sum;
  });

  std::vector<Event> events;
  std::vector<std::string> names;
  events.reserve(n);
  names.reserve(n);
  parse(json, [&](std::string_view user, std::string_view type, std::int64_t ts, double price) {
    std::uint64_t key = 0xcbf29ce484222325U;    // stands for an interned or hashed key; the map mixes it again
    for (char c : user) key = (key ^ static_cast<std::uint8_t>(c)) * 0x100000001b3U;
    events.push_back({key, ts, price, static_cast<std::uint32_t>(events.size()), type_of(type)});
    names.emplace_back(user);
  });
  measure("probe", "engine", repeats, n, [&] {
    boost::unordered_flat_map<std::uint64_t, std::uint64_t> map;
    std::uint64_t sum = 0;
    for (const Event& e : events) {
      std::uint64_t& s = map[e.user];
      s = step(s, e.type, e.ts);
      sum += s;
    }
    return sum;
  });
  measure("probe-str", "engine", repeats, n, [&] {
    StringMap map;
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < events.size(); i++) {
      auto it = map.find(std::string_view(names[i]));
      if (it == map.end()) it = map.emplace(names[i], 0).first;
      it->second = step(it->second, events[i].type, events[i].ts);
      sum += it->second;
    }
    return sum;
  });
  std::vector<char> from(256 << 20, 1), to(256 << 20, 2);
  std::size_t copied = from.size() / sizeof(Event);
  measure("copy", "engine", repeats, copied, [&] {
    std::memcpy(to.data(), from.data(), from.size());
    return static_cast<std::uint64_t>(to[from.size() / 2]);
  });
}
