#include "runtime/aggregate/distinct_sketch.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>

namespace cepheid::runtime {

namespace {

// Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017): what registers that are still
// empty, and those that are full, add.
double sigma(double x) {
  if (x == 1) return std::numeric_limits<double>::infinity();
  double weight = 1;
  double sum = x;
  for (;;) {
    x *= x;
    const double before = sum;
    sum += x * weight;
    weight += weight;
    if (sum == before) return sum;
  }
}

double tau(double x) {
  if (x == 0 || x == 1) return 0;
  double weight = 1;
  double sum = 1 - x;
  for (;;) {
    x = std::sqrt(x);
    const double before = sum;
    weight /= 2;
    sum -= (1 - x) * (1 - x) * weight;
    if (sum == before) return sum / 3;
  }
}

}    // namespace

void DistinctSketch::add(std::uint64_t hash) {
  if (!registers_.empty()) {
    note(hash);
    return;
  }
  exact_.insert(hash);
  if (exact_.size() > kMostExact) make_registers();
}

void DistinctSketch::merge(const DistinctSketch& from) {
  if (from.registers_.empty()) {
    for (const std::uint64_t hash : from.exact_) add(hash);
    return;
  }
  if (registers_.empty()) make_registers();
  for (std::size_t i = 0; i < registers_.size(); ++i) registers_[i] = std::max(registers_[i], from.registers_[i]);
}

void DistinctSketch::note(std::uint64_t hash) {
  // The register counts the zeros before the first one of the bits that are left.
  const auto zeros = static_cast<std::uint8_t>(std::min(std::countl_zero(hash << kPrecision), 64 - kPrecision) + 1);
  std::uint8_t& seen = registers_[hash >> (64 - kPrecision)];
  seen = std::max(seen, zeros);
}

void DistinctSketch::make_registers() {
  registers_.resize(std::size_t{1} << kPrecision);
  for (const std::uint64_t hash : exact_) note(hash);
  exact_ = {};
}

std::int64_t DistinctSketch::estimate() const {
  if (registers_.empty()) return static_cast<std::int64_t>(exact_.size());
  constexpr int kLargest = 64 - kPrecision;
  std::array<double, kLargest + 2> counts = {};
  for (const std::uint8_t seen : registers_) ++counts[seen];
  const auto size = static_cast<double>(registers_.size());
  double sum = size * tau(1 - counts[kLargest + 1] / size);
  for (int i = kLargest; i >= 1; --i) sum = (sum + counts[static_cast<std::size_t>(i)]) / 2;
  sum += size * sigma(counts[0] / size);
  return std::llround(size * size / (2 * std::numbers::ln2 * sum));
}

}    // namespace cepheid::runtime
