#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "cepheid/type.hpp"
#include "nfa/row/datum.hpp"

namespace cepheid::runtime {

/// Values of known types with their text and composites in memory of its own.
class OwnedValues {
 public:
  OwnedValues() = default;
  OwnedValues(std::span<const nfa::Datum> values, std::span<const Type> types);

  [[nodiscard]] std::span<const nfa::Datum> values() const { return values_; }

 private:
  std::vector<nfa::Datum> values_;
  std::unique_ptr<char[]> memory_;
};

/// What is known of an id in a ranking. Stays where it is as long as it is in one.
struct RankedId {
  OwnedValues order;    // the values that it is ranked by
  OwnedValues shown;    // what the list shows of it
  std::uint64_t arrival = 0;
};

/// How the ids of all rankings of a `rank` are put in order: by the values, each up or down, NaN and then null last
/// whatever the direction; equal in all of them: by `arrival`. Values that have no order (lists) are equal.
struct RankingOrder {
  std::vector<Type> types;
  std::vector<bool> descending;

  /// Less than 0: a comes first; 0: only the arrival tells.
  [[nodiscard]] int compare(const OwnedValues& a, const OwnedValues& b) const;
};

/// The ids of one key in their order. The first `top` of them are known without a look at the others. Changes are
/// O(log n + top) in its ids; O(log n) if they are behind the first. Not thread-safe.
class Ranking {
 public:
  /// `order` and `shown_types` (of RankedId::shown) must outlive it. `top`: absent, all are first.
  Ranking(const RankingOrder& order, std::span<const Type> shown_types, std::optional<std::int64_t> top,
          OwnedValues key);

  /// The id comes in. It must stay where it is until it leaves.
  void enter(RankedId& id);
  void leave(RankedId& id);
  /// The id has other values from now on. Is what the first show not what it was?
  bool update(RankedId& id, OwnedValues order, OwnedValues shown);

  [[nodiscard]] std::span<RankedId* const> first() const { return first_; }
  [[nodiscard]] std::size_t total() const { return ids_.size(); }
  [[nodiscard]] const OwnedValues& key() const { return key_; }

 private:
  struct ComesBefore {
    const RankingOrder* order;
    bool operator()(const RankedId* a, const RankedId* b) const;
  };

  [[nodiscard]] bool is_first(const RankedId& id) const;
  void find_first();
  [[nodiscard]] bool same_shown(const OwnedValues& a, const OwnedValues& b) const;

  const RankingOrder& order_;
  std::span<const Type> shown_types_;
  std::size_t top_;
  OwnedValues key_;
  std::set<RankedId*, ComesBefore> ids_;
  std::vector<RankedId*> first_;
};

}    // namespace cepheid::runtime
