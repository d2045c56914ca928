#pragma once

#include <cstdint>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

namespace cepheid::runtime {

/// How many different hashes were added, in bounded memory. Exact up to kMostExact of them; beyond that a HyperLogLog
/// of 4096 registers (4 KiB) with Ertl's estimator, whose standard error is 1.04 / sqrt(4096) = 1.6 %. The result
/// depends on the hashes only, not on their order or on how parts were merged.
class DistinctSketch {
 public:
  static constexpr std::size_t kMostExact = 256;

  /// `hash`: all bits as good as random, the same for equal values.
  void add(std::uint64_t hash);
  void merge(const DistinctSketch& from);
  [[nodiscard]] std::int64_t estimate() const;

 private:
  static constexpr int kPrecision = 12;    // bits that choose the register

  void note(std::uint64_t hash);
  void make_registers();

  boost::unordered_flat_set<std::uint64_t> exact_;
  std::vector<std::uint8_t> registers_;    // empty while exact
};

}    // namespace cepheid::runtime
