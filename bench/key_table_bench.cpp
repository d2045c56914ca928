// What does it cost to find an event's key? One look-up of a word; with many keys a miss of the cache. Text that does
// not stay has to be encoded and hashed first.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/shop_events.hpp"
#include "nfa/matcher/key_table.hpp"
#include "tests/unit/expr/build_expr.hpp"

namespace cepheid::nfa {
namespace {

/// A table of keys and the rows that have them, in an order in which neighbours have nothing in common.
class Keys {
 public:
  Keys(std::int64_t count, bool texts_stay)
      : layout_(Schema({{"user", Type::string()}})),
        table_({build::field(layout_.schema(), "user")}, layout_, texts_stay) {
    for (std::int64_t i = 0; i < count; ++i) {
      std::uint64_t* const row = rows_.emplace_back(std::make_unique<std::uint64_t[]>(layout_.words())).get();
      layout_.clear(row);
      layout_.set(row, 0, Datum::of_text(texts_.intern("u" + std::to_string(i)).text()));
    }
    bench::Random random(1);
    for (std::size_t i = rows_.size(); i > 1; --i) std::swap(rows_[i - 1], rows_[random.below(i)]);
  }

  /// The next of all rows, round and round.
  CurrentEvent next() {
    const Row row = rows_[next_].get();
    next_ = next_ + 1 == rows_.size() ? 0 : next_ + 1;
    return {.row = row};
  }
  void hold_all() {
    for (std::size_t i = 0; i < rows_.size(); ++i) table_.hold(make(next()));
  }
  KeyId find(const CurrentEvent& event) {
    table_.begin();
    return table_.find(event, scratch_);
  }
  KeyId make(const CurrentEvent& event) {
    table_.begin();
    return table_.find_or_make(event, scratch_);
  }
  KeyTable& table() { return table_; }

 private:
  RowLayout layout_;
  SymbolTable texts_;
  std::vector<std::unique_ptr<std::uint64_t[]>> rows_;
  KeyTable table_;
  EvalScratch scratch_;
  std::size_t next_ = 0;
};

void find_key(benchmark::State& state, bool texts_stay) {
  Keys keys(state.range(0), texts_stay);
  keys.hold_all();
  std::uint64_t missing = 0;
  for (auto _ : state) missing += keys.find(keys.next()) == KeyTable::kNoKey ? 1 : 0;
  if (missing != 0) state.SkipWithError("a key was not found");
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(find_key, texts_stay, true)->Arg(1)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(find_key, texts_copied, false)->Arg(1)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);

/// The key that was held longest is forgotten and made anew, in a table of so many. Items are keys.
void forget_and_make_key(benchmark::State& state, bool texts_stay) {
  Keys keys(state.range(0), texts_stay);
  keys.hold_all();
  for (auto _ : state) {
    const CurrentEvent event = keys.next();
    keys.table().release(keys.find(event));
    keys.table().hold(keys.make(event));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(forget_and_make_key, texts_stay, true)->Arg(1)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(forget_and_make_key, texts_copied, false)->Arg(1)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);

}    // namespace
}    // namespace cepheid::nfa
