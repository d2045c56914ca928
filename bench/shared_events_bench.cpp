// What does it cost to take an event? In the shared buffer a node, a count of references and, once, a copy of the row;
// in the rings the same without counts, and freeing is one move of the old end.

#include <cstdint>
#include <memory>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/shop_events.hpp"
#include "nfa/matcher/event_ring.hpp"
#include "nfa/matcher/event_store.hpp"
#include "nfa/matcher/node_ring.hpp"
#include "nfa/matcher/shared_buffer.hpp"
#include "nfa/row/batch.hpp"

namespace cepheid::nfa {
namespace {

constexpr std::size_t kRows = 1024;

struct Events {
  std::shared_ptr<const RowLayout> layout = std::make_shared<const RowLayout>(bench::shop_schema());
  SymbolTable texts;
  Batch rows = bench::to_rows(bench::make_shop_events({.events = kRows, .users = 100}), layout, texts);
  std::uint64_t place = 0;

  CurrentEvent next() {
    const std::size_t at = place++ % kRows;
    return {.row = rows.row(at), .time_ms = rows.time_ms(at), .place = place, .sequence = place};
  }
};

/// `path` with the event behind it; the reference that the event at hand keeps of itself is given back.
Node* extend(SharedBuffer& buffer, EventStore& store, Node* path, StepId step, CurrentEvent event) {
  Node* const longer = buffer.extend(path, step, event);
  if (event.stored != nullptr) store.release(event.stored);
  return longer;
}

/// A path of so many events, made and released. Items are nodes.
void shared_buffer_path(benchmark::State& state, bool texts_stay) {
  Events events;
  EventStore store(*events.layout, texts_stay);
  SharedBuffer buffer(store);
  for (auto _ : state) {
    Node* path = extend(buffer, store, nullptr, 0, events.next());
    for (std::int64_t i = 1; i < state.range(0); ++i) {
      Node* const longer = extend(buffer, store, path, 0, events.next());
      buffer.release(path);
      path = longer;
    }
    buffer.release(path);
  }
  if (buffer.live() != 0 || store.live() != 0) state.SkipWithError("something is left over");
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK_CAPTURE(shared_buffer_path, texts_stay, true)->Arg(3)->Arg(64);
BENCHMARK_CAPTURE(shared_buffer_path, texts_copied, false)->Arg(3)->Arg(64);

/// So many paths with one more event each, which they share, and then without it. Items are nodes.
void shared_buffer_fan_out(benchmark::State& state) {
  Events events;
  EventStore store(*events.layout, true);
  SharedBuffer buffer(store);
  std::vector<Node*> paths(static_cast<std::size_t>(state.range(0)));
  for (Node*& path : paths) path = extend(buffer, store, nullptr, 0, events.next());
  std::vector<Node*> longer(paths.size());
  for (auto _ : state) {
    CurrentEvent event = events.next();
    for (std::size_t i = 0; i < paths.size(); ++i) longer[i] = buffer.extend(paths[i], 1, event);
    for (Node* const path : longer) buffer.release(path);
    if (event.stored != nullptr) store.release(event.stored);
  }
  for (Node* const path : paths) buffer.release(path);
  if (buffer.live() != 0 || store.live() != 0) state.SkipWithError("something is left over");
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(shared_buffer_fan_out)->Arg(1)->Arg(100)->Arg(10'000);

/// An event taken and put behind the node before it, in rings that hold so many; as many leave. Items are events.
void rings_chain(benchmark::State& state, bool texts_stay) {
  Events events;
  EventRing taken(*events.layout, texts_stay, 1);
  NodeRing nodes;
  const auto live = static_cast<std::uint32_t>(state.range(0));
  NodeId last = 0;
  for (auto _ : state) {
    CurrentEvent event = events.next();
    const EventId id = taken.take(event);
    last = nodes.add({.previous = last, .event = id, .start = id, .step = 0});
    if (taken.size() > live) {
      taken.free_before(taken.end() - live);
      nodes.free_before(taken.begin());
    }
    if (nodes.is_far_ahead()) {
      nodes.restart();
      last = 0;
    }
  }
  benchmark::DoNotOptimize(last);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(rings_chain, texts_stay, true)->Arg(100)->Arg(100'000);
BENCHMARK_CAPTURE(rings_chain, texts_copied, false)->Arg(100)->Arg(100'000);

}    // namespace
}    // namespace cepheid::nfa
