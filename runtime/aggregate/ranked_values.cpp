#include "runtime/aggregate/ranked_values.hpp"

#include <algorithm>
#include <cmath>

namespace cepheid::runtime {

void RankedValues::add(const nfa::Datum& value, std::uint64_t count) {
  const bool first = counts_.empty();
  auto found = counts_.find(value);
  if (found == counts_.end()) found = counts_.emplace(OwnedDatum(value, type_), 0).first;
  found->second += count;
  size_ += count;
  if (first) {
    at_ = found;
  } else if (counts_.key_comp()(found->first, at_->first)) {
    below_ += count;
  }
  // A product that is whole but for rounding (0.07 * 100) counts as whole.
  const double exact = std::ceil(fraction_ * static_cast<double>(size_) - 1e-9);
  const std::uint64_t rank = std::clamp<std::uint64_t>(exact < 1 ? 1 : static_cast<std::uint64_t>(exact), 1, size_);
  while (below_ >= rank) {
    --at_;
    below_ -= at_->second;
  }
  while (below_ + at_->second < rank) {
    below_ += at_->second;
    ++at_;
  }
}

}    // namespace cepheid::runtime
