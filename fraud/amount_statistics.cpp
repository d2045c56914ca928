#include "fraud/amount_statistics.hpp"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace cepheid::fraud {
namespace {

// Numbers are taken eight at a time, each with a sum of its own: none waits for another.
constexpr std::size_t kLanes = 8;
using Lanes = double __attribute__((vector_size(kLanes * sizeof(double))));
using LaneMask = std::int64_t __attribute__((vector_size(kLanes * sizeof(double))));

/// Compensated sums, one a lane, of what `add` is given.
struct LaneSums {
  Lanes sums{};
  Lanes rests{};

  /// Adds the lanes for which `mask` is all ones.
  void add(const Lanes& numbers, const LaneMask& mask) {
    const auto present = reinterpret_cast<Lanes>(reinterpret_cast<LaneMask>(numbers) & mask);
    const Lanes sum = sums + present;
    const Lanes part = sum - sums;
    rests += (sums - (sum - part)) + (present - part);
    sums = sum;
  }

  [[nodiscard]] ExactSum total() const {
    ExactSum all;
    for (std::size_t lane = 0; lane < kLanes; ++lane) all.add(sums[lane]);
    for (std::size_t lane = 0; lane < kLanes; ++lane) all.add(rests[lane]);
    return all;
  }
};

/// Calls `visit(lanes)` for all amounts, the last lanes filled up with NaN.
template <typename Visit>
void for_each_lanes(const double* amounts, std::size_t size, Visit visit) {
  Lanes lanes;
  std::size_t i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    std::memcpy(&lanes, amounts + i, sizeof lanes);
    visit(lanes);
  }
  if (i == size) return;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    lanes[lane] = i + lane < size ? amounts[i + lane] : std::numeric_limits<double>::quiet_NaN();
  }
  visit(lanes);
}

}    // namespace

double without_binary_noise(double number) {
  constexpr double kUnits = 1e6;
  constexpr double kNoise = 1e-12;
  constexpr double kLargest = 4e9;    // above, a double tells hardly more than the units apart
  if (!(std::abs(number) < kLargest)) return number;
  const double decimal = std::nearbyint(number * kUnits) / kUnits;
  return std::abs(number - decimal) <= kNoise * std::abs(number) ? decimal : number;
}

AmountStatistics amount_statistics(const double* amounts, std::size_t size) {
  AmountStatistics statistics;
  LaneSums sums;
  LaneMask minus_counts{};
  for_each_lanes(amounts, size, [&](const Lanes& numbers) {
    const LaneMask present = numbers == numbers;
    minus_counts += present;
    sums.add(numbers, present);
  });
  for (std::size_t lane = 0; lane < kLanes; ++lane) statistics.count -= static_cast<std::size_t>(minus_counts[lane]);
  if (statistics.count == 0) return statistics;
  const auto count = static_cast<double>(statistics.count);
  const ExactSum sum = sums.total();
  statistics.mean = sum.total() / count;
  // count * mean is taken from the sum without rounding.
  statistics.mean_rest = (std::fma(-statistics.mean, count, sum.sum()) + sum.rest()) / count;
  if (statistics.count < 2) return statistics;

  LaneSums squares;
  for_each_lanes(amounts, size, [&](const Lanes& numbers) {
    const Lanes differences = (numbers - statistics.mean) - statistics.mean_rest;
    squares.add(differences * differences, numbers == numbers);
  });
  statistics.deviation = std::sqrt(squares.total().total() / (count - 1));
  return statistics;
}

}    // namespace cepheid::fraud
