// The events of the workloads, as JSON lines, one flat object each:
//   {"id":17,"user":"u123","type":"view","ts":1700000000123,"price":12.34,"country":"KR"}
//
//   generate --events 1000000 --users 100000 [--seed 1] [--renamed] --out FILE
//   generate --live 1000 --kind purchase --events 100000 [--seed 1] --out FILE
//
// Users are equally likely, a user's events 2 minutes apart on average, in time order; 15% login, 45% view, 15%
// purchase, 5% logout, 20% other; prices 40% 1 to 10, 40% 10 to 500, 19% 500 to 8,000, 1% above.
// --live N: N logins of user u0 at 1000.00, then the events, all of one --kind (other, purchase) at 1.00 to 9.99, 1 ms
// apart: after the logins a pattern "login, then a dearer purchase" has N live partial matches.
// --renamed: the same events with other names of fields and types and the fields in another order:
//   {"land":"KR","amount":12.34,"at":1700000000123,"action":"look","account":"u123","nr":17}
// All is integer arithmetic over one splitmix64: the same bytes everywhere.
#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

constexpr std::array<const char*, 5> kTypes{"login", "view", "purchase", "logout", "other"};
constexpr std::array<const char*, 5> kRenamedTypes{"enter", "look", "order", "leave", "rest"};
constexpr std::array<const char*, 10> kCountries{"KR", "US", "JP", "DE", "BR", "IN", "GB", "FR", "VN", "NG"};
constexpr std::int64_t kStartMs = 1'700'000'000'000;
constexpr std::uint64_t kUserGapMs = 120'000;
constexpr unsigned kLogin = 0;
constexpr unsigned kPurchase = 2;
constexpr unsigned kOther = 4;

struct Options {
  std::uint64_t events = 1'000'000;
  std::uint64_t users = 100'000;
  std::uint64_t seed = 1;
  std::uint64_t live = 0;
  unsigned kind = kOther;
  bool renamed = false;
  std::string out;
};

struct Event {
  std::uint64_t id = 0;
  std::uint64_t user = 0;
  unsigned type = kLogin;
  unsigned country = 0;
  std::uint64_t cents = 0;
  std::int64_t ts_ms = 0;
};

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t below(std::uint64_t n) {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(z ^ (z >> 31)) * n) >> 64);
  }

 private:
  std::uint64_t state_;
};

void write(std::FILE* out, const Event& event) {
  std::fprintf(out,
               "{\"id\":%" PRIu64 ",\"user\":\"u%" PRIu64 "\",\"type\":\"%s\",\"ts\":%" PRId64 ",\"price\":%" PRIu64
               ".%02" PRIu64 ",\"country\":\"%s\"}\n",
               event.id, event.user, kTypes[event.type], event.ts_ms, event.cents / 100, event.cents % 100,
               kCountries[event.country]);
}

void write_renamed(std::FILE* out, const Event& event) {
  std::fprintf(out,
               "{\"land\":\"%s\",\"amount\":%" PRIu64 ".%02" PRIu64 ",\"at\":%" PRId64
               ",\"action\":\"%s\",\"account\":\"u%" PRIu64 "\",\"nr\":%" PRIu64 "}\n",
               kCountries[event.country], event.cents / 100, event.cents % 100, event.ts_ms, kRenamedTypes[event.type],
               event.user, event.id);
}

void generate_live(std::FILE* out, const Options& options, Random& random) {
  for (std::uint64_t i = 0; i < options.live + options.events; ++i) {
    const bool login = i < options.live;
    write(out, {.id = i,
                .type = login ? kLogin : options.kind,
                .cents = login ? 100'000 : 100 + random.below(900),
                .ts_ms = kStartMs + static_cast<std::int64_t>(i)});
  }
}

void generate(std::FILE* out, const Options& options, Random& random) {
  const std::uint64_t mean_us = std::max<std::uint64_t>(1, kUserGapMs * 1000 / options.users);
  std::int64_t clock_us = kStartMs * 1000;
  for (std::uint64_t i = 0; i < options.events; ++i) {
    clock_us += static_cast<std::int64_t>(random.below(2 * mean_us + 1));
    Event event{.id = i, .user = random.below(options.users), .ts_ms = clock_us / 1000};
    const std::uint64_t type = random.below(100);
    event.type = type < 15 ? 0 : type < 60 ? 1 : type < 75 ? kPurchase : type < 80 ? 3 : kOther;
    const std::uint64_t price = random.below(100);
    event.cents = price < 40   ? 100 + random.below(900)
                  : price < 80 ? 1000 + random.below(49'000)
                  : price < 99 ? 50'000 + random.below(750'000)
                               : 800'000 + random.below(200'001);
    event.country = static_cast<unsigned>(random.below(kCountries.size()));
    options.renamed ? write_renamed(out, event) : write(out, event);
  }
}

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--renamed") {
      options.renamed = true;
      --i;    // no value
      continue;
    }
    if (i + 1 == argc) return false;
    const char* value = argv[i + 1];
    const auto number = [value] { return std::strtoull(value, nullptr, 10); };
    if (name == "--events") {
      options.events = number();
    } else if (name == "--users") {
      options.users = std::max<std::uint64_t>(1, number());
    } else if (name == "--seed") {
      options.seed = number();
    } else if (name == "--live") {
      options.live = number();
    } else if (name == "--kind") {
      options.kind = std::string_view(value) == "purchase" ? kPurchase : kOther;
    } else if (name == "--out") {
      options.out = value;
    } else {
      return false;
    }
  }
  return !options.out.empty();
}

}    // namespace

int main(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options)) {
    std::fputs(
        "usage: generate [--events N] [--users N] [--seed N] [--renamed] [--live N --kind other|purchase] --out FILE\n",
        stderr);
    return 2;
  }
  std::FILE* out = std::fopen(options.out.c_str(), "wb");
  if (out == nullptr) {
    std::perror(options.out.c_str());
    return 1;
  }
  Random random(options.seed);
  if (options.live > 0) {
    generate_live(out, options, random);
  } else {
    generate(out, options, random);
  }
  return std::fclose(out) == 0 ? 0 : 1;
}
