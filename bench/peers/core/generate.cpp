// The streams of core_workloads.py as JSON lines: one event each ms, types A, B, C, … and users equally likely.
//   core_generate EVENTS TYPES USERS SEED
// Fields: type, id, ts (ms), user, price (1.00 to 100.99), volume (1 to 1000). The same bytes everywhere.
#include <array>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed) : state_(seed) {}

  std::uint64_t below(std::uint64_t n) {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return (z ^ (z >> 31)) % n;
  }

 private:
  std::uint64_t state_;
};

}    // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("usage: core_generate EVENTS TYPES USERS SEED\n", stderr);
    return 2;
  }
  std::array<std::uint64_t, 4> words{};
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = std::strtoull(argv[i + 1], nullptr, 10);
  const auto [events, types, users, seed] = words;
  SplitMix64 random(seed);
  for (std::uint64_t i = 0; i < events; ++i) {
    const char type = static_cast<char>('A' + random.below(types));
    const std::uint64_t user = random.below(users);
    const std::uint64_t cents = 100 + random.below(10000);
    const std::uint64_t volume = 1 + random.below(1000);
    std::printf("{\"type\":\"%c\",\"id\":%" PRIu64 ",\"ts\":%" PRIu64 ",\"user\":%" PRIu64 ",\"price\":%" PRIu64
                ".%02" PRIu64 ",\"volume\":%" PRIu64 "}\n",
                type, i, i, user, cents / 100, cents % 100, volume);
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}
