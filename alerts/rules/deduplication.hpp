#pragma once

#include <cstddef>
#include <span>
#include <string>

#include <boost/unordered/unordered_flat_map.hpp>

#include "cepheid/time.hpp"

namespace cepheid::alerts {

/// `dedupe d by values` of one statement.
///
/// Bounded: of more than `most` lists of values those whose last alert is oldest are forgotten, so that a row which
/// would be held back for them is raised. Up to there it is exact, whatever order the times come in. Same in, same out.
/// Not thread-safe. Cost: O(1), with a sweep of all once for `most` / 8 new ones. Memory: about 100 bytes a list.
class Deduplication {
 public:
  static constexpr std::size_t kMost = 1'000'000;

  explicit Deduplication(DurationMs duration, std::size_t most = kMost) : duration_(duration), most_(most) {}

  /// Whether the row is held back: its time is less than that of the last row raised with these values + the duration.
  /// If not, it is now the last one raised.
  [[nodiscard]] bool held_back(std::span<const std::string> values, TimeMs time);

  [[nodiscard]] std::size_t size() const { return raised_.size(); }

 private:
  void forget_oldest();

  DurationMs duration_;
  std::size_t most_;
  boost::unordered_flat_map<std::string, TimeMs> raised_;    // the time of the last one raised
};

}    // namespace cepheid::alerts
