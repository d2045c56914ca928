// What do a row's conditions cost, when all are asked? A threshold costs a comparison; equalities of one text field are
// a family, which looks the text up once, so that of each there is left only the asking.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/shop_events.hpp"
#include "nfa/expr/predicate_table.hpp"
#include "nfa/row/batch.hpp"
#include "tests/unit/expr/build_expr.hpp"

namespace cepheid::nfa {
namespace {

constexpr std::size_t kRows = 1024;

enum class Conditions { thresholds, one_text_field, both };

TypedExpr dearer_than(const Schema& schema, double price) {
  return build::test(Function::greater, {build::field(schema, "price"), build::number(price)});
}
TypedExpr user_is(const Schema& schema, std::int64_t user) {
  return build::test(Function::equal, {build::field(schema, "user"), build::text("u" + std::to_string(user))});
}

/// All conditions of a table on one row after the other. Items are rows.
void all_conditions_of_a_row(benchmark::State& state, Conditions conditions) {
  const auto layout = std::make_shared<const RowLayout>(bench::shop_schema());
  SymbolTable texts;
  const auto count = static_cast<std::int64_t>(state.range(0));
  const Batch rows = bench::to_rows(
      bench::make_shop_events({.events = kRows, .users = static_cast<std::uint64_t>(2 * count)}), layout, texts);
  PredicateTable table(*layout);
  for (std::int64_t i = 0; i < count; ++i) {
    const bool text = conditions == Conditions::one_text_field || (conditions == Conditions::both && i % 2 == 0);
    table.add(text ? user_is(layout->schema(), i) : dearer_than(layout->schema(), static_cast<double>(5 * i)));
  }
  PredicateBits bits(table);
  EvalScratch scratch;
  std::size_t at = 0;
  std::uint64_t held = 0;
  for (auto _ : state) {
    bits.begin(rows.row(at), rows.time_ms(at));
    for (PredicateId id = 0; id < table.size(); ++id) held += bits.test(id, scratch) ? 1 : 0;
    at = (at + 1) % kRows;
  }
  if (state.iterations() > static_cast<std::int64_t>(kRows) && held == 0) {
    state.SkipWithError("no condition held: the figure means nothing");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(all_conditions_of_a_row, thresholds, Conditions::thresholds)->Arg(4)->Arg(100)->Arg(1'000);
BENCHMARK_CAPTURE(all_conditions_of_a_row, one_text_field, Conditions::one_text_field)->Arg(4)->Arg(100)->Arg(1'000);
BENCHMARK_CAPTURE(all_conditions_of_a_row, both, Conditions::both)->Arg(4)->Arg(100)->Arg(1'000);

}    // namespace
}    // namespace cepheid::nfa
