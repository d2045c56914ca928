#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

namespace cepheid::nfa {

/// A short list of words, within itself as long as there are few: what a key's partial matches are.
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
    if (words.size() > capacity_) {
      free();
      capacity_ = static_cast<std::uint32_t>(words.size() * 2);
      apart_ = new std::uint32_t[capacity_];
    }
    size_ = static_cast<std::uint32_t>(words.size());
    std::uint32_t* const to = capacity_ == kWithin ? within_ : apart_;
    for (std::uint32_t i = 0; i < size_; ++i) to[i] = words[i];
  }
  void push_back(std::uint32_t word) {
    if (size_ == capacity_) grow();
    data()[size_++] = word;
  }
  /// Keeps the first `size` words.
  void truncate(std::size_t size) { size_ = static_cast<std::uint32_t>(size); }
  void clear() {
    free();
    capacity_ = kWithin;
    size_ = 0;
  }
  /// Bytes beside the list itself.
  [[nodiscard]] std::size_t memory_bytes() const {
    return capacity_ == kWithin ? 0 : capacity_ * sizeof(std::uint32_t);
  }

 private:
  static constexpr std::uint32_t kWithin = 10;
  [[nodiscard]] const std::uint32_t* data() const { return capacity_ == kWithin ? within_ : apart_; }
  [[nodiscard]] std::uint32_t* data() { return capacity_ == kWithin ? within_ : apart_; }
  void grow() {
    auto* const larger = new std::uint32_t[std::size_t{capacity_} * 2];
    std::memcpy(larger, data(), size_ * sizeof(std::uint32_t));
    free();
    capacity_ *= 2;
    apart_ = larger;
  }
  void free() {
    if (capacity_ != kWithin) delete[] apart_;
  }
  void take(WordList& other) {
    std::memcpy(static_cast<void*>(this), &other, sizeof *this);
    other.capacity_ = kWithin;
    other.size_ = 0;
  }

  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = kWithin;    // kWithin: the words are in `within_`
  union {
    std::uint32_t within_[kWithin];
    std::uint32_t* apart_;
  };
};

}    // namespace cepheid::nfa
