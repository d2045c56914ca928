#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "nfa/matcher/event_block.hpp"
#include "nfa/matcher/event_classes.hpp"
#include "nfa/matcher/expiry_wheel.hpp"
#include "nfa/matcher/key_table.hpp"
#include "nfa/matcher/match.hpp"
#include "nfa/matcher/merged_store.hpp"
#include "nfa/matcher/node_ring.hpp"
#include "nfa/matcher/paged_array.hpp"
#include "nfa/matcher/word_list.hpp"

namespace cepheid::nfa {

/// Rows of a block that concern a pattern.
struct ActiveRows {
  EventBlock::Rows rows = 0;         // that are not idle
  EventBlock::Rows beginning = 0;    // that may begin a partial match
};

/// What the two ways of moving merged partial matches have in common: events in classes, nodes and events in rings, the
/// window as a bound on starts, keys and their end.
class MergedMatcher {
 public:
  MergedMatcher(const MergedMatcher&) = delete;
  MergedMatcher& operator=(const MergedMatcher&) = delete;

  [[nodiscard]] const PatternStats& stats() const { return stats_; }
  [[nodiscard]] std::size_t memory_bytes() const;
  [[nodiscard]] const KeyTable& keys() const { return keys_; }

  // An event is worked on in two parts: its class is found, which hangs on nothing but its row; then, one after the
  // other, what stands in the key's states is moved.

  /// To be called when all patterns' conditions are in the table.
  void seal() { classes_.seal(); }
  /// The classes of a block's events; gives those that are not idle.
  ActiveRows classify(EventBlock& block, EvalScratch& scratch, ClassId* classes);
  /// An event of the class that was told apart is not worked on now.
  void forget(ClassId id) { stats_.events -= classes_.concern(id) ? 1 : 0; }
  /// The class of the event that `bits` is about.
  [[nodiscard]] ClassId classify(PredicateBits& bits, EvalScratch& scratch) {
    const ClassId found = classes_.of(bits, scratch);
    if (classes_.concern(found)) ++stats_.events;
    return found;
  }
  /// Does no event of the class change any partial match or begin one?
  [[nodiscard]] bool is_idle(ClassId id) {
    if (id >= idle_.size() || idle_[id] < 0) find_idle(id);
    return idle_[id] != 0;
  }

  /// A key of the rows to come: fetches its state.
  void look_ahead(KeyId id) const {
    if (id < states_.size()) __builtin_prefetch(&states_[id], 1);
  }

  // For MergedStore, between two events.

  /// Forgets nodes that are dead for their age; no event before the one given is wanted any more.
  EventId free_old_nodes();
  /// Has no key any state?
  [[nodiscard]] bool is_empty() const { return stats_.keys == 0; }
  /// Gives back all memory that keys had. Requires that it is empty.
  void give_back();
  /// May so many be dead that taking them out is worth its cost?
  [[nodiscard]] bool is_worth_compacting() const {
    return nodes_.is_far_ahead() || nodes_.size() > MergedStore::kGarbageFactor * (kept_ + kFewNodes);
  }
  /// The ring's events before its begin are gone.
  void see_begin() { alive_ = later_of(alive_, events_.begin()); }
  /// Marks all nodes that partial matches reach, and their events; then takes the others out.
  void mark(EventMarks& events);
  void compact(const EventMarks& events);
  /// What could go is gone: says at how many nodes it is time to look again.
  void note_nodes() { look_at_ = nodes_.size() + nodes_.size() / 8 + RingMemory::kChunk; }
  /// For saving, after mark(): numbers are those of the marks. The events are those of the ring, in their order.
  void save(ByteWriter& out, const EventMarks& events) const;
  bool load(ByteReader& in);

 protected:
  static constexpr std::uint32_t kFewNodes = 1024;

  /// A key's state; `words` are the derived class's. Half a cache line.
  struct alignas(32) KeyState {
    WordList words;
    EventId bound = 0;       // paths that begin before it are gone
    bool timed = false;      // the wheel has an entry for it
    bool held = false;       // this matcher holds the key
    bool waiting = false;    // matches of it wait for others
    bool split = false;      // of a family: a pattern of it has a state of its own for the key
  };
  static_assert(sizeof(KeyState) == 32);

  /// `apart`: conditions that EventClasses leaves apart.
  MergedMatcher(std::shared_ptr<const PatternSpec> spec, Program program, std::uint32_t pattern, MergedStore& store,
                KeyTable& keys, PredicateTable& table, MatchConsumer& consumer,
                std::span<const ConditionId> apart = {});
  ~MergedMatcher() = default;

  /// See is_idle().
  [[nodiscard]] virtual bool changes_nothing(ClassId id) = 0;
  /// May an event of the class begin a partial match, or be a match by itself?
  [[nodiscard]] virtual bool may_begin(ClassId id) = 0;
  /// The first event that may be looked at again; alive_ if no older one may.
  [[nodiscard]] virtual EventId first_wanted() const { return alive_; }
  /// Marks what the key's words hold: nodes, and events that no node has. For clearing up.
  virtual void mark_key(KeyId key, NodeMarks& nodes, EventMarks& events) const = 0;
  /// A key's words and what waits, by new numbers. False: there is nothing alive, and nothing was written.
  virtual bool save_key(ByteWriter& out, KeyId key, const NodeMarks& nodes, const EventMarks& events) const = 0;
  virtual bool load_key(ByteReader& in, KeyId key) = 0;
  /// A node was read, all before it being there.
  virtual void see_loaded(NodeId /*node*/) {}
  virtual void renumber(KeyId key, KeyState& state, const NodeMarks& nodes, const EventMarks& events) = 0;
  /// Counters that are not in `stats_`.
  virtual void save_counters(ByteWriter& /*out*/) const {}
  virtual void load_counters(ByteReader& /*in*/) {}

  /// Moves the window to `time_ms`: what began too long before is dead.
  void see_time(TimeMs time_ms) {
    if (time_ms >= next_death_ms_) let_die(time_ms);
  }
  /// Paths of the key that begin before it are dead. Of a key with waiting matches they die one by one, each at its
  /// time, which is told to those that wait.
  [[nodiscard]] EventId bound_of(const KeyState& state) const {
    return state.waiting ? state.bound : later_of(state.bound, alive_);
  }

  KeyState& state_of(KeyId id) {
    states_.reach(id + std::size_t{1});
    return states_[id];
  }
  /// Begins to hold a key.
  KeyState& hold(KeyId id);
  /// The key has no partial matches any more.
  void drop(KeyId id, KeyState& state);

  // For load_key: numbers as save_key wrote them, checked.
  [[nodiscard]] NodeId read_node(ByteReader& in) const;
  [[nodiscard]] EventId read_event(ByteReader& in) const;
  [[nodiscard]] StateId read_state(ByteReader& in) const;
  /// The key comes out of the wheel soon after `deadline_ms`.
  void put_on_wheel(KeyId id, KeyState& state, TimeMs deadline_ms) {
    state.timed = true;
    wheel_.add(id, deadline_ms);
    store_.lower_alarm(wheel_.next_ms());
  }
  /// Times the end of a key, by the latest of its starts.
  void time_key(KeyId id, KeyState& state, EventId last_start);

  NodeId add_node(const RingNode& node) {
    if (nodes_.size() >= look_at_ || nodes_.is_far_ahead()) store_.want();
    return nodes_.add(node);
  }
  /// The node of the event at hand behind the paths of `previous` (0: none).
  NodeId extend(NodeId previous, StepId step, CurrentEvent& event) {
    constexpr std::uint16_t kAlone = 1;
    const EventId id = events_.take(event);
    const EventId start = previous == 0 ? id : nodes_[previous].start;
    return add_node({.previous = previous, .event = id, .start = start, .step = step, .rank = kAlone});
  }

  struct Taken {
    EventId event;
    StepId step;
  };
  /// A match of `events`, from the first to the last. Valid until the next call, or until an event is taken.
  [[nodiscard]] MatchView view_of(KeyId key, std::span<const Taken> events, TimeMs time_ms, std::uint64_t sequence);
  void give_out(KeyId key, std::span<const Taken> events, TimeMs time_ms, std::uint64_t sequence) {
    consumer_.on_match(view_of(key, events, time_ms, sequence));
  }

  const std::shared_ptr<const PatternSpec> spec_;
  const Program program_;
  const std::uint32_t pattern_;
  MergedStore& store_;
  EventRing& events_;
  KeyTable& keys_;
  MatchConsumer& consumer_;
  const std::optional<DurationMs> window_ms_;
  EventClasses classes_;
  NodeRing nodes_;
  NodeMarks marks_{nodes_};
  std::uint32_t kept_ = 0;       // nodes alive when they were last compacted
  std::uint32_t look_at_ = 0;    // so many nodes are worth a look at what may go
  EventId alive_ = 0;            // events before it are too old to begin a live path
  TimeMs next_death_ms_;         // before it no further one is; kEndOfTime without a window
  WordPool word_pool_;
  PagedArray<KeyState> states_;    // by KeyId
  ExpiryWheel wheel_;
  PatternStats stats_;

 private:
  /// What classify() finds for a word of outcomes: the latest of each hash.
  struct KnownClass {
    std::uint64_t outcomes = 0;
    ClassId id = 0;
    bool active = false;
    bool begins = false;
    bool concerns = false;
  };
  static constexpr int kKnownBits = 5;
  [[nodiscard]] static std::size_t known_place(std::uint64_t outcomes) {
    return (outcomes * 0x9E3779B97F4A7C15u) >> (64 - kKnownBits);
  }
  void learn(KnownClass& known, std::uint64_t outcomes);

  void let_die(TimeMs time_ms);
  void find_idle(ClassId id);
  [[nodiscard]] bool is_idle_whatever(ClassId id);

  std::array<KnownClass, 1 << kKnownBits> known_;
  std::vector<std::int8_t> idle_;             // by class; -1: not known
  std::vector<std::int8_t> idle_whatever_;    // the same, whatever its dear conditions say
  TakenEvents taken_;
  std::vector<TakenEvent> match_events_;
};

}    // namespace cepheid::nfa
