#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "nfa/matcher/conditions.hpp"
#include "nfa/matcher/hashed_handles.hpp"
#include "nfa/matcher/match_handles.hpp"
#include "nfa/matcher/sorted_handles.hpp"
#include "nfa/matcher/visit_plans.hpp"

namespace cepheid::nfa {

/// The partial matches of one state by the value that their paths have in one comparison. Values are computed when they
/// are first looked for.
class ValueIndex {
 public:
  /// `hashed`: only to be asked for equal values, of the event's own type. `type`: of the path's value.
  ValueIndex(StateId state, ConditionId comparison, bool hashed, const Type& type);

  [[nodiscard]] StateId state() const { return state_; }
  [[nodiscard]] ConditionId comparison() const { return comparison_; }
  [[nodiscard]] bool hashed() const { return std::holds_alternative<HashedHandles>(ordered_); }
  /// Handles held, of partial matches that are gone, too.
  [[nodiscard]] std::size_t size() const;

  void add(MatchHandle handle, const Node* path) { newcomers_.push_back({handle, path}); }
  /// Appends the slots of those whose value stands to the event's as wanted. Those hashed alike are among them.
  void collect(PathOutcomes wanted, Conditions& conditions, const MatchStamps& stamps, std::vector<MatchSlot>& found);
  /// Forgets what is gone. Linear.
  void purge(const MatchStamps& stamps);

 private:
  struct Newcomer {
    MatchHandle handle;
    const Node* path = nullptr;    // there as long as the partial match
  };
  void take_in_newcomers(Conditions& conditions, const MatchStamps& stamps);
  void collect_all_ordered(const MatchStamps& stamps, std::vector<MatchSlot>& found);
  void collect_ordered(Outcome wanted, const PathComparison& comparison, const Datum& event_value,
                       const MatchStamps& stamps, std::vector<MatchSlot>& found);

  StateId state_;
  ConditionId comparison_;
  std::vector<Newcomer> newcomers_;
  std::variant<HashedHandles, SortedHandles<std::int64_t>, SortedHandles<Int128>, SortedHandles<std::string>> ordered_;
  HandleList unordered_;    // NaNs
  HandleList null_;
};

/// The indexes of one list of partial matches, each made when it is first needed. What leaves the list costs nothing
/// here but a stamp.
class MatchIndex {
 public:
  /// A partial match came into the list, which now has `live`.
  void add(StateId state, MatchSlot slot, const Node* path, std::size_t live);
  /// The partial match in the slot left the list.
  void remove(MatchSlot slot) { stamps_.remove(slot); }

  /// Appends the slots of the state's partial matches that the visit concerns, some perhaps more than once, and few
  /// that it does not (told by hash). `list`: the PartialMatches that this belongs to, for the first look.
  template <typename List>
  void collect(StateId state, const Visit& visit, const List& list, Conditions& conditions,
               std::vector<MatchSlot>& found) {
    const PathComparison& comparison = *conditions.comparison(visit.comparison);
    const bool hashed =
        (visit.wanted & (kLess | kEqual | kGreater)) == kEqual && comparison.event_type == comparison.path_type;
    ValueIndex* index = find(state, visit.comparison, hashed);
    if (index == nullptr) {
      index = &indexes_.emplace_back(state, visit.comparison, hashed, comparison.path_type);
      for (MatchSlot slot = list.first(); slot != kNoMatch; slot = list.next(slot)) {
        if (list.at(slot).state == state) index->add(stamps_.handle(slot), list.at(slot).path);
      }
    }
    index->collect(visit.wanted, conditions, stamps_, found);
  }

 private:
  [[nodiscard]] ValueIndex* find(StateId state, ConditionId comparison, bool hashed);

  std::vector<ValueIndex> indexes_;    // few
  MatchStamps stamps_;
};

}    // namespace cepheid::nfa
