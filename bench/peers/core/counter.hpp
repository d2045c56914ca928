// The number of matches of a pattern without any match.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "bench/peers/core/stream.hpp"

namespace core {

// Exact number of matches in a sliding window without holding any: an event is a matrix over the states (identity, plus
// one entry for each step it can be taken by); the window is their product, kept as two halves so that the old end can
// be dropped. The old half needs only row 0 of each of its suffix products. Steps x amortised O(1) per event.
template <typename Number>
class Counter {
 public:
  Counter(std::vector<Step> steps, const std::vector<Event>& events, std::uint32_t window)
      : steps_(std::move(steps)), events_(events), window_(window), n_(steps_.size() + 1), fresh_(n_ * n_) {
    identity(fresh_);
  }
  Number add(std::uint32_t position) {
    const Event event = events_[position];
    const std::uint32_t first_live = event.ts + 1 > window_ ? event.ts + 1 - window_ : 0;
    while (begin_ < position && events_[begin_].ts < first_live) {
      if (begin_ == split_) flip(position);
      ++begin_;
      old_.resize(old_.size() - n_);
    }
    Number completed{};
    const std::size_t last = steps_.size() - 1;
    if (event.type_bit & steps_[last].types) {
      if (begin_ == split_) {
        completed = fresh_[last];
      } else {
        const Number* row = &old_[old_.size() - n_];
        for (std::size_t i = 0; i <= last; ++i) completed += row[i] * fresh_[i * n_ + last];
      }
    }
    for (std::size_t q = steps_.size(); q-- > 0;) {    // fresh_ := fresh_ * matrix(event), by columns
      if ((event.type_bit & steps_[q].types) == 0) continue;
      for (std::size_t i = 0; i <= q + 1; ++i) {
        Number& to = fresh_[i * n_ + q + 1];
        if (steps_[q].loop) to += to;
        to += fresh_[i * n_ + q];
      }
    }
    return completed;
  }

 private:
  void identity(std::vector<Number>& m) {
    std::fill(m.begin(), m.end(), Number{});
    for (std::size_t i = 0; i < n_; ++i) m[i * n_ + i] = 1;
  }
  void flip(std::uint32_t end) {
    std::vector<Number> m(n_ * n_);
    identity(m);
    old_.clear();
    for (std::uint32_t at = end; at-- > begin_;) {    // m := matrix(event) * m, by rows
      for (std::size_t q = 0; q < steps_.size(); ++q) {
        if ((events_[at].type_bit & steps_[q].types) == 0) continue;
        if (steps_[q].loop && q + 1 < n_) {
          // Row q+1 doubles (stay and take again) after row q has used it.
          for (std::size_t j = q + 1; j < n_; ++j) m[q * n_ + j] += m[(q + 1) * n_ + j];
          for (std::size_t j = q + 1; j < n_; ++j) m[(q + 1) * n_ + j] += m[(q + 1) * n_ + j];
        } else {
          for (std::size_t j = q + 1; j < n_; ++j) m[q * n_ + j] += m[(q + 1) * n_ + j];
        }
      }
      old_.insert(old_.end(), m.begin(), m.begin() + static_cast<std::ptrdiff_t>(n_));
    }
    split_ = end;
    identity(fresh_);
  }
  std::vector<Step> steps_;
  const std::vector<Event>& events_;
  std::uint32_t window_;
  std::size_t n_;
  std::uint32_t begin_ = 0, split_ = 0;
  std::vector<Number> old_, fresh_;
};

}    // namespace core
