#pragma once

#include <cstdint>
#include <map>

#include "runtime/aggregate/owned_datum.hpp"

namespace cepheid::runtime {

/// Values in order with how often each came, and the one at the nearest rank of a fraction of them: ceil(fraction *
/// size), at least the first. The place of that one is kept up, so that asking is O(1) and adding O(log distinct).
class RankedValues {
 public:
  /// `type` must outlive it.
  RankedValues(const Type& type, double fraction) : type_(type), fraction_(fraction), counts_(DatumBefore{&type}) {}

  /// Adds a value, not null, `count` times.
  void add(const nfa::Datum& value, std::uint64_t count);
  void merge(const RankedValues& from) {
    for (const auto& [value, count] : from.counts_) add(value.get(), count);
  }
  /// Null if it is empty. Valid until the next change.
  [[nodiscard]] nfa::Datum ranked() const { return counts_.empty() ? nfa::Datum() : at_->first.get(); }

 private:
  using Counts = std::map<OwnedDatum, std::uint64_t, DatumBefore>;

  const Type& type_;
  double fraction_;
  Counts counts_;
  std::uint64_t size_ = 0;
  Counts::iterator at_;        // the value at the rank
  std::uint64_t below_ = 0;    // values before at_
};

}    // namespace cepheid::runtime
