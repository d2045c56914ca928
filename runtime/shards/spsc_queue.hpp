#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace cepheid::runtime {

/// A bounded queue from one thread to one other. Who has to wait sleeps; no locks. close() may be called by either
/// thread, and by a third one.
template <typename T>
class SpscQueue {
 public:
  /// Room for at least `capacity` items (> 0): the next power of two.
  explicit SpscQueue(std::size_t capacity) : slots_(std::bit_ceil(capacity)) {}
  SpscQueue(const SpscQueue&) = delete;
  SpscQueue& operator=(const SpscQueue&) = delete;

  /// The producer's: waits for room. False, the item not being taken: the queue is closed.
  bool push(T item) {
    const Ends put = put_.load(std::memory_order_relaxed);
    for (;;) {
      const Ends taken = taken_.load(std::memory_order_acquire);
      if (is_closed(taken)) return false;
      if (count(put) - count(taken) != slots_.size()) break;
      taken_.wait(taken, std::memory_order_acquire);
    }
    slots_[count(put) % slots_.size()] = std::move(item);
    put_.fetch_add(kOne, std::memory_order_release);
    put_.notify_one();
    return true;
  }

  /// The consumer's: waits for an item. None: the queue is closed, and all that was put before is taken.
  std::optional<T> pop() {
    const Ends taken = taken_.load(std::memory_order_relaxed);
    for (;;) {
      const Ends put = put_.load(std::memory_order_acquire);
      if (count(put) != count(taken)) break;
      if (is_closed(put)) return std::nullopt;
      put_.wait(put, std::memory_order_acquire);
    }
    std::optional<T> item(std::move(slots_[count(taken) % slots_.size()]));
    taken_.fetch_add(kOne, std::memory_order_release);
    taken_.notify_one();
    return item;
  }

  /// Nothing can be put any more. Wakes both.
  void close() {
    put_.fetch_or(kClosed, std::memory_order_release);
    taken_.fetch_or(kClosed, std::memory_order_release);
    put_.notify_all();
    taken_.notify_all();
  }

 private:
  /// How many items have passed an end, modulo 2^31, and beside it whether the queue is closed: so that a wait for
  /// either to change ends with both. Of the size that the system can wait for without a detour.
  using Ends = std::uint32_t;
  static constexpr Ends kClosed = 1;
  static constexpr Ends kOne = 2;
  static constexpr Ends kCountMask = ~Ends{0} >> 1;

  /// Differences must be taken modulo 2^31 as well.
  struct Count {
    std::uint32_t value;
    friend std::size_t operator-(Count a, Count b) { return (a.value - b.value) & kCountMask; }
    friend bool operator==(Count a, Count b) { return a.value == b.value; }
    friend std::size_t operator%(Count a, std::size_t size) { return a.value & (size - 1); }
  };
  static Count count(Ends ends) { return {ends >> 1}; }
  static bool is_closed(Ends ends) { return (ends & kClosed) != 0; }

  // Each thread writes one of these; on lines of their own they do not slow each other down.
  static constexpr std::size_t kLineBytes = 64;
  std::vector<T> slots_;
  alignas(kLineBytes) std::atomic<Ends> put_{0};
  alignas(kLineBytes) std::atomic<Ends> taken_{0};
};

}    // namespace cepheid::runtime
