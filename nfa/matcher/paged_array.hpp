#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace cepheid::nfa {

/// Elements by number in pages of a fixed size: grows without moving what is there, and by no more than a page.
template <typename T, std::size_t page = 512>
class PagedArray {
 public:
  static constexpr std::size_t kPage = page;

  [[nodiscard]] T& operator[](std::size_t i) { return pages_[i / kPage][i % kPage]; }
  [[nodiscard]] const T& operator[](std::size_t i) const { return pages_[i / kPage][i % kPage]; }
  /// There are elements for all numbers below it, and perhaps some more.
  [[nodiscard]] std::size_t size() const { return pages_.size() * kPage; }
  /// Makes at least so many; new ones are as T() makes them. Elements stay where they are.
  void reach(std::size_t size) {
    while (this->size() < size) pages_.push_back(std::make_unique<T[]>(kPage));
  }
  /// Forgets all elements and gives their memory back.
  void clear() { pages_ = std::vector<std::unique_ptr<T[]>>(); }
  [[nodiscard]] std::size_t memory_bytes() const { return size() * sizeof(T) + pages_.capacity() * sizeof(T*); }

 private:
  std::vector<std::unique_ptr<T[]>> pages_;
};

}    // namespace cepheid::nfa
