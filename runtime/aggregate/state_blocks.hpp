#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

#include "cepheid/time.hpp"
#include "runtime/aggregate/accumulators.hpp"
#include "runtime/aggregate/input_row.hpp"

namespace cepheid::runtime {

using BlockId = std::uint32_t;
inline constexpr BlockId kNoBlock = ~BlockId{0};

/// What one key has in one slice of time (or session): state words behind a head. The blocks of a key are a list in the
/// order of time.
struct BlockHead {
  BlockId older = kNoBlock;
  BlockId newer = kNoBlock;
  GroupId key = 0;
  std::uint32_t mark = 0;    // its holder's
  TimeMs start_ms = 0;
  TimeMs end_ms = 0;
  /// Where its older one began, which may be gone since; its own start if it never had one.
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
      if (id % kPage == 0) pages_.push_back(make_page());
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
  struct FreePage {
    void operator()(std::uint64_t* page) const { std::free(page); }
  };
  using Page = std::unique_ptr<std::uint64_t[], FreePage>;
  static constexpr std::size_t kHeadWords = sizeof(BlockHead) / sizeof(std::uint64_t);
  static_assert(sizeof(BlockHead) % sizeof(std::uint64_t) == 0);

  [[nodiscard]] Page make_page() const {
    constexpr std::size_t kLineBytes = kLineWords * sizeof(std::uint64_t);
    const std::size_t size = (kPage * words_ * sizeof(std::uint64_t) + kLineBytes - 1) / kLineBytes * kLineBytes;
    void* memory = std::aligned_alloc(kLineBytes, size);
    if (memory == nullptr) throw std::bad_alloc();
    std::memset(memory, 0, size);
    return Page(static_cast<std::uint64_t*>(memory));
  }
  [[nodiscard]] std::uint64_t* words(BlockId id) { return pages_[id / kPage].get() + (id % kPage) * words_; }

  const Accumulators& accumulators_;
  std::size_t words_;
  std::vector<Page> pages_;
  std::size_t made_ = 0;
  std::size_t live_ = 0;
  BlockId free_ = kNoBlock;
};

}    // namespace cepheid::runtime
