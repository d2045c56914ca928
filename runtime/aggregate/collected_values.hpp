#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "runtime/aggregate/owned_datum.hpp"

namespace cepheid::runtime {

/// Values in order of arrival, or by another value, which is null last in either direction and leaves equal ones in
/// order of arrival.
class CollectedValues {
 public:
  /// What stands beside a value: when it came, what it is ordered by.
  struct Entry {
    OwnedDatum value;
    OwnedDatum by;
    std::uint64_t arrival;
  };
  /// Null if it is not `by` anything. All referred to must outlive it.
  struct Order {
    const Type* by = nullptr;
    bool descending = false;
  };

  void add(const nfa::Datum& value, const Type& type, const nfa::Datum& by, const Type& by_type,
           std::uint64_t arrival) {
    entries_.push_back({OwnedDatum(value, type), OwnedDatum(by, by_type), arrival});
  }
  void merge(const CollectedValues& from, const Type& type, const Type& by_type) {
    for (const Entry& entry : from.entries_) add(entry.value.get(), type, entry.by.get(), by_type, entry.arrival);
  }
  /// The entries in their order. O(n log n), of n in order of arrival O(n).
  [[nodiscard]] std::vector<const Entry*> ordered(const Order& order) const {
    std::vector<const Entry*> all;
    all.reserve(entries_.size());
    for (const Entry& entry : entries_) all.push_back(&entry);
    const auto before = [&order](const Entry* a, const Entry* b) {
      if (order.by != nullptr) {
        const nfa::Datum& x = a->by.get();
        const nfa::Datum& y = b->by.get();
        if (x.null != y.null) return y.null;
        if (!x.null) {
          const nfa::Outcome outcome = nfa::compare_values(x, *order.by, y, *order.by);
          if (outcome == nfa::kLess) return !order.descending;
          if (outcome == nfa::kGreater) return order.descending;
        }
      }
      return a->arrival < b->arrival;
    };
    if (!std::is_sorted(all.begin(), all.end(), before)) std::sort(all.begin(), all.end(), before);
    return all;
  }

 private:
  std::vector<Entry> entries_;
};

}    // namespace cepheid::runtime
