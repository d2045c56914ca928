#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "nfa/expr/program.hpp"
#include "nfa/row/batch.hpp"
#include "patterns/plan/plan.hpp"
#include "runtime/aggregate/accumulators.hpp"
#include "runtime/aggregate/group_keys.hpp"
#include "runtime/aggregate/windows.hpp"

namespace cepheid::runtime {

/// Rows of an aggregate each of whose items is a key, a window's time or the result of a call as it is. They are made
/// item by item for all windows that end together, and where they will stay. Not thread-safe.
class PlainRows {
 public:
  /// Nothing if an item is more than that.
  static std::optional<PlainRows> of(const patterns::AggregatePlan& plan, const Accumulators& accumulators,
                                     const nfa::RowLayout& output);

  /// Appends a row for each key to `output`, which has the layout said before. The accumulators are still needed.
  void append(const WindowResults& results, GroupKeys& keys, nfa::Batch& output, nfa::EvalScratch& scratch);

 private:
  struct Item {
    enum class Of : std::uint8_t { start, end, count, sum, call };
    Of of;
    std::uint32_t field;    // of the row
    std::uint32_t from;     // the call's number, or the word of its state
  };
  struct KeyItem {
    std::uint32_t field;
    std::uint32_t part;    // of the key
  };

  explicit PlainRows(const Accumulators& accumulators) : accumulators_(&accumulators) {}
  /// Says of an item that is the field `from` of the plan's state_layout what it is; false: it is more than that.
  bool add_item(const patterns::AggregatePlan& plan, std::uint32_t item, std::uint32_t from);
  void set_item(const Item& item, const WindowResults& results, const nfa::RowLayout& layout, std::uint64_t* rows,
                nfa::EvalScratch& scratch) const;

  const Accumulators* accumulators_;
  std::vector<Item> items_;
  std::vector<KeyItem> key_items_;
  std::vector<std::uint64_t> row_;    // as they all are before their own items are set
};

}    // namespace cepheid::runtime
