#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "cepheid/time.hpp"
#include "nfa/matcher/huge_pages.hpp"
#include "runtime/aggregate/accumulators.hpp"
#include "runtime/aggregate/input_row.hpp"

namespace cepheid::runtime {

using BlockId = std::uint32_t;
inline constexpr BlockId kNoBlock = ~BlockId{0};

/// What one key has in one slice of time (or session): state words behind a head. The blocks of a key are a list in the
/// order of time, from the newest on; those of sessions are also linked the other way.
struct BlockHead {
  BlockId older = kNoBlock;
  BlockId newer = kNoBlock;
  GroupId key = 0;
  std::uint32_t mark = 0;    // its holder's
  TimeMs start_ms = 0;
  TimeMs end_ms = 0;
  /// Of slices: where the older one began, its own start if it never had one. `older` may be followed only where that
  /// slice is known to be held still.
  TimeMs older_start_ms = 0;
  std::uint64_t first = 0;    // arrival of its first row
};

/// Memory for blocks of one size, used again when they are freed: in steady state nothing is allocated. Not
/// thread-safe.
class StateBlocks {
 public:
  /// `accumulators` must outlive it.
  explicit StateBlocks(const Accumulators& accumulators)
      : accumulators_(accumulators), words_(kHeadWords + accumulators.words()) {
    // Small blocks do not lie across cache lines.
    if (words_ <= kLineWords) words_ = kLineWords;
  }
  ~StateBlocks() {
    if (accumulators_.is_flat()) return;
    // Those freed are zero.
    for (BlockId id = 0; id < made_; ++id) accumulators_.clear(state(id));
  }
  StateBlocks(const StateBlocks&) = delete;
  StateBlocks& operator=(const StateBlocks&) = delete;

  /// A block with an empty state. What references blocks stays valid.
  [[nodiscard]] BlockId make() {
    BlockId id = free_;
    if (id != kNoBlock) {
      free_ = head(id).newer;
    } else {
      id = static_cast<BlockId>(made_++);
      if (id % kPage == 0 && id / kPage == pages_.size()) add_pages();
    }
    ++live_;
    new (words(id)) BlockHead();
    return id;
  }
  void free(BlockId id) {
    accumulators_.clear(state(id));
    head(id).newer = free_;
    free_ = id;
    --live_;
  }
  [[nodiscard]] BlockHead& head(BlockId id) { return *reinterpret_cast<BlockHead*>(words(id)); }
  [[nodiscard]] std::uint64_t* state(BlockId id) { return words(id) + kHeadWords; }
  void prefetch(BlockId id) { __builtin_prefetch(words(id), 1); }
  /// Blocks in use.
  [[nodiscard]] std::size_t live() const { return live_; }

  /// Adds one block to another: the state and when its first row came.
  void combine(BlockId into, BlockId from) {
    BlockHead& head = this->head(into);
    head.first = std::min(head.first, this->head(from).first);
    accumulators_.merge(state(into), state(from));
  }

 private:
  static constexpr std::size_t kPage = 1024;
  static constexpr std::size_t kLineWords = 8;
  struct Free {
    void operator()(std::uint64_t* slab) const { std::free(slab); }
  };
  using Slab = std::unique_ptr<std::uint64_t[], Free>;
  static constexpr std::size_t kHeadWords = sizeof(BlockHead) / sizeof(std::uint64_t);
  static_assert(sizeof(BlockHead) % sizeof(std::uint64_t) == 0);

  /// One page, or where there are many already as many as a huge page has room for.
  void add_pages() {
    const std::size_t page_bytes = kPage * words_ * sizeof(std::uint64_t);
    const bool many = pages_.size() * page_bytes >= nfa::kHugePageBytes;
    const std::size_t pages = many ? std::max<std::size_t>(nfa::kHugePageBytes / page_bytes, 1) : 1;
    void* memory = nfa::allocate_on_huge_pages(pages * page_bytes);
    std::memset(memory, 0, pages * page_bytes);
    slabs_.push_back(Slab(static_cast<std::uint64_t*>(memory)));
    for (std::size_t i = 0; i < pages; ++i) pages_.push_back(slabs_.back().get() + i * kPage * words_);
  }
  [[nodiscard]] std::uint64_t* words(BlockId id) { return pages_[id / kPage] + (id % kPage) * words_; }

  const Accumulators& accumulators_;
  std::size_t words_;
  std::vector<Slab> slabs_;
  std::vector<std::uint64_t*> pages_;    // in slabs_
  std::size_t made_ = 0;
  std::size_t live_ = 0;
  BlockId free_ = kNoBlock;
};

}    // namespace cepheid::runtime
