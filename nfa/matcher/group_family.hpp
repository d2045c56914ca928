#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "nfa/matcher/condition_ladders.hpp"
#include "nfa/matcher/group_matcher.hpp"

namespace cepheid::nfa {

/// What a GroupMatcher needs for the patterns of a family beside the partial matches they share. A pattern is named by
/// its place among the family's own conditions, so that those that an event completes are neighbours.
struct GroupMatcher::Family {
  Family(std::span<const std::uint32_t> of_patterns, const std::vector<std::vector<TypedExpr>>& own_conditions,
         const RowLayout& layout);

  /// The patterns from place `first` up to the next run's: their partial matches that begin before `bound` are gone.
  struct Run {
    std::uint32_t first;
    EventId bound;
  };
  /// A match of all patterns from place `first` to `end` - 1, to be given out.
  struct Given {
    std::uint32_t first;
    std::uint32_t end;
    NodeId path;
    EventId start;
    TimeMs time_ms;
  };

  [[nodiscard]] std::uint32_t places() const { return static_cast<std::uint32_t>(patterns.size()); }
  [[nodiscard]] const PatternStats& stats_of(std::uint32_t pattern, const PatternStats& shared);
  [[nodiscard]] std::size_t memory_bytes() const;
  /// A key begins to be held: no pattern has let anything out of it.
  void begin(KeyId key) {
    runs.reach(key + std::size_t{1});
    runs[key].clear(run_words);
  }
  /// Puts the key's runs into `before`; one for all patterns if no pattern is ahead of the others.
  void read_runs(KeyId key, EventId bound_of_all);
  /// Appends to `after`, the new runs.
  void add_run(Run run) {
    if (after.empty() || after.back().bound != run.bound) after.push_back(run);
  }
  /// Stores `after` as the key's runs; gives the least of their bounds.
  EventId write_runs(KeyId key);
  /// The key's lanes with a state of their own.
  [[nodiscard]] auto splits_of(KeyId key) {
    return std::pair{splits.lower_bound({key, 0}), splits.upper_bound({key, kAll})};
  }
  void put_in_pattern_order(std::vector<Lane>& lanes) const;

  /// Stands for what all share, in place of a place.
  static constexpr std::uint32_t kAll = ~std::uint32_t{0};

  const ConditionLadders own;
  std::vector<std::uint32_t> patterns;    // by place
  bool in_pattern_order = false;          // do they rise?
  std::vector<PatternStats> stats;        // by place: `matches` is kept, the rest put in when asked for
  WordPool run_words;
  PagedArray<WordList> runs;             // by key: place and bound of each run; none: one for all, the key's bound
  std::map<Lane, KeyState> splits;       // of patterns whose matches wait
  std::vector<std::int8_t> tells_own;    // by class: may the own conditions matter? -1: not known

  // For the event at hand.
  std::vector<ConditionLadders::Range> found;    // whose own conditions hold
  std::vector<Run> before;
  std::vector<Run> after;
  std::vector<std::tuple<const std::uint32_t*, ClassId, NodeId>> paths;    // by group: what it completed
  std::vector<Given> given;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> order;    // pattern, position in `given`
  std::vector<std::size_t> ends;                                 // by position in `given`: where its path ends
};

}    // namespace cepheid::nfa
