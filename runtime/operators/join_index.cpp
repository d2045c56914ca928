#include "runtime/operators/join_index.hpp"

#include <algorithm>
#include <array>

#include "runtime/tables/value_bytes.hpp"

namespace cepheid::runtime {

void JoinBucket::add(const KeptRow* kept) {
  const auto after = std::upper_bound(rows_.begin() + static_cast<std::ptrdiff_t>(first_), rows_.end(), kept->time_ms,
                                      [](TimeMs time_ms, const KeptRow* other) { return time_ms < other->time_ms; });
  rows_.insert(after, kept);
}

void JoinBucket::drop_first() {
  ++first_;
  // Moving the rest costs no more than what has left.
  if (first_ * 2 < rows_.size()) return;
  rows_.erase(rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(first_));
  first_ = 0;
}

std::span<const KeptRow* const> JoinBucket::between(TimeMs from_ms, TimeMs to_ms) const {
  const auto begin = std::lower_bound(rows_.begin() + static_cast<std::ptrdiff_t>(first_), rows_.end(), from_ms,
                                      [](const KeptRow* kept, TimeMs time_ms) { return kept->time_ms < time_ms; });
  const auto end = std::upper_bound(begin, rows_.end(), to_ms,
                                    [](TimeMs time_ms, const KeptRow* kept) { return time_ms < kept->time_ms; });
  return {begin, end};
}

JoinIndex::JoinIndex(const patterns::JoinPlan& plan) : plan_(plan) {
  const std::array<const nfa::RowLayout*, 2> sides = {plan.left.layout.get(), plan.right.layout.get()};
  for (const patterns::JoinPlan::Alternative& alternative : plan.on) {
    Alternative& made = alternatives_.emplace_back();
    for (const patterns::JoinPlan::Alternative::Equality& equality : alternative.equalities) {
      made.left.push_back(nfa::compile_expression(equality.left, {.row = sides[0]}));
      made.right.push_back(nfa::compile_expression(equality.right, {.row = sides[1]}));
    }
    if (alternative.rest) made.rest = nfa::compile_expression(*alternative.rest, {.sides = sides});
  }
}

void JoinIndex::add(nfa::Row right, TimeMs time_ms) {
  scratch_.clear();
  const std::uint64_t arrival = next_arrival_++;
  KeptRow* kept = nullptr;
  for (std::size_t i = 0; i < alternatives_.size(); ++i) {
    if (!encode(alternatives_[i], true, right, time_ms)) continue;
    if (kept == nullptr) {
      kept = &kept_.try_emplace({time_ms, arrival}).first->second;
      kept->row = OwnedRow(*plan_.right.layout, right);
      kept->time_ms = time_ms;
      kept->arrival = arrival;
      kept->places.resize(alternatives_.size(), nullptr);
    }
    kept->places[i] = &*alternatives_[i].buckets.try_emplace(key_).first;
    kept->places[i]->second.add(kept);
  }
}

void JoinIndex::find(nfa::Row left, TimeMs time_ms, std::vector<const KeptRow*>& found) {
  scratch_.clear();
  found.clear();
  for (const Alternative& alternative : alternatives_) find_in(alternative, left, time_ms, found);
  if (found.size() < 2 || alternatives_.size() < 2) return;
  // A row may fit by several alternatives, and those of one are in order only among themselves.
  const auto place = [](const KeptRow* kept) { return std::pair(kept->time_ms, kept->arrival); };
  std::ranges::sort(found, {}, place);
  const auto repeated = std::ranges::unique(found);
  found.erase(repeated.begin(), repeated.end());
  if (plan_.keep == patterns::JoinPlan::Keep::first) found.resize(1);
  if (plan_.keep == patterns::JoinPlan::Keep::last) found.erase(found.begin(), found.end() - 1);
}

void JoinIndex::find_in(const Alternative& alternative, nfa::Row left, TimeMs time_ms,
                        std::vector<const KeptRow*>& found) {
  if (!encode(alternative, false, left, time_ms)) return;
  const auto bucket = alternative.buckets.find(key_);
  if (bucket == alternative.buckets.end()) return;
  const auto near = bucket->second.between(subtract_saturated(time_ms, plan_.before_ms), time_ms);
  if (plan_.keep == patterns::JoinPlan::Keep::last) {
    const auto last = std::find_if(near.rbegin(), near.rend(),
                                   [&](const KeptRow* kept) { return fits(alternative, left, time_ms, *kept); });
    if (last != near.rend()) found.push_back(*last);
    return;
  }
  for (const KeptRow* kept : near) {
    if (!fits(alternative, left, time_ms, *kept)) continue;
    found.push_back(kept);
    if (plan_.keep == patterns::JoinPlan::Keep::first) return;
  }
}

bool JoinIndex::fits(const Alternative& alternative, nfa::Row left, TimeMs time_ms, const KeptRow& kept) {
  if (!alternative.rest) return true;
  const std::array<nfa::Row, 2> sides = {left, kept.row.get()};
  return alternative.rest->holds({.time_ms = time_ms, .sides = sides}, scratch_);
}

bool JoinIndex::encode(const Alternative& alternative, bool of_right, nfa::Row row, TimeMs time_ms) {
  key_.clear();
  const std::vector<nfa::ExprProgram>& programs = of_right ? alternative.right : alternative.left;
  for (std::size_t i = 0; i < programs.size(); ++i) {
    const Type& type = programs[i].type();
    const nfa::Datum datum = programs[i].evaluate({.row = row, .time_ms = time_ms}, scratch_);
    if (equals_nothing(datum, type)) return false;
    const Type& common = alternative.left[i].type();
    const std::optional<nfa::Datum> as_left = equal_value(datum, type, common);
    if (!as_left) return false;
    append_value(key_, *as_left, common);
  }
  return true;
}

void JoinIndex::free_before(TimeMs time_ms) {
  while (!kept_.empty() && kept_.begin()->second.time_ms < time_ms) {
    const KeptRow& kept = kept_.begin()->second;
    for (std::size_t i = 0; i < alternatives_.size(); ++i) {
      if (kept.places[i] == nullptr) continue;
      // Rows leave all places in one order, so it is the first there.
      kept.places[i]->second.drop_first();
      if (!kept.places[i]->second.empty()) continue;
      Buckets& buckets = alternatives_[i].buckets;
      buckets.erase(buckets.find(kept.places[i]->first));
    }
    kept_.erase(kept_.begin());
  }
}

}    // namespace cepheid::runtime
