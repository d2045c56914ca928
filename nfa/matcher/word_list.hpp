#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

namespace cepheid::nfa {

/// Memory of lists that have grown, by size: what one list gives back serves the next. Not thread-safe.
class WordPool {
 public:
  /// 2^`log` words.
  [[nodiscard]] std::uint32_t* take(std::uint32_t log) {
    if (free_[log] == nullptr) add(log);
    std::uint32_t* const block = free_[log];
    std::memcpy(&free_[log], block, sizeof block);
    return block;
  }
  void give_back(std::uint32_t* block, std::uint32_t log) {
    std::memcpy(block, &free_[log], sizeof block);
    free_[log] = block;
  }
  [[nodiscard]] std::size_t memory_bytes() const { return bytes_; }

 private:
  void add(std::uint32_t log) {
    constexpr std::size_t kWordsAtOnce = 1024;
    const std::size_t size = std::size_t{1} << log;
    const std::size_t blocks = size < kWordsAtOnce ? kWordsAtOnce / size : 1;
    memory_.push_back(std::make_unique_for_overwrite<std::uint32_t[]>(blocks * size));
    bytes_ += blocks * size * sizeof(std::uint32_t);
    for (std::size_t i = blocks; i-- > 0;) give_back(memory_.back().get() + i * size, log);
  }

  std::array<std::uint32_t*, 32> free_{};    // the first block of each size; a free block begins with the next one
  std::vector<std::unique_ptr<std::uint32_t[]>> memory_;
  std::size_t bytes_ = 0;
};

/// A short list of words, within itself as long as there are few: what a key's partial matches are. 24 bytes. A longer
/// one is in memory of the pool, always the same one; whoever drops the list clears it first, or drops the pool.
class WordList {
 public:
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::span<const std::uint32_t> words() const { return {data(), size_}; }
  [[nodiscard]] std::span<std::uint32_t> words() { return {data(), size_}; }
  void assign(WordPool& pool, std::span<const std::uint32_t> words) {
    if (words.size() > capacity()) {
      free(pool);
      reserve(pool, words.size());
    }
    size_ = static_cast<std::uint32_t>(words.size()) & kMostWords;
    std::uint32_t* const to = data();
    for (std::uint32_t i = 0; i < size_; ++i) to[i] = words[i];
  }
  void push_back(WordPool& pool, std::uint32_t word) {
    if (size_ == capacity()) grow(pool);
    data()[size_] = word;
    ++size_;
  }
  /// Keeps the first `size` words.
  void truncate(std::size_t size) { size_ = static_cast<std::uint32_t>(size) & kMostWords; }
  void clear(WordPool& pool) {
    free(pool);
    capacity_log_ = 0;
    size_ = 0;
  }

 private:
  static constexpr std::uint32_t kWithin = 5;
  static constexpr std::uint32_t kMostWords = (1U << 27) - 1;
  [[nodiscard]] bool is_within() const { return capacity_log_ == 0; }
  [[nodiscard]] std::size_t capacity() const { return is_within() ? kWithin : std::size_t{1} << capacity_log_; }
  [[nodiscard]] const std::uint32_t* data() const { return is_within() ? within_ : apart(); }
  [[nodiscard]] std::uint32_t* data() { return is_within() ? within_ : apart(); }
  [[nodiscard]] std::uint32_t* apart() const {
    std::uint32_t* pointer = nullptr;
    std::memcpy(&pointer, within_, sizeof pointer);
    return pointer;
  }
  /// Room for more than `size` words, apart; what there was is forgotten.
  void reserve(WordPool& pool, std::size_t size) {
    capacity_log_ = static_cast<std::uint32_t>(std::bit_width(size)) & 31U;
    auto* const apart = pool.take(capacity_log_);
    std::memcpy(within_, &apart, sizeof apart);
  }
  void grow(WordPool& pool) {
    WordList old = *this;
    reserve(pool, old.size_);
    std::memcpy(apart(), old.data(), size_ * sizeof(std::uint32_t));
    old.free(pool);
  }
  void free(WordPool& pool) {
    if (!is_within()) pool.give_back(apart(), capacity_log_);
  }

  std::uint32_t size_ : 27 = 0;
  std::uint32_t capacity_log_ : 5 = 0;    // 0: the words are in `within_`, else a pointer to them is
  std::uint32_t within_[kWithin] = {};
};

}    // namespace cepheid::nfa
