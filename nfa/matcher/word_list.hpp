#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

namespace cepheid::nfa {

/// A short list of words, within itself as long as there are few: what a key's partial matches are. 24 bytes.
class WordList {
 public:
  WordList() = default;
  WordList(WordList&& other) noexcept { take(other); }
  WordList& operator=(WordList&& other) noexcept {
    if (this != &other) {
      free();
      take(other);
    }
    return *this;
  }
  ~WordList() { free(); }

  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::span<const std::uint32_t> words() const { return {data(), size_}; }
  [[nodiscard]] std::span<std::uint32_t> words() { return {data(), size_}; }
  void assign(std::span<const std::uint32_t> words) {
    if (words.size() > capacity()) {
      free();
      reserve(words.size());
    }
    size_ = static_cast<std::uint32_t>(words.size()) & kMostWords;
    std::uint32_t* const to = data();
    for (std::uint32_t i = 0; i < size_; ++i) to[i] = words[i];
  }
  void push_back(std::uint32_t word) {
    if (size_ == capacity()) grow();
    data()[size_] = word;
    ++size_;
  }
  /// Keeps the first `size` words.
  void truncate(std::size_t size) { size_ = static_cast<std::uint32_t>(size) & kMostWords; }
  void clear() {
    free();
    capacity_log_ = 0;
    size_ = 0;
  }
  /// Bytes beside the list itself.
  [[nodiscard]] std::size_t memory_bytes() const { return is_within() ? 0 : capacity() * sizeof(std::uint32_t); }

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
  void reserve(std::size_t size) {
    capacity_log_ = static_cast<std::uint32_t>(std::bit_width(size)) & 31U;
    auto* const apart = new std::uint32_t[capacity()];
    std::memcpy(within_, &apart, sizeof apart);
  }
  void grow() {
    WordList old(std::move(*this));
    reserve(old.size_);
    size_ = old.size_;
    std::memcpy(apart(), old.data(), size_ * sizeof(std::uint32_t));
  }
  void free() {
    if (!is_within()) delete[] apart();
  }
  void take(WordList& other) {
    std::memcpy(static_cast<void*>(this), &other, sizeof *this);
    other.capacity_log_ = 0;
    other.size_ = 0;
  }

  std::uint32_t size_ : 27 = 0;
  std::uint32_t capacity_log_ : 5 = 0;    // 0: the words are in `within_`, else a pointer to them is
  std::uint32_t within_[kWithin];
};

}    // namespace cepheid::nfa
