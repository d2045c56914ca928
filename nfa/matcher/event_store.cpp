#include "nfa/matcher/event_store.hpp"

#include <bit>
#include <cstring>
#include <new>

namespace cepheid::nfa {
namespace {

constexpr std::size_t kSmallestBlock = 64;
constexpr std::align_val_t kAlignment{16};
/// Larger blocks (rows with long text) go back to the system at once.
constexpr std::uint32_t kKeptClasses = 12;

}    // namespace

EventStore::~EventStore() {
  for (auto& blocks : free_) {
    for (StoredEvent* block : blocks) ::operator delete(block, kAlignment);
  }
}

StoredEvent* EventStore::store(Row row, TimeMs time_ms, std::uint32_t input, std::uint64_t sequence) {
  const std::size_t row_bytes = texts_stay_ ? layout_.words() * sizeof(*row) : layout_.copy_size(row);
  const std::size_t bytes = StoredEvent::kHeaderBytes + row_bytes;
  const auto size_class = static_cast<std::uint32_t>(std::bit_width((bytes - 1) / kSmallestBlock));
  if (size_class >= free_.size()) free_.resize(size_class + 1);
  StoredEvent* event = nullptr;
  if (!free_[size_class].empty()) {
    event = free_[size_class].back();
    free_[size_class].pop_back();
  } else {
    event = static_cast<StoredEvent*>(::operator new(kSmallestBlock << size_class, kAlignment));
    block_bytes_ += kSmallestBlock << size_class;
  }
  new (event)
      StoredEvent{.references = 1, .input = input, .size_class = size_class, .sequence = sequence, .time_ms = time_ms};
  char* const copy = reinterpret_cast<char*>(event) + StoredEvent::kHeaderBytes;
  if (texts_stay_) {
    std::memcpy(copy, row, row_bytes);
  } else {
    layout_.copy_to(row, copy);
  }
  ++live_;
  return event;
}

void EventStore::recycle(StoredEvent* event) {
  --live_;
  if (event->size_class >= kKeptClasses) {
    block_bytes_ -= kSmallestBlock << event->size_class;
    ::operator delete(event, kAlignment);
  } else {
    free_[event->size_class].push_back(event);
  }
}

}    // namespace cepheid::nfa
