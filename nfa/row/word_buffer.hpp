#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

namespace cepheid::nfa {

/// Words one after the other, appended in pieces that whoever asked for them fills: unlike a vector's, they are not
/// cleared before. Not thread-safe.
class WordBuffer {
 public:
  [[nodiscard]] std::uint64_t* data() { return words_.get(); }
  [[nodiscard]] const std::uint64_t* data() const { return words_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }

  /// Room for `n` more words, valid until the next append.
  [[nodiscard]] std::uint64_t* append(std::size_t n) {
    if (capacity_ - size_ < n) grow(n);
    std::uint64_t* const piece = words_.get() + size_;
    size_ += n;
    return piece;
  }
  /// Takes the last `n` words back.
  void drop(std::size_t n) { size_ -= n; }
  /// Keeps the memory.
  void clear() { size_ = 0; }

 private:
  void grow(std::size_t n) {
    constexpr std::size_t kFirst = 64;
    const std::size_t capacity = std::max({kFirst, 2 * capacity_, size_ + n});
    auto words = std::make_unique_for_overwrite<std::uint64_t[]>(capacity);
    if (size_ != 0) std::memcpy(words.get(), words_.get(), size_ * sizeof(std::uint64_t));
    words_ = std::move(words);
    capacity_ = capacity;
  }

  std::unique_ptr<std::uint64_t[]> words_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}    // namespace cepheid::nfa
