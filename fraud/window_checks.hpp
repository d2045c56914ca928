#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fraud/arrival.hpp"

namespace cepheid::fraud {

/// Counts different ids. Reused; no allocation once it has seen as many.
class DistinctIds {
 public:
  /// Forgets all ids; at most `most` different ones will be added.
  void begin(std::size_t most);
  void add(std::uint32_t id);
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  struct Slot {
    std::uint32_t id = 0;
    std::uint32_t round = 0;    // in use if it is round_
  };
  std::vector<Slot> slots_;    // a power of two
  std::uint32_t round_ = 0;
  std::size_t count_ = 0;
};

/// What the checks of windows need besides the transaction and its history. Reused.
struct WindowScratch {
  std::vector<std::uint32_t> counts;
  DistinctIds distinct;
};

/// `limits`: those of the transaction's type, one for each window.
void check_velocity(const FraudVelocity& rules, const std::vector<std::uint32_t>& limits, const Arrival& arrival,
                    const HistoryView& history, WindowScratch& scratch, Factors& factors);
void check_value(const FraudValue& rules, const Arrival& arrival, const HistoryView& history, Factors& factors);
void check_spread(const FraudSpread& rules, const Arrival& arrival, const HistoryView& history, WindowScratch& scratch,
                  Factors& factors);

}    // namespace cepheid::fraud
