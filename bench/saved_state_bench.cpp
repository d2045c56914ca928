// What does it cost to save and to load the state of a funnel by user? Linear in what is alive, but for sorting the
// keys.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/pattern_engine.hpp"
#include "bench/shop_events.hpp"
#include "nfa/row/bytes.hpp"

namespace cepheid::bench {
namespace {

/// W1 after two windows of its events: most users have a partial match.
class SavedFunnel {
 public:
  SavedFunnel(std::int64_t users, bool merge)
      : plan_(load_plan(read_rules("W1.cep"))), options_{.merge_partial_matches = merge}, run_(plan_, options_) {
    const auto count = static_cast<std::size_t>(10 * users);
    SymbolTable texts;
    const nfa::Batch rows =
        to_rows(make_shop_events({.events = count, .users = static_cast<std::uint64_t>(users)}), run_.layout(), texts);
    run_.push(rows, 0, count);
  }
  [[nodiscard]] std::uint64_t keys() { return run_.engine().stats(0).keys; }
  void save(std::string& bytes) {
    bytes.clear();
    nfa::ByteWriter out(bytes);
    run_.engine().save(out);
  }
  [[nodiscard]] std::unique_ptr<PatternEngine> fresh() const {
    return std::make_unique<PatternEngine>(plan_, options_);
  }

 private:
  std::shared_ptr<const patterns::Plan> plan_;
  nfa::Engine::Options options_;
  PatternEngine run_;
};

void show(benchmark::State& state, std::uint64_t keys, std::size_t bytes) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(keys));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

/// Items are keys with state.
void save(benchmark::State& state) {
  SavedFunnel funnel(state.range(0), state.range(1) != 0);
  std::string bytes;
  for (auto _ : state) funnel.save(bytes);
  show(state, funnel.keys(), bytes.size());
}
BENCHMARK(save)->ArgNames({"users", "merged"})->ArgsProduct({{100, 10'000}, {0, 1}});

/// Items are keys with state.
void load(benchmark::State& state) {
  SavedFunnel funnel(state.range(0), state.range(1) != 0);
  std::string bytes;
  funnel.save(bytes);
  const std::unique_ptr<PatternEngine> into = funnel.fresh();
  bool whole = true;
  for (auto _ : state) {
    nfa::ByteReader in(bytes);
    whole = into->engine().load(in).has_value() && whole;
  }
  if (!whole) state.SkipWithError("the state was not loaded");
  show(state, funnel.keys(), bytes.size());
}
BENCHMARK(load)->ArgNames({"users", "merged"})->ArgsProduct({{100, 10'000}, {0, 1}});

}    // namespace
}    // namespace cepheid::bench
