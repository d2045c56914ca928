#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "nfa/matcher/match_outlet.hpp"
#include "nfa/matcher/merged_matcher.hpp"
#include "nfa/matcher/path_counts.hpp"
#include "nfa/matcher/path_lister.hpp"
#include "nfa/matcher/path_moves.hpp"

namespace cepheid::nfa {

/// One pattern at work with all paths merged that stand in the same states, for no_skip in patterns whose conditions
/// look at the event at hand alone.
///
/// For each set of states (PathMoves) a key has one heap of nodes, the latest start on top; an event makes a node for
/// each set that takes it, whatever number of paths there is. Matches are listed on demand, straight down what is
/// alive, or counted without being listed (PathCounts). Cost of an event: sets of states of its key, plus the events of
/// the matches that are given; it does not grow with the window.
class ChainMatcher final : public MergedMatcher {
 public:
  [[nodiscard]] static bool fit(const PatternSpec& spec, const Program& program);

  ChainMatcher(std::shared_ptr<const PatternSpec> spec, Program program, std::uint32_t pattern, MergedStore& store,
               KeyTable& keys, PredicateTable& table, MatchConsumer& consumer, MatchWish wish);

  [[nodiscard]] std::size_t memory_bytes() const;

  /// Works on the next event, which is not before any time that on_time has seen.
  void on_event(CurrentEvent& event, ClassId event_class, EvalScratch& scratch) {
    if (!is_idle(event_class)) work_on(event, event_class, scratch);
  }
  /// The same of one that is not idle.
  void work_on(CurrentEvent& event, ClassId event_class, EvalScratch& scratch);
  /// Event time is `now_ms`: what has run out by then goes. `sequence`: of the cause.
  void on_time(TimeMs now_ms, std::uint64_t) {
    if (wheel_.is_due(now_ms)) expire(now_ms);
    store_.lower_alarm(wheel_.next_ms());
  }

 private:
  [[nodiscard]] bool changes_nothing(ClassId id) override { return moves_.changes_nothing(id); }
  [[nodiscard]] bool may_begin(ClassId id) override { return !moves_.begin(id).takes.empty(); }
  // A key's words: pairs of a set of states and the paths that stand in it.
  static constexpr std::size_t kPair = 2;

  bool take_moving(KeyState& state, ClassId event_class);
  void apply(KeyState& state, const MovingPaths& moving, CurrentEvent& event);
  void put(KeyState& state, const StandingPaths& paths);
  static void forget_empty(KeyState& state);
  [[nodiscard]] NodeId meld(NodeId a, NodeId b);
  [[nodiscard]] std::uint16_t rank(NodeId node) const { return node == 0 ? std::uint16_t{0} : nodes_[node].rank; }
  [[nodiscard]] bool is_alive(NodeId node) const {
    return node != 0 && nodes_.holds(node) && !is_before(nodes_[node].start, alive_);
  }
  void count(KeyId id, const KeyState& state, const PathMove& begun, CurrentEvent& event);
  void split_counts(KeyId id, const KeyState& state);
  /// Gives out what `completed_` are, as far as it is wanted.
  void list_completed(KeyId id, const CurrentEvent& event);
  void hold_limit();
  void expire(TimeMs now_ms);
  void let_go(KeyId id, KeyState& state);

  void mark_key(KeyId key, NodeMarks& nodes, EventMarks& events) const override;
  bool save_key(ByteWriter& out, KeyId key, const NodeMarks& nodes, const EventMarks& events) const override;
  bool load_key(ByteReader& in, KeyId key) override;
  void renumber(KeyId key, KeyState& state, const NodeMarks& nodes, const EventMarks& events) override;

  PathMoves moves_;
  MatchOutlet outlet_;
  PathLister lister_;
  std::optional<PathCounts> counts_;    // where matches are counted without being listed

  // For the event at hand.
  NodeId first_new_ = 0;    // nodes from here on are of this event
  std::vector<MovingPaths> moving_;
  bool emptied_ = false;    // some set has been left
  struct Complete {
    NodeId node;
    bool own;    // only the paths that end with its event
  };
  std::vector<Complete> completed_;    // to be listed
  std::vector<StandingPaths> standing_;
  TakenEvents taken_;
};

}    // namespace cepheid::nfa
