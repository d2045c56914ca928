#include "nfa/matcher/ring_memory.hpp"

#include <algorithm>
#include <utility>

namespace cepheid::nfa {
namespace {

constexpr std::size_t kFew = 32;          // chunks that are always kept
constexpr std::size_t kLeastAhead = 4;    // so many chunks are got ahead,
constexpr std::size_t kAhead = 16;        // and an n-th of those in use
constexpr std::size_t kSpare = 4;         // an n-th of the most chunks in use is kept beside them

}    // namespace

void RingMemory::extend(std::uint32_t end) {
  if (used_ == 0) begin_ = end_ = end & ~(kChunk - 1);
  if (used_ == table_.size()) {
    const std::size_t size = table_.empty() ? 4 : table_.size() * 2;
    std::vector<Chunk> table(size);
    const auto mask = static_cast<std::uint32_t>(size - 1);
    for (std::uint32_t id = begin_; id != end_; id += kChunk) {
      table[(id >> kChunkLog) & mask] = std::move(table_[(id >> kChunkLog) & table_mask_]);
    }
    table_ = std::move(table);
    table_mask_ = mask;
  }
  if (free_.empty()) {
    // Some more than are wanted now: so the ups and downs of a steady stream find them there.
    for (std::size_t i = 0; i <= kLeastAhead + used_ / kAhead; ++i) {
      free_.push_back(std::make_unique_for_overwrite<std::byte[]>(kChunk * element_bytes_));
    }
  }
  table_[(end_ >> kChunkLog) & table_mask_] = std::move(free_.back());
  free_.pop_back();
  end_ += kChunk;
  ++used_;
  most_used_ = std::max(most_used_, used_);
  constexpr std::size_t kTurns = 8;
  if (++taken_ > kTurns * most_used_) {
    taken_ = 0;
    most_used_before_ = std::exchange(most_used_, used_);
  }
}

void RingMemory::free_all() {
  while (end_ != begin_) free_last();
  most_used_ = most_used_before_ = 0;
  drop_free(kFew);
}

void RingMemory::give_back() {
  free_all();
  free_ = std::vector<Chunk>();
  table_ = std::vector<Chunk>();
  table_mask_ = 0;
}

void RingMemory::free_first() {
  put_back(std::move(table_[(begin_ >> kChunkLog) & table_mask_]));
  begin_ += kChunk;
}

void RingMemory::free_last() {
  end_ -= kChunk;
  put_back(std::move(table_[(end_ >> kChunkLog) & table_mask_]));
}

void RingMemory::put_back(Chunk chunk) {
  --used_;
  free_.push_back(std::move(chunk));
  const std::size_t wanted = std::max(most_used_, most_used_before_);
  drop_free(wanted + wanted / kSpare + kFew - used_);
}

void RingMemory::drop_free(std::size_t most) {
  while (free_.size() > most) free_.pop_back();
}

}    // namespace cepheid::nfa
