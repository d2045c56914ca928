#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "nfa/matcher/group_moves.hpp"
#include "nfa/matcher/match_outlet.hpp"
#include "nfa/matcher/merged_matcher.hpp"

namespace cepheid::nfa {

/// One pattern at work with its partial matches merged by start, for skip_past_last and skip_to_next in patterns whose
/// conditions look at the event at hand alone.
///
/// There a match that is let out takes away all others of its start, and what two partial matches of one start do from
/// one state on is the same: so only the oldest of each start in each state can ever be let out. All starts of a key in
/// one configuration (GroupMoves) are moved together, one node for an event however many they are. What is too old, or
/// was skipped, is below a bound on starts: it is never visited again. Cost of an event: groups of its key, mostly one
/// or two; of an event that no state and no `begin` wants: finding its class.
class GroupMatcher final : public MergedMatcher {
 public:
  [[nodiscard]] static bool fit(const PatternSpec& spec, const Program& program);

  GroupMatcher(std::shared_ptr<const PatternSpec> spec, Program program, std::uint32_t pattern, MergedStore& store,
               KeyTable& keys, PredicateTable& table, MatchConsumer& consumer, MatchWish wish);

  /// Idle events are of no concern unless matches wait.
  [[nodiscard]] bool has_waiting() const { return !waiting_.empty(); }
  /// Works on the next event, which is not before any time that on_time has seen.
  void on_event(CurrentEvent& event, ClassId event_class, EvalScratch& scratch);
  /// Event time is `now_ms`: what has run out by then goes. `sequence`: of the cause.
  void on_time(TimeMs now_ms, std::uint64_t sequence) {
    if (next_due_ms() <= now_ms) expire(now_ms, sequence);
    store_.lower_alarm(next_due_ms());
  }

 private:
  [[nodiscard]] bool changes_nothing(ClassId id) override { return moves_.changes_nothing(id); }
  /// Matches in `path`, one for each start from `start` to `last`, that are complete but not let out yet.
  struct Waiting {
    NodeId path;
    EventId start;
    EventId last;
    std::uint64_t age;
  };
  using WaitingList = std::vector<Waiting>;    // by start, then age

  // A key's words are its groups, those of earlier starts first: configuration, number of starts, the last one of them
  // (so that most events need not look at a node), a path for each position.
  static constexpr std::size_t kHeads = 3;
  [[nodiscard]] std::size_t positions(std::uint32_t config) const { return moves_.states(config).size(); }
  [[nodiscard]] static EventId last_start(std::span<const std::uint32_t> group) { return group[2]; }
  template <typename Each>
  void for_groups(std::span<const std::uint32_t> words, const Each& each) const {
    while (!words.empty()) {
      const std::size_t size = kHeads + positions(words[0]);
      if (!each(words.first(size))) return;
      words = words.subspan(size);
    }
  }

  bool move_only_path(KeyState& state, ClassId event_class, CurrentEvent& event);
  void move(KeyState& state, ClassId event_class, CurrentEvent& event);
  [[nodiscard]] bool stay(std::span<const std::uint32_t> words, ClassId event_class, EventId bound);
  void apply(const GroupMove& move, std::span<const std::uint32_t> group, CurrentEvent& event);
  void append(std::uint32_t starts, EventId last, const GroupMove& move);

  void let_out(KeyId id, KeyState& state, WaitingList& list);
  void offer(KeyId id, const Waiting& match);
  static void insert(WaitingList& list, const Waiting& waiting);
  void drop_starts_before(KeyState& state, EventId bound);
  void forget_dead(KeyState& state);
  void hold_limit(KeyState& state);
  [[nodiscard]] std::uint64_t count(const KeyState& state) const;
  [[nodiscard]] bool may_begin(const KeyState& state, const GroupMove& begun);
  void settle(KeyId id, KeyState& state, TimeMs now_ms);

  [[nodiscard]] TimeMs next_due_ms() const { return std::min(wheel_.next_ms(), deadlines_.next_ms()); }
  void expire(TimeMs now_ms, std::uint64_t sequence);
  void release_waiting(KeyId id, KeyState& state, TimeMs now_ms);
  [[nodiscard]] EventId dead_before(TimeMs now_ms) const;
  void keep_waiting(KeyId id, KeyState& state, WaitingList list);

  // Sets of paths.
  [[nodiscard]] NodeId side_of(NodeId node, EventId bound) const;
  [[nodiscard]] EventId first_start(NodeId node, EventId bound) const;
  [[nodiscard]] bool find_last_start_before(NodeId node, EventId limit, EventId& found) const;
  [[nodiscard]] bool lives_before(const KeyState& state, EventId start) const;

  [[nodiscard]] EventId first_wanted() const override;
  void visit_nodes(KeyId key, const std::function<void(NodeId)>& visit) const override;
  bool save_key(ByteWriter& out, KeyId key, const NodeMarks& nodes, const EventMarks& events) const override;
  bool load_key(ByteReader& in, KeyId key) override;
  void renumber(KeyId key, KeyState& state, const NodeMarks& nodes, const EventMarks& events) override;

  GroupMoves moves_;
  MatchOutlet outlet_;
  struct WaitingKey {
    WaitingList list;
    TimeMs deadline_ms = kEndOfTime;    // for which it is in deadlines_
  };
  boost::unordered_flat_map<KeyId, WaitingKey> waiting_;
  Deadlines deadlines_;    // of keys with waiting matches
  std::uint64_t age_ = 0;

  // For the event at hand.
  std::vector<std::uint32_t> moved_;    // the key's words after it
  std::size_t last_group_ = 0;          // in `moved_`; its end if there is none
  std::vector<NodeId> takes_;
  std::vector<std::uint32_t> heads_;
  WaitingList completed_;
  TimeMs give_out_ms_ = kBeginOfTime;
  std::uint64_t sequence_ = 0;
  std::vector<Taken> path_;
  mutable std::vector<NodeId> stack_;
};

}    // namespace cepheid::nfa
