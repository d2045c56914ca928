#include "runtime/operators/ranking.hpp"

#include <cmath>
#include <limits>
#include <utility>

#include "nfa/expr/compare.hpp"
#include "nfa/row/deep_copy.hpp"

namespace cepheid::runtime {

namespace {

/// Ordinary values first, then NaN, then null.
int class_of(const nfa::Datum& datum, const Type& type) {
  if (datum.null) return 2;
  return type.kind == TypeKind::double_ && std::isnan(datum.number) ? 1 : 0;
}

bool has_order(TypeKind kind) {
  return !nfa::is_deep(kind) || kind == TypeKind::string;
}

}    // namespace

OwnedValues::OwnedValues(std::span<const nfa::Datum> values, std::span<const Type> types) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < values.size(); ++i) size += nfa::deep_size(values[i], types[i]);
  if (size != 0) memory_.reset(new char[size]);    // aligned to 16, as operator new is
  char* to = memory_.get();
  values_.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) values_.push_back(nfa::deep_copy(values[i], types[i], to));
}

int RankingOrder::compare(const OwnedValues& a, const OwnedValues& b) const {
  for (std::size_t i = 0; i < types.size(); ++i) {
    const nfa::Datum& x = a.values()[i];
    const nfa::Datum& y = b.values()[i];
    const int x_class = class_of(x, types[i]);
    const int y_class = class_of(y, types[i]);
    if (x_class != y_class) return x_class - y_class;
    if (x_class != 0 || !has_order(types[i].kind)) continue;
    const nfa::Outcome outcome = nfa::compare_values(x, types[i], y, types[i]);
    if (outcome == nfa::kEqual) continue;
    return (outcome == nfa::kLess) != descending[i] ? -1 : 1;
  }
  return 0;
}

bool Ranking::ComesBefore::operator()(const RankedId* a, const RankedId* b) const {
  const int compared = order->compare(a->order, b->order);
  return compared != 0 ? compared < 0 : a->arrival < b->arrival;
}

Ranking::Ranking(const RankingOrder& order, std::span<const Type> shown_types, std::optional<std::int64_t> top,
                 OwnedValues key)
    : order_(order),
      shown_types_(shown_types),
      top_(top ? static_cast<std::size_t>(*top) : std::numeric_limits<std::size_t>::max()),
      key_(std::move(key)),
      ids_(ComesBefore{&order_}) {}

void Ranking::enter(RankedId& id) {
  ids_.insert(&id);
  if (is_first(id)) find_first();
}

void Ranking::leave(RankedId& id) {
  const bool was_first = is_first(id);
  ids_.erase(&id);
  if (was_first) find_first();
}

bool Ranking::update(RankedId& id, OwnedValues order, OwnedValues shown) {
  const bool was_first = is_first(id);
  if (order_.compare(id.order, order) == 0) {
    id.order = std::move(order);
    std::swap(id.shown, shown);
    return was_first && !same_shown(id.shown, shown);
  }
  auto node = ids_.extract(&id);
  id.order = std::move(order);
  ids_.insert(std::move(node));
  std::swap(id.shown, shown);    // from here on `shown` is what was shown
  if (!was_first && !is_first(id)) return false;
  const std::vector<RankedId*> before = first_;
  find_first();
  for (std::size_t i = 0; i < first_.size(); ++i) {
    if (!same_shown(before[i] == &id ? shown : before[i]->shown, first_[i]->shown)) return true;
  }
  return false;
}

bool Ranking::is_first(const RankedId& id) const {
  if (ids_.size() <= top_ || first_.size() < top_) return true;
  return top_ != 0 && !ids_.key_comp()(first_.back(), &id);
}

void Ranking::find_first() {
  first_.clear();
  for (RankedId* id : ids_) {
    if (first_.size() == top_) return;
    first_.push_back(id);
  }
}

bool Ranking::same_shown(const OwnedValues& a, const OwnedValues& b) const {
  for (std::size_t i = 0; i < shown_types_.size(); ++i) {
    if (!nfa::same_value(a.values()[i], b.values()[i], shown_types_[i])) return false;
  }
  return true;
}

}    // namespace cepheid::runtime
