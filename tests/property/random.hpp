#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <vector>

namespace cepheid::property {

/// The same numbers for a seed on every machine, which the distributions of <random> do not promise.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  /// From `low` to `high`, both included.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool chance(int percent) { return between(1, 100) <= percent; }
  template <typename T>
  const T& pick(const std::vector<T>& items) {
    return items[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(items.size()) - 1))];
  }
  /// A position, each as often as its weight says.
  std::size_t weighted(std::initializer_list<int> weights) {
    int sum = 0;
    for (const int weight : weights) sum += weight;
    std::int64_t left = between(0, sum - 1);
    std::size_t at = 0;
    for (const int weight : weights) {
      if (left < weight) break;
      left -= weight;
      ++at;
    }
    return at;
  }

 private:
  std::mt19937_64 engine_;
};

}    // namespace cepheid::property
