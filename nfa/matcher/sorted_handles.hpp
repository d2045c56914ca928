#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "nfa/expr/compare.hpp"
#include "nfa/matcher/match_handles.hpp"

namespace cepheid::nfa {

/// Handles by an ordered value, in sorted runs of which each is at least twice as long as the next: adding one costs
/// amortised O(log n). Finding those that are less than a value, or greater, costs a look at an end of each run and
/// what is found; those that are equal, O(log² n) and what is found. What is gone costs once, when it is met.
template <typename Key>
class SortedHandles {
 public:
  void add(Key key, MatchHandle handle, const MatchStamps& stamps) {
    ++size_;
    latest_.push_back({std::move(key), handle});
    if (latest_.size() == kLatest) sort_latest(stamps);
  }
  [[nodiscard]] std::size_t size() const { return size_; }

  /// Appends the slots of those for which `outcome(key)`, which must not fall as keys grow from kLess over kEqual to
  /// kGreater, is in `wanted`.
  template <typename OutcomeOf>
  void collect(Outcome wanted, const OutcomeOf& outcome, const MatchStamps& stamps, std::vector<MatchSlot>& found) {
    for (const Entry& entry : latest_) {
      if ((outcome(entry.key) & wanted) != 0 && stamps.lives(entry.handle)) found.push_back(entry.handle.slot);
    }
    for (Run& run : runs_) collect_of(run, wanted, outcome, stamps, found);
    if (met_dead_ > size_) purge(stamps);
  }

  void purge(const MatchStamps& stamps) {
    met_dead_ = 0;
    const auto is_dead = [&](const Entry& entry) { return !stamps.lives(entry.handle); };
    std::erase_if(latest_, is_dead);
    size_ = latest_.size();
    for (Run& run : runs_) {
      run.entries.erase(run.entries.begin(), run.begin());
      run.first = 0;
      std::erase_if(run.entries, is_dead);
      size_ += run.entries.size();
    }
    std::erase_if(runs_, [](const Run& run) { return run.entries.empty(); });
  }

 private:
  static constexpr std::size_t kLatest = 32;    // so many are looked at one by one
  struct Entry {
    Key key;
    MatchHandle handle;
  };
  struct Run {
    std::vector<Entry> entries;
    std::size_t first = 0;    // those before it are gone

    auto begin() { return entries.begin() + static_cast<std::ptrdiff_t>(first); }
    [[nodiscard]] std::size_t size() const { return entries.size() - first; }
  };
  static bool less(const Entry& a, const Entry& b) { return a.key < b.key; }

  template <typename OutcomeOf>
  void collect_of(Run& run, Outcome wanted, const OutcomeOf& outcome, const MatchStamps& stamps,
                  std::vector<MatchSlot>& found) {
    const auto is_up_to = [&](Outcome last) {
      return [&, last](const Entry& entry) { return outcome(entry.key) <= last; };
    };
    // What is wanted costs its length anyway: where it ends is looked for from its own side, in steps that double.
    const auto end_of_head = [&](Outcome last) {
      std::ptrdiff_t step = 1;
      auto from = run.begin();
      const auto end = run.entries.end();
      for (; end - from > step && is_up_to(last)(from[step - 1]); step *= 2) from += step;
      return std::partition_point(from, from + std::min(step, end - from), is_up_to(last));
    };
    const auto begin_of_tail = [&](Outcome last_before) {
      std::ptrdiff_t step = 1;
      auto to = run.entries.end();
      for (; to - run.begin() > step && !is_up_to(last_before)(to[-step]); step *= 2) to -= step;
      return std::partition_point(to - std::min(step, to - run.begin()), to, is_up_to(last_before));
    };
    // The wanted outcomes as ranges of the run: a head, a tail, or what lies between.
    if ((wanted & kGreater) != 0) {
      auto from = begin_of_tail((wanted & kEqual) != 0 ? kLess : kEqual);
      if ((wanted & (kLess | kEqual)) == (kLess | kEqual)) from = run.begin();
      const auto live_end = std::remove_if(from, run.entries.end(), [&](const Entry& entry) {
        if (!stamps.lives(entry.handle)) return true;
        found.push_back(entry.handle.slot);
        return false;
      });
      size_ -= static_cast<std::size_t>(run.entries.end() - live_end);
      run.entries.erase(live_end, run.entries.end());
      if ((wanted & (kLess | kEqual)) != kLess) return;
    }
    if ((wanted & kLess) != 0) {
      const auto end_of_less = end_of_head((wanted & kEqual) != 0 ? kEqual : kLess);
      auto live_begin = end_of_less;
      for (auto entry = end_of_less; entry != run.begin();) {
        --entry;
        if (!stamps.lives(entry->handle)) continue;
        found.push_back(entry->handle.slot);
        if (--live_begin != entry) *live_begin = std::move(*entry);
      }
      const auto gone = static_cast<std::size_t>(live_begin - run.begin());
      size_ -= gone;
      run.first += gone;
      return;
    }
    if ((wanted & kEqual) == 0) return;
    const auto end_of_equal = std::partition_point(run.begin(), run.entries.end(), is_up_to(kEqual));
    for (auto entry = std::partition_point(run.begin(), end_of_equal, is_up_to(kLess)); entry != end_of_equal;
         ++entry) {
      if (stamps.lives(entry->handle)) {
        found.push_back(entry->handle.slot);
      } else {
        ++met_dead_;
      }
    }
  }

  void sort_latest(const MatchStamps& stamps) {
    std::sort(latest_.begin(), latest_.end(), less);
    runs_.push_back({std::exchange(latest_, {}), 0});
    latest_.reserve(kLatest);
    while (runs_.size() > 1 && runs_[runs_.size() - 2].size() < 2 * runs_.back().size()) {
      Run last = std::move(runs_.back());
      runs_.pop_back();
      runs_.back() = merged(runs_.back(), last, stamps);
    }
  }
  Run merged(Run& a, Run& b, const MatchStamps& stamps) {
    Run both;
    both.entries.reserve(a.size() + b.size());
    auto from_a = a.begin();
    auto from_b = b.begin();
    while (from_a != a.entries.end() || from_b != b.entries.end()) {
      const bool take_a = from_b == b.entries.end() || (from_a != a.entries.end() && !less(*from_b, *from_a));
      Entry& entry = take_a ? *from_a++ : *from_b++;
      if (stamps.lives(entry.handle)) {
        both.entries.push_back(std::move(entry));
      } else {
        --size_;
      }
    }
    return both;
  }

  std::vector<Entry> latest_;
  std::vector<Run> runs_;
  std::size_t size_ = 0;        // of those that are gone, too, until they are met
  std::size_t met_dead_ = 0;    // how often one was passed by that could not be dropped at once
};

}    // namespace cepheid::nfa
