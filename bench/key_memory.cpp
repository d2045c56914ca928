// Memory of keys: what the engine holds for users with one live partial match each, and what is left of it.
//
//   bench_key_memory RULES.cep USERS
//
// RULES.cep: patterns by user over events as bench/peers makes them, whose partial matches begin with a `login`, take
// it alone, and last between 2 minutes and an hour. By Engine::memory_bytes(). One line of TSV, bytes of each user:
//   live     one `login` each: state, with the event itself
//   event    of which the event: its row; its texts are symbols and not the engine's
//   passed   after an hour of event time in which nothing came, with the free blocks that are kept for reuse
//   saved    at that time, in a saved state
//   other    in an engine where each user had one `other`, which begins nothing

#include <cstdio>
#include <cstdlib>

#include "bench/event_file.hpp"

namespace {

constexpr cepheid::TimeMs kStartMs = 1'700'000'000'000;
constexpr cepheid::TimeMs kHourMs = 3'600'000;
constexpr std::uint64_t kEventsPerMs = 10'000;

class Users {
 public:
  explicit Users(const cepheid::Rules& rules) : engine_(rules, {}, {.symbols_only = true}) {}

  /// One event of each user; all are worked on when it returns.
  void push(std::uint64_t users, const char* type) {
    auto input = engine_.input<bench::Event>(engine_.rules().name(cepheid::StreamId{}));
    const cepheid::Symbol type_symbol = symbols_.intern(type);
    const cepheid::Symbol country = symbols_.intern("KR");
    for (std::uint64_t i = 0; i < users; ++i) {
      last_ms_ = kStartMs + static_cast<cepheid::TimeMs>(i / kEventsPerMs);
      engine_.push(*input, bench::Event{.id = static_cast<std::int64_t>(i),
                                        .user = symbols_.intern("u" + std::to_string(i)),
                                        .type = type_symbol,
                                        .ts = {last_ms_},
                                        .price = 1,
                                        .country = country});
    }
    engine_.advance(last_ms_ + 1);
  }
  void let_an_hour_pass() { engine_.advance(last_ms_ + kHourMs); }
  [[nodiscard]] double saved_bytes() const { return static_cast<double>(engine_.save().size()); }
  [[nodiscard]] double bytes() const { return static_cast<double>(engine_.memory_bytes()); }

 private:
  cepheid::SymbolTable symbols_;    // outlives the engine
  cepheid::Engine engine_;
  cepheid::TimeMs last_ms_ = kStartMs;
};

}    // namespace

int main(int argc, char** argv) {
  const std::uint64_t count = argc == 3 ? std::strtoull(argv[2], nullptr, 10) : 0;
  if (count < 2) {
    std::fputs("usage: bench_key_memory RULES.cep USERS (at least 2)\n", stderr);
    return 2;
  }
  const auto rules = bench::read_rules(argv[1]);
  if (!rules) {
    std::fputs(rules.error().message.c_str(), stderr);
    return 2;
  }
  Users one(*rules);
  one.push(1, "login");
  const double base = one.bytes();
  const auto per_user = [&](const Users& users) { return (users.bytes() - base) / static_cast<double>(count - 1); };

  Users live(*rules);
  live.push(count, "login");
  const double bytes_live = per_user(live);
  live.let_an_hour_pass();
  one.let_an_hour_pass();
  const double bytes_saved = (live.saved_bytes() - one.saved_bytes()) / static_cast<double>(count - 1);
  Users other(*rules);
  other.push(count, "other");
  // A word of null bits and one for each field.
  const std::size_t event_bytes = sizeof(std::uint64_t) * (1 + rules->schema(cepheid::StreamId{}).fields().size());
  std::printf("%.1f\t%zu\t%.1f\t%.1f\t%.1f\n", bytes_live, event_bytes, per_user(live), bytes_saved, per_user(other));
}
