#include "nfa/matcher/match_index.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <type_traits>
#include <utility>

namespace cepheid::nfa {
namespace {

template <typename Key>
SortedHandles<Key>* sorted_of(auto& ordered) {
  return std::get_if<SortedHandles<Key>>(&ordered);
}

/// A double as an int of the same order; -0 as 0.
std::int64_t ordered_bits(double number) {
  const auto bits = std::bit_cast<std::int64_t>(number == 0 ? 0.0 : number);
  return bits >= 0 ? bits : bits ^ std::numeric_limits<std::int64_t>::max();
}
double number_of(std::int64_t ordered) {
  return std::bit_cast<double>(ordered >= 0 ? ordered : ordered ^ std::numeric_limits<std::int64_t>::max());
}

/// By the order of values: the key of one, and the value of a key.
std::int64_t key_of(const Datum& value, TypeKind kind) {
  switch (kind) {
    case TypeKind::bool_: return value.boolean ? 1 : 0;
    case TypeKind::double_: return ordered_bits(value.number);
    default: return value.integer;
  }
}
Datum value_of(std::int64_t key, TypeKind kind) {
  switch (kind) {
    case TypeKind::bool_: return Datum::of_bool(key != 0);
    case TypeKind::double_: return Datum::of_double(number_of(key));
    default: return Datum::of_int(key);
  }
}

/// Equal values have equal hashes.
std::uint64_t hash_of(const Datum& value, const Type& type) {
  switch (type.kind) {
    case TypeKind::string: return std::hash<std::string_view>{}(value.text->view());
    case TypeKind::decimal: {
      constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15u;
      return static_cast<std::uint64_t>(value.units) + static_cast<std::uint64_t>(value.units >> 64) * kOdd;
    }
    default: return static_cast<std::uint64_t>(key_of(value, type.kind));
  }
}

bool is_nan(const Datum& value, const Type& type) {
  return type.kind == TypeKind::double_ && std::isnan(value.number);
}

}    // namespace

ValueIndex::ValueIndex(StateId state, ConditionId comparison, bool hashed, const Type& type)
    : state_(state), comparison_(comparison) {
  if (hashed) return;
  if (type.kind == TypeKind::decimal) {
    ordered_.emplace<SortedHandles<Int128>>();
  } else if (type.kind == TypeKind::string) {
    ordered_.emplace<SortedHandles<std::string>>();
  } else {
    ordered_.emplace<SortedHandles<std::int64_t>>();
  }
}

std::size_t ValueIndex::size() const {
  return newcomers_.size() + unordered_.size() + null_.size() +
         std::visit([](const auto& ordered) { return ordered.size(); }, ordered_);
}

void ValueIndex::take_in_newcomers(Conditions& conditions, const MatchStamps& stamps) {
  const Type& type = conditions.comparison(comparison_)->path_type;
  for (const Newcomer& newcomer : newcomers_) {
    const MatchHandle handle = newcomer.handle;
    if (!stamps.lives(handle)) continue;
    const Datum value = conditions.path_value(comparison_, newcomer.path);
    if (value.null) {
      null_.add(handle);
    } else if (is_nan(value, type)) {
      unordered_.add(handle);
    } else if (auto* hashed = std::get_if<HashedHandles>(&ordered_)) {
      hashed->add(hash_of(value, type), handle);
    } else if (auto* numbers = sorted_of<std::int64_t>(ordered_)) {
      numbers->add(key_of(value, type.kind), handle, stamps);
    } else if (auto* decimals = sorted_of<Int128>(ordered_)) {
      decimals->add(value.units, handle, stamps);
    } else {
      sorted_of<std::string>(ordered_)->add(std::string(value.text->view()), handle, stamps);
    }
  }
  newcomers_.clear();
}

void ValueIndex::collect(PathOutcomes wanted, Conditions& conditions, const MatchStamps& stamps,
                         std::vector<MatchSlot>& found) {
  if (!newcomers_.empty()) take_in_newcomers(conditions, stamps);
  const PathComparison& comparison = *conditions.comparison(comparison_);
  const Datum& value = conditions.event_value(comparison_);
  if (value.null) {
    if ((wanted & kNullAmong) == 0) return;
    null_.collect(stamps, found);
    unordered_.collect(stamps, found);
    collect_all_ordered(stamps, found);
    return;
  }
  if ((wanted & kNullAmong) != 0) null_.collect(stamps, found);
  if ((wanted & kUnordered) != 0) unordered_.collect(stamps, found);
  const auto ordered = static_cast<Outcome>(wanted & (kLess | kEqual | kGreater));
  if (is_nan(value, comparison.event_type)) {
    if ((wanted & kUnordered) != 0) collect_all_ordered(stamps, found);
  } else if (auto* hashed = std::get_if<HashedHandles>(&ordered_)) {
    hashed->collect(hash_of(value, comparison.event_type), stamps, found);
  } else if (ordered != 0) {
    collect_ordered(ordered, comparison, value, stamps, found);
  }
}

void ValueIndex::collect_all_ordered(const MatchStamps& stamps, std::vector<MatchSlot>& found) {
  std::visit(
      [&](auto& ordered) {
        if constexpr (std::is_same_v<std::decay_t<decltype(ordered)>, HashedHandles>) {
          ordered.collect_all(stamps, found);
        } else {
          ordered.collect(
              kLess | kEqual | kGreater, [](const auto&) { return kEqual; }, stamps, found);
        }
      },
      ordered_);
}

void ValueIndex::collect_ordered(Outcome wanted, const PathComparison& comparison, const Datum& event_value,
                                 const MatchStamps& stamps, std::vector<MatchSlot>& found) {
  const Type& own = comparison.path_type;
  const Type& other = comparison.event_type;
  if (auto* numbers = sorted_of<std::int64_t>(ordered_)) {
    if (own.kind == other.kind) {
      const std::int64_t key = key_of(event_value, other.kind);
      numbers->collect(
          wanted, [&](std::int64_t one) { return compare_plain(one, key); }, stamps, found);
    } else {
      const auto outcome = [&](std::int64_t one) {
        return compare_values(value_of(one, own.kind), own, event_value, other);
      };
      numbers->collect(wanted, outcome, stamps, found);
    }
  } else if (auto* decimals = sorted_of<Int128>(ordered_)) {
    const auto outcome = [&](Int128 one) { return compare_values(Datum::of_decimal(one), own, event_value, other); };
    decimals->collect(wanted, outcome, stamps, found);
  } else if (auto* texts = sorted_of<std::string>(ordered_)) {
    const std::string_view text = event_value.text->view();
    texts->collect(
        wanted, [&](const std::string& one) { return compare_text(one, text); }, stamps, found);
  }
}

void ValueIndex::purge(const MatchStamps& stamps) {
  std::erase_if(newcomers_, [&](const Newcomer& newcomer) { return !stamps.lives(newcomer.handle); });
  unordered_.purge(stamps);
  null_.purge(stamps);
  std::visit([&](auto& ordered) { ordered.purge(stamps); }, ordered_);
}

void MatchIndex::add(StateId state, MatchSlot slot, const Node* path, std::size_t live) {
  constexpr std::size_t kSlack = 64;
  for (ValueIndex& index : indexes_) {
    if (index.state() != state) continue;
    index.add(stamps_.handle(slot), path);
    if (index.size() > 2 * live + kSlack) index.purge(stamps_);
  }
}

ValueIndex* MatchIndex::find(StateId state, ConditionId comparison, bool hashed) {
  const auto found = std::ranges::find_if(indexes_, [&](const ValueIndex& index) {
    return index.state() == state && index.comparison() == comparison && index.hashed() == hashed;
  });
  return found == indexes_.end() ? nullptr : &*found;
}

}    // namespace cepheid::nfa
