#include "nfa/expr/predicate_table.hpp"

#include <algorithm>

namespace cepheid::nfa {

PredicateId PredicateTable::add(const TypedExpr& condition) {
  const auto next = static_cast<PredicateId>(programs_.size());
  const auto [place, is_new] = by_fingerprint_.try_emplace(fingerprint(condition), next);
  if (is_new) programs_.push_back(compile_expression(condition, {.row = &layout_}));
  return place->second;
}

PredicateBits::PredicateBits(const PredicateTable& table)
    : table_(table), known_((table.size() + 63) / 64), holds_(known_.size()) {}

void PredicateBits::begin(Row row, TimeMs time_ms) {
  row_ = row;
  time_ms_ = time_ms;
  std::fill(known_.begin(), known_.end(), 0);
}

void PredicateBits::evaluate(PredicateId id, EvalScratch& scratch) {
  const std::uint64_t mask = std::uint64_t{1} << (id & 63);
  const bool holds = table_.program(id).holds({.row = row_, .time_ms = time_ms_}, scratch);
  known_[id >> 6] |= mask;
  holds_[id >> 6] = holds ? holds_[id >> 6] | mask : holds_[id >> 6] & ~mask;
}

}    // namespace cepheid::nfa
