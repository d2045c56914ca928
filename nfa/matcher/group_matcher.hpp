#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "nfa/matcher/group_moves.hpp"
#include "nfa/matcher/match_outlet.hpp"
#include "nfa/matcher/merged_matcher.hpp"
#include "nfa/matcher/path_conditions.hpp"
#include "nfa/matcher/pattern_family.hpp"

namespace cepheid::nfa {

/// One pattern, or a family of patterns (PatternFamily), at work with its partial matches merged by start, for
/// skip_past_last and skip_to_next in patterns whose conditions look at the event at hand alone.
///
/// There a match that is let out takes away all others of its start, and what two partial matches of one start do from
/// one state on is the same: so only the oldest of each start in each state can ever be let out. All starts of a key in
/// one configuration (GroupMoves) are moved together, one node for an event however many they are. What is too old, or
/// was skipped, is below a bound on starts: it is never visited again. Cost of an event: groups of its key, mostly one
/// or two; of an event that no state and no `begin` wants: finding its class.
///
/// Where a condition looks at aggregates of what was taken, each start is a group of its own, and the condition is
/// asked for each group that it can make a difference to. Cost of an event: starts of its key that it may move.
///
/// The patterns of a family share the partial matches: they are moved as if nobody's own conditions held. Each pattern
/// has a bound on starts of its own, and what it lets out it takes away from itself alone. Where a pattern's match has
/// to wait for an earlier start, the pattern gets a state of its own for that key, moved as it alone would be, until
/// nothing waits there any more. Cost of an event that completes: runs of patterns with one bound, and matches.
class GroupMatcher final : public MergedMatcher {
 public:
  [[nodiscard]] static bool fit(const PatternSpec& spec, const Program& program);

  GroupMatcher(std::shared_ptr<const PatternSpec> spec, Program program, std::uint32_t pattern, MergedStore& store,
               KeyTable& keys, PredicateTable& table, MatchConsumer& consumer, MatchWish wish)
      : GroupMatcher(std::move(spec), std::move(program), {.patterns = {pattern}, .own = {}}, {}, store, keys, table,
                     consumer, wish) {}
  /// `family`: `spec` and `program` are of its first pattern. `own`: of each pattern the family's own conditions, in
  /// the order of their numbers; of a family of one: none.
  GroupMatcher(std::shared_ptr<const PatternSpec> spec, Program program, const PatternFamily& family,
               const std::vector<std::vector<TypedExpr>>& own, MergedStore& store, KeyTable& keys,
               PredicateTable& table, MatchConsumer& consumer, MatchWish wish);
  ~GroupMatcher();

  /// Of one of its patterns. What a family shares is counted for each of its patterns: `partial_matches` and `keys` are
  /// all that it holds, at least those of the pattern.
  [[nodiscard]] const PatternStats& stats_of(std::uint32_t pattern) const;
  [[nodiscard]] std::size_t memory_bytes() const;

  /// Idle events are of no concern unless matches wait.
  [[nodiscard]] bool has_waiting() const { return !waiting_.empty(); }
  /// Is there more to fetch of a key than its state?
  [[nodiscard]] bool looks_further() const { return path_conditions_.has_value(); }
  /// A key of the rows to come, whose state was fetched: fetches what its paths, each alone, are asked for.
  void look_further(KeyId id) const {
    if (id >= states_.size() || !states_[id].held) return;
    const std::span<const std::uint32_t> words = states_[id].words.words();
    for (std::size_t i = kHeads; i < words.size(); i += kHeads + 1) path_conditions_->look_ahead(words[i]);
  }
  /// Works on the next event, which is not before any time that on_time has seen.
  void on_event(CurrentEvent& event, ClassId event_class, EvalScratch& scratch) {
    if (is_idle(event_class) && waiting_.empty()) return;
    work_on(event, event_class, scratch);
  }
  /// The same of one that is not idle, or where matches wait.
  void work_on(CurrentEvent& event, ClassId event_class, EvalScratch& scratch);
  /// Event time is `now_ms`: what has run out by then goes. `sequence`: of the cause.
  void on_time(TimeMs now_ms, std::uint64_t sequence) {
    if (next_due_ms() <= now_ms) expire(now_ms, sequence);
    store_.lower_alarm(next_due_ms());
  }

 private:
  [[nodiscard]] bool changes_nothing(ClassId id) override;
  [[nodiscard]] bool may_begin(ClassId id) override;
  /// Matches in `path`, one for each start from `start` to `last`, that are complete but not let out yet.
  struct Waiting {
    NodeId path;
    EventId start;
    EventId last;
    std::uint64_t age;
  };
  using WaitingList = std::vector<Waiting>;    // by start, then age
  /// A pattern's share of a key: of a family the pattern by its place there, else place 0.
  struct Lane {
    KeyId key;
    std::uint32_t place;
    friend auto operator<=>(const Lane&, const Lane&) = default;
    friend std::size_t hash_value(Lane lane) { return std::uint64_t{lane.place} << 32 | lane.key; }
  };
  struct Family;    // in group_family.hpp

  // A key's words are its groups, those of earlier starts first: configuration, number of starts, the last one of them
  // (so that most events need not look at a node), a path for each position. 0 in place of the only path of one start:
  // it is that event alone, and gets its node when it goes on or is joined by another (many never are).
  static constexpr std::size_t kHeads = 3;
  [[nodiscard]] static bool has_no_node(std::span<const std::uint32_t> group) { return group[kHeads] == 0; }
  [[nodiscard]] std::size_t positions(std::uint32_t config) const { return moves_.states(config).size(); }
  [[nodiscard]] static EventId last_start(std::span<const std::uint32_t> group) { return group[2]; }
  [[nodiscard]] static std::uint64_t partial_matches_of(std::span<const std::uint32_t> group) {
    return std::uint64_t{group[1]} * (group.size() - kHeads);
  }
  template <typename Each>
  void for_groups(std::span<const std::uint32_t> words, const Each& each) const {
    while (!words.empty()) {
      const std::size_t size = kHeads + positions(words[0]);
      if (!each(words.first(size))) return;
      words = words.subspan(size);
    }
  }

  // Of patterns whose conditions look back only.
  /// May it make a difference to what stands in a configuration which of the conditions that look back hold? `move`:
  /// what the class does if none does.
  [[nodiscard]] bool asks_path(const GroupMove& move, std::uint32_t config, ClassId event_class) {
    if (move.asks_path < 0) find_asks_path(move, config, event_class);
    return move.asks_path != 0;
  }
  void find_asks_path(const GroupMove& move, std::uint32_t config, ClassId event_class);
  [[nodiscard]] const GroupMove& move_by_path(std::span<const std::uint32_t> group, ClassId event_class,
                                              const CurrentEvent& event);
  /// What an event does to a group.
  [[nodiscard]] const GroupMove& move_of(std::span<const std::uint32_t> group, ClassId event_class,
                                         const CurrentEvent& event) {
    const GroupMove& move = moves_.move(group[0], event_class);
    if (path_conditions_ && asks_path(move, group[0], event_class)) return move_by_path(group, event_class, event);
    return move;
  }
  /// What begins with an event.
  [[nodiscard]] const GroupMove& begin_of(ClassId event_class, const CurrentEvent& event) {
    const GroupMove& begun = moves_.begin(event_class);
    const bool asks = path_conditions_ && asks_path(begun, GroupMoves::kStart, event_class);
    return asks ? begin_without_path(event_class, event) : begun;
  }
  [[nodiscard]] const GroupMove& begin_without_path(ClassId event_class, const CurrentEvent& event);

  void work(Lane lane, KeyState& state, ClassId event_class, CurrentEvent& event);
  void move(KeyState& state, ClassId event_class, CurrentEvent& event) {
    const GroupMove& begun = begin_of(event_class, event);
    found_moves_.clear();
    if (!move_only_path(state, begun, event_class, event)) move_groups(state, begun, event_class, event);
  }
  bool move_only_path(KeyState& state, const GroupMove& begun, ClassId event_class, CurrentEvent& event);
  bool move_in_place(KeyState& state, CurrentEvent& event);
  void move_anew(KeyState& state, const GroupMove* begun, EventId bound, CurrentEvent& event);
  void lengthen(std::span<std::uint32_t> group, const GroupMove& move, CurrentEvent& event);
  void join_short(std::span<std::uint32_t> group, std::span<const std::uint32_t> later);
  void move_groups(KeyState& state, const GroupMove& begun, ClassId event_class, CurrentEvent& event);
  /// Adds a node with an event of its own.
  NodeId add_taken(const RingNode& node) {
    const NodeId id = add_node(node);
    if (path_conditions_) path_conditions_->see_added(id);
    return id;
  }
  /// Makes the node of a start that has none.
  NodeId make_start(std::span<const std::uint32_t> group);
  void apply(const GroupMove& move, std::span<const std::uint32_t> group, CurrentEvent& event);
  void append(std::uint32_t starts, EventId last, const GroupMove& move);

  void let_out(Lane lane, KeyState& state, WaitingList& list);
  void offer(Lane lane, const Waiting& match);
  void resolve(NodeId path, EventId start);
  static void insert(WaitingList& list, const Waiting& waiting);
  void drop_starts_before(KeyState& state, EventId bound);
  std::uint64_t forget_dead(KeyState& state);
  void hold_limit(KeyState& state);
  [[nodiscard]] std::uint64_t count(const KeyState& state) const;
  [[nodiscard]] bool may_begin(const KeyState& state, const GroupMove& begun);
  void settle(KeyId id, KeyState& state, TimeMs now_ms);
  void time_waiting(Lane lane, KeyState& state);

  [[nodiscard]] TimeMs next_due_ms() const { return std::min(wheel_.next_ms(), deadlines_.next_ms()); }
  void expire(TimeMs now_ms, std::uint64_t sequence);
  void release_waiting(Lane lane, KeyState& state, TimeMs now_ms);
  [[nodiscard]] EventId dead_before(TimeMs now_ms) const;
  void keep_waiting(Lane lane, KeyState& state, WaitingList list);

  // Sets of paths.
  [[nodiscard]] NodeId side_of(NodeId node, EventId bound) const;
  [[nodiscard]] EventId first_start(NodeId node, EventId bound) const;
  /// The only start of a group is its last one, and needs no walk.
  [[nodiscard]] EventId first_start_of(std::span<const std::uint32_t> group, EventId bound) const {
    return group[1] == 1 ? last_start(group) : first_start(group[kHeads], bound);
  }
  [[nodiscard]] bool find_last_start_before(std::span<const std::uint32_t> group, EventId limit, EventId& found) const;
  [[nodiscard]] bool lives_before(const KeyState& state, EventId start) const;

  [[nodiscard]] EventId first_wanted() const override;
  void mark_key(KeyId key, NodeMarks& nodes, EventMarks& events) const override;
  void mark_lane(Lane lane, const KeyState& state, NodeMarks& nodes, EventMarks& events) const;
  bool save_key(ByteWriter& out, KeyId key, const NodeMarks& nodes, const EventMarks& events) const override;
  bool load_key(ByteReader& in, KeyId key) override;
  void see_loaded(NodeId node) override {
    if (path_conditions_) path_conditions_->see_added(node);
  }
  void renumber(KeyId key, KeyState& state, const NodeMarks& nodes, const EventMarks& events) override;
  void renumber(Lane lane, KeyState& state, const NodeMarks& nodes, const EventMarks& events);
  [[nodiscard]] bool save_lane(ByteWriter& out, Lane lane, const KeyState& state, const NodeMarks& nodes,
                               const EventMarks& events) const;
  bool load_lane(ByteReader& in, Lane lane, KeyState& state);
  /// The paths of a group whose other words are in moved_, and its last start.
  bool load_paths(ByteReader& in, std::size_t count);
  void save_counters(ByteWriter& out) const override;
  void load_counters(ByteReader& in) override;

  // Of a family only.
  void work_as_family(KeyId id, KeyState& state, ClassId event_class, CurrentEvent& event, EvalScratch& scratch);
  void complete_places(KeyId id, KeyState& state, ClassId event_class, ClassId twin, CurrentEvent& event);
  EventId complete_run(std::uint32_t first, std::uint32_t end, EventId bound, KeyId id, KeyState& state,
                       ClassId event_class, CurrentEvent& event);
  [[nodiscard]] NodeId completed_path(const GroupMove& move, std::span<const std::uint32_t> group, ClassId event_class,
                                      CurrentEvent& event);
  [[nodiscard]] bool may_complete(const KeyState& state, ClassId event_class);
  void split(Lane lane, KeyState& state, EventId bound, ClassId event_class, CurrentEvent& event);
  void work_on_splits(KeyId id, ClassId event_class, ClassId twin, CurrentEvent& event);
  void join_again(KeyId id, KeyState& state);
  void raise_bound(KeyId id, KeyState& state);
  void give_all(KeyId id);
  [[nodiscard]] bool tells_own(ClassId id);
  [[nodiscard]] KeyState& state_of_lane(Lane lane);
  void save_places(ByteWriter& out, KeyId key, const NodeMarks& nodes, const EventMarks& events) const;
  bool load_places(ByteReader& in, KeyId key, KeyState& state);

  const std::unique_ptr<Family> family_;    // null: a pattern by itself
  GroupMoves moves_;
  std::optional<PathConditions> path_conditions_;    // absent: no condition looks back
  std::vector<bool> look_back_;                      // by state
  bool nodes_later_;    // may starts be without a node? A condition that looks back needs it, a family shares it
  MatchOutlet outlet_;
  struct WaitingKey {
    WaitingList list;
    TimeMs deadline_ms = kEndOfTime;    // for which it is in deadlines_
  };
  boost::unordered_flat_map<Lane, WaitingKey> waiting_;
  Deadlines deadlines_;    // of lanes with waiting matches: `stamp` is the place
  std::uint64_t age_ = 0;

  // For the event at hand.
  std::vector<const GroupMove*> found_moves_;    // by group of the key; null: no start of it is alive
  std::vector<std::uint32_t> moved_;             // the key's words after it
  std::size_t last_group_ = 0;                   // in `moved_`; its end if there is none
  std::vector<NodeId> takes_;
  std::vector<std::uint32_t> heads_;
  WaitingList completed_;
  TimeMs give_out_ms_ = kBeginOfTime;
  std::uint64_t sequence_ = 0;
  std::vector<Taken> path_;
  EvalScratch* scratch_ = nullptr;
  mutable std::vector<NodeId> stack_;
};

}    // namespace cepheid::nfa
