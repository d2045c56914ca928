#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "nfa/matcher/merged_matcher.hpp"
#include "nfa/matcher/path_moves.hpp"

namespace cepheid::nfa {

/// One pattern at work with all paths merged that stand in the same states, for no_skip in patterns whose conditions
/// look at the event at hand alone.
///
/// For each set of states (PathMoves) a key has one heap of nodes, the latest start on top; an event makes a node for
/// each set that takes it, whatever number of paths there is. Matches are listed on demand, straight down what is
/// alive. Cost of an event: sets of states of its key, plus the events of the matches it completes.
class ChainMatcher final : public MergedMatcher {
 public:
  [[nodiscard]] static bool fit(const PatternSpec& spec, const Program& program);

  ChainMatcher(std::shared_ptr<const PatternSpec> spec, Program program, std::uint32_t pattern, MergedStore& store,
               KeyTable& keys, PredicateTable& table, MatchConsumer& consumer);

  /// Works on the next event, which is not before any time that on_time has seen.
  void on_event(CurrentEvent& event, ClassId event_class, EvalScratch& scratch);
  /// Event time is `now_ms`: what has run out by then goes. `sequence`: of the cause.
  void on_time(TimeMs now_ms, std::uint64_t) {
    if (wheel_.is_due(now_ms)) expire(now_ms);
    store_.lower_alarm(wheel_.next_ms());
  }

 private:
  [[nodiscard]] bool changes_nothing(ClassId id) override { return moves_.changes_nothing(id); }
  // A key's words: pairs of a set of states and the paths that stand in it.
  static constexpr std::size_t kPair = 2;

  void apply(const PathMove& move, NodeId paths, CurrentEvent& event);
  void put(PathMove::SetId set, NodeId paths);
  [[nodiscard]] NodeId meld(NodeId a, NodeId b);
  [[nodiscard]] std::uint16_t rank(NodeId node) const { return node == 0 ? std::uint16_t{0} : nodes_[node].rank; }
  [[nodiscard]] bool is_alive(NodeId node) const {
    return node != 0 && nodes_.holds(node) && !is_before(nodes_[node].start, alive_);
  }
  /// Gives all matches out that the paths of `node` are; `own`: those that end with its event only.
  void list(KeyId id, NodeId node, bool own, const CurrentEvent& event);
  void hold_limit();
  void expire(TimeMs now_ms);

  void visit_nodes(KeyId key, const std::function<void(NodeId)>& visit) const override;
  bool save_key(ByteWriter& out, KeyId key, const NodeMarks& nodes, const EventMarks& events) const override;
  bool load_key(ByteReader& in, KeyId key) override;
  void renumber(KeyId key, KeyState& state, const NodeMarks& nodes, const EventMarks& events) override;

  PathMoves moves_;

  // For the event at hand.
  std::vector<std::uint32_t> moved_;    // the key's words after it
  struct Complete {
    NodeId node;
    bool own;
  };
  std::vector<Complete> completed_;
  NodeId first_new_ = 0;    // nodes from here on are of this event
  struct Visit {
    NodeId node;
    std::uint32_t depth;    // how many events of the match come after
    bool own;               // only the paths that end with its event
  };
  std::vector<Visit> visits_;
  std::vector<Taken> backwards_;
  std::vector<Taken> path_;
};

}    // namespace cepheid::nfa
