#include "nfa/matcher/event_ring.hpp"

#include <algorithm>

namespace cepheid::nfa {

void EventMarks::count() {
  counts_.resize(bits_.size());
  size_ = 0;
  for (std::size_t word = 0; word < bits_.size(); ++word) {
    counts_[word] = size_;
    size_ += static_cast<std::uint32_t>(__builtin_popcountll(bits_[word]));
  }
}

namespace {

constexpr std::size_t kBlockBytes = 16 << 10;

}    // namespace

EventRing::EventRing(const RowLayout& layout, bool texts_stay, std::size_t inputs)
    : layout_(layout),
      texts_stay_(texts_stay),
      header_words_(kMostHeaderWords - (texts_stay && inputs <= 1 ? 1 : 0)),
      stride_(header_words_ + (texts_stay ? layout.words() : 1)),
      memory_(stride_ * sizeof(std::uint64_t)) {}

EventId EventRing::add(Row row, TimeMs time_ms, std::uint64_t sequence, std::uint32_t input) {
  if (!memory_.reaches(end_)) memory_.extend(end_);
  std::uint32_t block = 0;
  std::uint64_t* const to = record(end_);
  if (texts_stay_) {
    copy_words(to + header_words_, row, layout_.words());
  } else {
    const Row copy = copy_row(row, block);
    std::memcpy(to + header_words_, &copy, sizeof copy);
  }
  to[0] = static_cast<std::uint64_t>(time_ms);
  to[1] = sequence;
  if (header_words_ == kMostHeaderWords) to[2] = std::uint64_t{block} << 32 | input;
  return end_++;
}

Row EventRing::copy_row(Row row, std::uint32_t& block) {
  const std::size_t bytes = (layout_.copy_size(row) + 15) & ~std::size_t{15};
  if (blocks_.empty() || blocks_.back().size - blocks_.back().used < bytes) {
    const std::size_t size = std::max(bytes, kBlockBytes);
    blocks_.push_back({.memory = std::make_unique_for_overwrite<char[]>(size), .size = size});
    copy_bytes_ += size;
  }
  Block& into = blocks_.back();
  char* const to = into.memory.get() + into.used;
  into.used += bytes;
  ++into.events;
  block = first_block_ + static_cast<std::uint32_t>(blocks_.size() - 1);
  layout_.copy_to(row, to);
  return reinterpret_cast<Row>(to);
}

/// Gives back what hangs on an event beside its record.
void EventRing::forget(EventId id) {
  if (texts_stay_) return;
  Block& block = blocks_[static_cast<std::uint32_t>(record(id)[2] >> 32) - first_block_];
  if (--block.events != 0) return;
  if (&block == &blocks_.back()) {
    block.used = 0;
    return;
  }
  copy_bytes_ -= block.size;
  block = Block();
  while (blocks_.size() > 1 && blocks_.front().memory == nullptr) {
    blocks_.pop_front();
    ++first_block_;
  }
}

void EventRing::free_before(EventId id) {
  if (texts_stay_) {
    begin_ = later_of(begin_, id);
  } else {
    for (; is_before(begin_, id); ++begin_) forget(begin_);
  }
  memory_.free_before(begin_);
}

void EventRing::compact(const EventMarks& marks) {
  EventId to = begin_;
  for (EventId id = begin_; id != end_; ++id) {
    if (!marks.marked(id)) {
      forget(id);
      continue;
    }
    if (to != id) std::memcpy(record(to), record(id), stride_ * sizeof(std::uint64_t));
    ++to;
  }
  end_ = to;
  memory_.free_from(end_);
}

}    // namespace cepheid::nfa
