#include "fraud/amount_statistics.hpp"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace cepheid::fraud {
namespace {

// Numbers are taken four at a time, each with a sum of its own: none waits for another, and all stays in registers.
constexpr std::size_t kLanes = 4;
using Lanes = double __attribute__((vector_size(kLanes * sizeof(double))));
using LaneMask = std::int64_t __attribute__((vector_size(kLanes * sizeof(double))));

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
  Lanes sums{};
  Lanes rests{};
  LaneMask minus_counts{};
  for_each_lanes(amounts, size, [&](const Lanes& numbers) {
    const LaneMask is_number = numbers == numbers;
    minus_counts += is_number;
    const auto present = reinterpret_cast<Lanes>(reinterpret_cast<LaneMask>(numbers) & is_number);
    const Lanes sum = sums + present;
    const Lanes part = sum - sums;
    rests += (sums - (sum - part)) + (present - part);
    sums = sum;
  });
  AmountStatistics statistics;
  ExactSum sum;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    statistics.count -= static_cast<std::size_t>(minus_counts[lane]);
    sum.add(sums[lane]);
    sum.add(rests[lane]);
  }
  if (statistics.count == 0) return statistics;
  const auto count = static_cast<double>(statistics.count);
  const double mean = sum.total() / count;
  // count * mean is taken from the sum without rounding.
  const double mean_rest = (std::fma(-mean, count, sum.sum()) + sum.rest()) / count;
  statistics.mean = mean;
  statistics.mean_rest = mean_rest;
  if (statistics.count < 2) return statistics;

  // None is below 0, so that nothing cancels.
  Lanes squares{};
  for_each_lanes(amounts, size, [&](const Lanes& numbers) {
    const Lanes differences = (numbers - mean) - mean_rest;
    const Lanes square = differences * differences;
    squares += reinterpret_cast<Lanes>(reinterpret_cast<LaneMask>(square) & (numbers == numbers));
  });
  double square_sum = 0;
  for (std::size_t lane = 0; lane < kLanes; ++lane) square_sum += squares[lane];
  statistics.deviation = std::sqrt(square_sum / (count - 1));
  return statistics;
}

}    // namespace cepheid::fraud
