// What does a deadline cost? In the wheel the same however many keys have one; in the heap of exact deadlines the
// logarithm of their number.

#include <cstdint>

#include <benchmark/benchmark.h>

#include "bench/shop_events.hpp"
#include "nfa/matcher/deadlines.hpp"
#include "nfa/matcher/expiry_wheel.hpp"

namespace cepheid::nfa {
namespace {

constexpr DurationMs kWindowMs = 600'000;

/// Time goes on so that all of so many keys come out once in a window, each of which then gets a new deadline. Items
/// are keys that come out.
void expiry_wheel(benchmark::State& state) {
  ExpiryWheel wheel(kWindowMs);
  bench::Random random(1);
  TimeMs now_ms = 0;
  for (KeyId key = 0; key < static_cast<KeyId>(state.range(0)); ++key) {
    wheel.add(key, static_cast<TimeMs>(random.below(kWindowMs)));
  }
  std::int64_t due = 0;
  for (auto _ : state) {
    now_ms += kWindowMs / 64;
    if (!wheel.is_due(now_ms)) continue;
    wheel.advance(now_ms, [&](KeyId key) {
      ++due;
      wheel.add(key, now_ms + static_cast<TimeMs>(random.below(kWindowMs)));
    });
  }
  state.SetItemsProcessed(due);
}
BENCHMARK(expiry_wheel)->Arg(1)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);

/// A look at whether anything is due, as after each event. Items are looks.
void expiry_wheel_nothing_due(benchmark::State& state) {
  ExpiryWheel wheel(kWindowMs);
  wheel.add(1, kWindowMs);
  TimeMs now_ms = 0;
  for (auto _ : state) {
    now_ms = (now_ms + 1) % kWindowMs;
    benchmark::DoNotOptimize(wheel.is_due(now_ms));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(expiry_wheel_nothing_due);

/// The earliest of so many deadlines comes out, and another one is added. Items are such pairs.
void deadlines(benchmark::State& state) {
  Deadlines deadlines;
  bench::Random random(1);
  std::uint64_t place = 0;
  for (KeyId key = 0; key < static_cast<KeyId>(state.range(0)); ++key) {
    deadlines.add({static_cast<TimeMs>(random.below(kWindowMs)), ++place, key, 0});
  }
  for (auto _ : state) {
    const Deadlines::Entry due = deadlines.take();
    deadlines.add({due.deadline_ms + static_cast<TimeMs>(random.below(kWindowMs)), ++place, due.key, 0});
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(deadlines)->Arg(1)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);

}    // namespace
}    // namespace cepheid::nfa
