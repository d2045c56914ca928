#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "cepheid/time.hpp"
#include "nfa/row/layout.hpp"

namespace cepheid::nfa {

/// An event that waits for the watermark or that partial matches hold: a copy of its row, with all its text if that
/// does not stay elsewhere, in one block.
struct StoredEvent {
  std::uint32_t references = 0;
  std::uint32_t input = 0;
  std::uint32_t size_class = 0;
  std::uint64_t place = 0;       // rank in the order in which the engine works on events
  std::uint64_t sequence = 0;    // of the source row that it is, or comes from
  TimeMs time_ms = 0;

  /// The row's words follow, aligned to 16 bytes.
  [[nodiscard]] Row row() const { return reinterpret_cast<Row>(reinterpret_cast<const char*>(this) + kHeaderBytes); }
  static constexpr std::size_t kHeaderBytes = 48;
};
static_assert(sizeof(StoredEvent) <= StoredEvent::kHeaderBytes);

/// The event that is worked on: still where the caller has it, and stored only once somebody takes it.
struct CurrentEvent {
  Row row = nullptr;
  TimeMs time_ms = 0;
  std::uint32_t input = 0;
  std::uint64_t place = 0;
  std::uint64_t sequence = 0;    // of the row that caused it to be worked on, perhaps a later one
  StoredEvent* stored = nullptr;
  bool taken = false;      // in the ring of merged matchers, …
  std::uint32_t id = 0;    // … under this number

  /// Sequence of the row that it is.
  [[nodiscard]] std::uint64_t rank() const { return stored != nullptr ? stored->sequence : sequence; }
};

/// Memory of stored events: blocks of a few sizes, kept for the next event when one is released. Not thread-safe.
class EventStore {
 public:
  /// `texts_stay`: all text of all rows outlives the store, so that only words are copied.
  EventStore(const RowLayout& layout, bool texts_stay) : layout_(layout), texts_stay_(texts_stay) {}
  ~EventStore();
  EventStore(const EventStore&) = delete;
  EventStore& operator=(const EventStore&) = delete;

  /// A copy with one reference.
  [[nodiscard]] StoredEvent* store(Row row, TimeMs time_ms, std::uint32_t input, std::uint64_t sequence);
  /// The stored form of the event at hand, made when it is first asked for; gives the caller a reference. The event at
  /// hand keeps one of its own, so that the next pattern finds it: whoever works on it gives that back at the end.
  [[nodiscard]] StoredEvent* hold(CurrentEvent& event) {
    if (event.stored == nullptr) {
      event.stored = store(event.row, event.time_ms, event.input, event.sequence);
      event.stored->place = event.place;
    }
    ++event.stored->references;
    return event.stored;
  }
  void release(StoredEvent* event) {
    if (--event->references == 0) recycle(event);
  }
  [[nodiscard]] bool texts_stay() const { return texts_stay_; }
  [[nodiscard]] std::size_t live() const { return live_; }
  /// Bytes of all blocks, those kept for reuse included.
  [[nodiscard]] std::size_t memory_bytes() const { return block_bytes_; }

 private:
  void recycle(StoredEvent* event);
  void* new_block(std::uint32_t size_class);

  const RowLayout& layout_;
  const bool texts_stay_;
  std::vector<std::vector<StoredEvent*>> free_;    // by size class: 2^class * 64 bytes
  std::vector<void*> chunks_;                      // that blocks lie in
  std::size_t live_ = 0;
  std::size_t block_bytes_ = 0;
};

}    // namespace cepheid::nfa
