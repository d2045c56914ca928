#include "nfa/matcher/event_store.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>

namespace cepheid::nfa {
namespace {

constexpr std::size_t kSmallestBlock = 64;
constexpr std::align_val_t kAlignment{64};
/// Larger blocks (rows with long text) go back to the system at once; of these sizes blocks are cut from chunks of at
/// least this size.
constexpr std::uint32_t kKeptClasses = 12;
constexpr std::size_t kChunk = 4096;

}    // namespace

EventStore::~EventStore() {
  for (void* chunk : chunks_) ::operator delete(chunk, kAlignment);
}

void* EventStore::new_block(std::uint32_t size_class) {
  const std::size_t block = kSmallestBlock << size_class;
  if (size_class >= kKeptClasses) {
    block_bytes_ += block;
    return ::operator new(block, kAlignment);
  }
  const std::size_t chunk = std::max(block, kChunk);
  auto* const first = static_cast<char*>(::operator new(chunk, kAlignment));
  chunks_.push_back(first);
  block_bytes_ += chunk;
  for (std::size_t at = chunk; at > block;) {
    at -= block;
    free_[size_class].push_back(reinterpret_cast<StoredEvent*>(first + at));
  }
  return first;
}

StoredEvent* EventStore::store(Row row, TimeMs time_ms, std::uint32_t input, std::uint64_t sequence) {
  const std::size_t row_bytes = texts_stay_ ? layout_.words() * sizeof(*row) : layout_.copy_size(row);
  const std::size_t bytes = StoredEvent::kHeaderBytes + row_bytes;
  const auto size_class = static_cast<std::uint32_t>(std::bit_width((bytes - 1) / kSmallestBlock));
  if (size_class >= free_.size()) free_.resize(size_class + 1);
  void* block = nullptr;
  if (!free_[size_class].empty()) {
    block = free_[size_class].back();
    free_[size_class].pop_back();
  } else {
    block = new_block(size_class);
  }
  auto* const event = new (block)
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
