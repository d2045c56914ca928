#include "fraud/amount_statistics.hpp"

#include <algorithm>
#include <cmath>

namespace cepheid::fraud {
namespace {

// Sums side by side: each waits for itself only.
constexpr std::size_t kLanes = 8;

/// The number, or 0 for NaN, which makes no difference in a sum.
inline double present(double number) {
  return number == number ? number : 0;
}

/// The compensated sum of `value(i)` for i < size.
template <typename Value>
ExactSum sum_of(std::size_t size, Value value) {
  double sums[kLanes] = {};
  double rests[kLanes] = {};
  for (std::size_t i = 0; i < size; i += kLanes) {
    double numbers[kLanes] = {};
    const std::size_t count = std::min(kLanes, size - i);
    for (std::size_t lane = 0; lane < count; ++lane) numbers[lane] = value(i + lane);
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const double sum = sums[lane] + numbers[lane];
      const double part = sum - sums[lane];
      rests[lane] += (sums[lane] - (sum - part)) + (numbers[lane] - part);
      sums[lane] = sum;
    }
  }
  ExactSum all;
  for (const double sum : sums) all.add(sum);
  for (const double rest : rests) all.add(rest);
  return all;
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
  for (std::size_t i = 0; i < size; ++i) statistics.count += amounts[i] == amounts[i];
  if (statistics.count == 0) return statistics;
  const auto count = static_cast<double>(statistics.count);

  const ExactSum sum = sum_of(size, [&](std::size_t i) { return present(amounts[i]); });
  statistics.mean = sum.total() / count;
  // count * mean is taken from the sum without rounding.
  statistics.mean_rest = (std::fma(-statistics.mean, count, sum.sum()) + sum.rest()) / count;
  if (statistics.count < 2) return statistics;

  const ExactSum squares = sum_of(size, [&](std::size_t i) {
    const double difference = present(statistics.difference_from_mean(amounts[i]));
    return difference * difference;
  });
  statistics.deviation = std::sqrt(squares.total() / (count - 1));
  return statistics;
}

}    // namespace cepheid::fraud
