// An engine's saved state: the format's number (varint), then a block (row/bytes.hpp) of
//   the patterns (saved_patterns.hpp);
//   time (signed varint) and place (varint) of the engine; the event order; the merged matchers, in the order of their
//   first patterns; each other matcher and watch of absence, in the order of the patterns.
// Each part is described where it is written. A change of any of them is a new format.

#include "nfa/engine/engine.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "nfa/automaton/automaton.hpp"
#include "nfa/engine/event_order.hpp"
#include "nfa/engine/saved_patterns.hpp"
#include "nfa/expr/typed_expr.hpp"
#include "nfa/matcher/absence_watch.hpp"
#include "nfa/matcher/chain_matcher.hpp"
#include "nfa/matcher/group_matcher.hpp"
#include "nfa/matcher/key_table.hpp"
#include "nfa/matcher/path_conditions.hpp"
#include "nfa/matcher/pattern_family.hpp"
#include "nfa/matcher/single_matcher.hpp"

namespace cepheid::nfa {
namespace {

constexpr std::uint64_t kFormat = 4;
/// No engine comes so far: only damaged bytes say that one did.
constexpr std::uint64_t kMaxPlace = std::uint64_t{1} << 62;

Program program_of(const PatternSpec& spec) {
  Result<Automaton> automaton = Automaton::build(spec);
  // The checker has built it before, within the same bound.
  return automaton ? automaton->freeze() : Program{};
}

}    // namespace

struct Engine::State {
  State(std::vector<std::shared_ptr<const PatternSpec>> all_patterns, MatchConsumer& match_consumer,
        Options engine_options)
      : patterns(std::move(all_patterns)),
        consumer(match_consumer),
        options(engine_options),
        spec(patterns.front()),
        layout(*spec->layout),
        events(layout, options.texts_stay),
        store(layout, options.texts_stay, spec->inputs.size()),
        table(layout, options.texts_stay),
        order(std::max<std::size_t>(1, spec->inputs.size())) {
    add_all();
    all_merged = std::ranges::all_of(parts, [](const Part& part) { return part.merged() != nullptr; });
    for (Part& part : parts) {
      MergedMatcher* merged = part.merged();
      if (merged == nullptr) continue;
      merged->seal();
      part.keys = &merged->keys();
    }
    bits = std::make_unique<PredicateBits>(table);
    block = std::make_unique<EventBlock>(table, *bits);
    in_blocks = all_merged && table.is_small() && !spec->stream_field;
    classes.resize(parts.size() * EventBlock::kMost);
    common_row.resize(layout.words());
    if (spec->stream_field) find_input_slots();
  }
  /// Makes what runs the patterns: together where they differ little.
  void add_all() {
    std::vector<Program> programs;
    std::vector<FamilyCandidate> candidates;
    for (const std::shared_ptr<const PatternSpec>& of : patterns) {
      programs.push_back(of->absence ? Program{} : program_of(*of));
    }
    for (std::uint32_t i = 0; i < patterns.size() && options.merge_partial_matches; ++i) {
      if (patterns[i]->absence || !GroupMatcher::fit(*patterns[i], programs[i])) continue;
      if (!PathConditions::of(programs[i]).empty()) continue;
      candidates.push_back({i, patterns[i].get(), &programs[i]});
    }
    const std::vector<PatternFamily> families = find_families(candidates);
    std::vector<const PatternFamily*> family_of(patterns.size());
    for (const PatternFamily& family : families) {
      for (const std::uint32_t pattern : family.patterns) family_of[pattern] = &family;
    }
    for (std::uint32_t i = 0; i < patterns.size(); ++i) {
      const PatternFamily* family = family_of[i];
      if (family == nullptr) {
        add(i, std::move(programs[i]));
      } else if (family->patterns.front() == i) {
        add(*family, programs);
      } else {
        part_of.push_back(part_of[family->patterns.front()]);
      }
    }
  }
  void add(const PatternFamily& family, const std::vector<Program>& programs) {
    std::vector<std::vector<TypedExpr>> own;
    for (const std::uint32_t pattern : family.patterns) {
      std::vector<TypedExpr>& conditions = own.emplace_back();
      for (const ConditionId id : family.own) conditions.push_back(programs[pattern].conditions[id]);
    }
    const std::uint32_t first = family.patterns.front();
    const std::shared_ptr<const PatternSpec>& of = patterns[first];
    part_of.push_back(static_cast<std::uint32_t>(parts.size()));
    parts.emplace_back().groups = std::make_unique<GroupMatcher>(of, programs[first], family, own, store, keys_of(*of),
                                                                 table, consumer, options.matches);
  }
  /// Makes what runs a pattern: merged where that gives the same matches.
  void add(std::uint32_t pattern, Program program) {
    const std::shared_ptr<const PatternSpec>& of = patterns[pattern];
    part_of.push_back(static_cast<std::uint32_t>(parts.size()));
    Part& part = parts.emplace_back();
    if (of->absence) {
      part.absence =
          std::make_unique<AbsenceWatch>(of, pattern, events, keys_of(*of), table, consumer, options.matches);
      return;
    }
    if (options.merge_partial_matches && GroupMatcher::fit(*of, program)) {
      part.groups = std::make_unique<GroupMatcher>(of, std::move(program), pattern, store, keys_of(*of), table,
                                                   consumer, options.matches);
    } else if (options.merge_partial_matches && ChainMatcher::fit(*of, program)) {
      part.chains = std::make_unique<ChainMatcher>(of, std::move(program), pattern, store, keys_of(*of), table,
                                                   consumer, options.matches);
    } else {
      part.singles = std::make_unique<SingleMatcher>(of, std::move(program), pattern, events, keys_of(*of), table,
                                                     consumer, options.matches);
    }
  }
  KeyTable& keys_of(const PatternSpec& of) {
    std::string text;
    for (const TypedExpr& part : of.key) text += fingerprint(part) + ";";
    for (const Keys& known : key_tables) {
      if (known.text == text) return *known.table;
    }
    key_tables.push_back({text, std::make_unique<KeyTable>(of.key, layout, options.texts_stay)});
    return *key_tables.back().table;
  }

  /// The keys of all patterns whose `key` is the same.
  struct Keys {
    std::string text;    // what the key is
    std::unique_ptr<KeyTable> table;
    ActiveRows active = {};    // of the block at hand, for any of these patterns
  };

  /// What runs a pattern, or a family of patterns: one of these.
  struct Part {
    std::unique_ptr<GroupMatcher> groups;
    std::unique_ptr<ChainMatcher> chains;
    std::unique_ptr<SingleMatcher> singles;
    std::unique_ptr<AbsenceWatch> absence;
    // Of merged matchers, for the block at hand.
    const KeyTable* keys = nullptr;
    ActiveRows active = {};

    /// Null: this pattern's partial matches are not merged.
    [[nodiscard]] MergedMatcher* merged() const {
      if (groups) return groups.get();
      return chains.get();
    }
    /// Calls `with(x)` for the one that is there.
    template <typename With>
    decltype(auto) visit(const With& with) const {
      if (groups) return with(*groups);
      if (chains) return with(*chains);
      if (singles) return with(*singles);
      return with(*absence);
    }
  };

  ~State() {
    while (StoredEvent* event = order.take_any()) events.release(event);
  }

  /// A stream's row has its own fields in its own order; the common layout has the same fields elsewhere.
  void find_input_slots() {
    for (const PatternSpec::Input& input : spec->inputs) {
      std::vector<Field> fields;
      for (const std::uint32_t field : input.fields) fields.push_back(layout.schema().fields()[field]);
      const RowLayout own{Schema(std::move(fields))};
      std::vector<FieldSlot>& slots = input_slots.emplace_back();
      for (std::uint32_t i = 0; i < input.fields.size(); ++i) slots.push_back(own.slot(i));
    }
  }

  /// The row as the patterns' common layout has it. Over one stream: the row itself.
  Row to_common(std::uint32_t input, Row row) {
    if (!spec->stream_field) return row;
    const std::vector<std::uint32_t>& fields = spec->inputs[input].fields;
    layout.clear(common_row.data());
    for (std::uint32_t i = 0; i < fields.size(); ++i) {
      layout.set(common_row.data(), fields[i], read_field(row, input_slots[input][i]));
    }
    layout.set(common_row.data(), *spec->stream_field, Datum::of_int(input));
    return common_row.data();
  }

  void advance_time(TimeMs now, std::uint64_t sequence) {
    if (now <= now_ms) return;
    now_ms = now;
    if (!all_merged || now >= store.alarm_ms()) tell_time(now, sequence);
  }
  [[gnu::noinline]] void tell_time(TimeMs now, std::uint64_t sequence) {
    store.forget_alarm();
    for (const Part& part : parts) {
      part.visit([&](auto& runs) { runs.on_time(now, sequence); });
    }
    store.on_time(now);
  }

  /// Offers an event to all patterns. Gives its reference to its stored form back, if it has one.
  void work_on(CurrentEvent event) {
    // An event is worked on as soon as nothing can come before it, a moment before Flink's watermark (largest time -
    // lateness - 1 ms) reaches it. What that watermark itself ends, it ends first. To the event's own time only its
    // key's time goes on (the matcher sees to that): so what a key gives does not depend on the other keys.
    if (event.time_ms == order.joint_low_ms()) advance_time(event.time_ms - 1, event.sequence);
    event.place = ++place;
    if (event.stored != nullptr) event.stored->place = place;
    scratch.clear();
    bits->begin(event.row, event.time_ms);
    for (const Keys& keys : key_tables) keys.table->begin();
    store.prepare();
    for (const Part& part : parts) {
      if (part.groups) {
        part.groups->on_event(event, part.groups->classify(*bits, scratch), scratch);
      } else if (part.chains) {
        part.chains->on_event(event, part.chains->classify(*bits, scratch), scratch);
      } else if (part.singles) {
        part.singles->on_event(event, *bits, scratch);
      } else {
        part.absence->on_event(event, *bits, scratch);
      }
    }
    if (event.stored != nullptr) events.release(event.stored);
  }

  /// Arrivals of one stream whose patterns are all merged: conditions and keys of all rows first, then row by row.
  /// Takes those of `moves` that come before them and are not idle.
  void push_block(std::uint32_t input, std::span<const Arrival> arrivals, std::span<const Move>& moves) {
    prepare_block(arrivals);
    if (order.empty() && is_in_step(arrivals)) {
      work_in_step(input, arrivals, moves);
    } else {
      work_in_turn(input, arrivals, moves);
    }
    for (const Keys& keys : key_tables) keys.table->end_block();
    scratch.clear();
  }

  /// Is each arrival a row that the watermark reaches with it and does not pass? So it is in a stream in order of time.
  [[nodiscard]] bool is_in_step(std::span<const Arrival> arrivals) const {
    TimeMs low_ms = order.joint_low_ms();
    for (const Arrival& arrival : arrivals) {
      low_ms = std::max(low_ms, arrival.low_after_ms);
      if (arrival.time_ms != low_ms || arrival.row == nullptr) return false;
    }
    return true;
  }

  /// Rows of no interest are passed over, as long as nothing runs out meanwhile.
  void work_in_step(std::uint32_t input, std::span<const Arrival> arrivals, std::span<const Move>& moves) {
    const std::uint64_t place_before = place;
    const std::size_t last = arrivals.size() - 1;
    for (std::size_t row = 0; row <= last; ++row) {
      const EventBlock::Rows wanted = wanted_rows() >> row << row;
      std::size_t next = std::min(last, wanted == 0 ? last : static_cast<std::size_t>(__builtin_ctzll(wanted)));
      if (arrivals[next].time_ms > store.alarm_ms()) [[unlikely]]
        next = row;
      row = next;
      const Arrival& arrival = arrivals[row];
      if (!moves.empty() && arrival.time_ms >= idle_until_ms()) take_moves(input, moves, arrival.sequence);
      order.set_low(input, arrival.time_ms);
      advance_time(arrival.time_ms - 1, arrival.sequence);
      // What ran out may have set something waiting.
      if ((wanted >> row & 1) == 0 && !store.any_waiting()) continue;
      place = place_before + row + 1;
      if (parts.size() == 1) {
        work_on_only_part(input, arrival, row);
      } else {
        work_on_row(input, arrival, row);
      }
    }
    place = place_before + arrivals.size();
  }

  void work_in_turn(std::uint32_t input, std::span<const Arrival> arrivals, std::span<const Move>& moves) {
    std::size_t at = 0;    // in the block
    for (const Arrival& arrival : arrivals) {
      // The row is not late: the moves before it came no further than its time.
      if (!moves.empty() && arrival.time_ms >= idle_until_ms()) take_moves(input, moves, arrival.sequence);
      order.set_low(input, arrival.low_after_ms);
      const TimeMs low_ms = order.joint_low_ms();
      if (arrival.row == nullptr) {
        work_on_due(arrival.sequence);
        continue;
      }
      const std::size_t row = at++;
      if (order.empty() && arrival.time_ms <= low_ms) {
        if (arrival.time_ms == low_ms) advance_time(low_ms - 1, arrival.sequence);
        ++place;
        if ((wanted_rows() >> row & 1) != 0) work_on_row(input, arrival, row);
        if (low_ms > arrival.time_ms) advance_to_low(arrival.sequence);
        continue;
      }
      // It is told apart again when its time has come.
      for (std::size_t i = 0; i < parts.size(); ++i) parts[i].merged()->forget(classes[i * EventBlock::kMost + row]);
      order.add(events.store(arrival.row, arrival.time_ms, input, arrival.sequence));
      work_on_due(arrival.sequence);
    }
  }

  void prepare_block(std::span<const Arrival> arrivals) {
    block->clear();
    for (const Arrival& arrival : arrivals) {
      if (arrival.row != nullptr) block->add(arrival.row, arrival.time_ms);
    }
    block->find_cheap();
    for (std::size_t i = 0; i < parts.size(); ++i) {
      parts[i].active = parts[i].merged()->classify(*block, scratch, classes.data() + i * EventBlock::kMost);
    }
    // The more patterns, the less one of them waits for, and the more is fetched in vain.
    constexpr std::size_t kFewPatterns = 8;
    for (Keys& keys : key_tables) {
      keys.active = {};
      for (const Part& part : parts) {
        if (part.keys != keys.table.get()) continue;
        keys.active.rows |= part.active.rows;
        keys.active.beginning |= part.active.beginning;
      }
      // While matches wait, an event that is idle otherwise may let them out.
      keys.table->look_up(block->rows(), store.any_waiting() ? block->all() : keys.active.rows);
      if (parts.size() > kFewPatterns) continue;
      const EventBlock::Rows held = keys.table->known_rows() & ~keys.table->rows_of_none();
      for (const Part& part : parts) {
        if (part.keys != keys.table.get()) continue;
        const MergedMatcher& merged = *part.merged();
        for (EventBlock::Rows left = part.active.rows & held; left != 0; left &= left - 1) {
          merged.look_ahead(keys.table->found(static_cast<std::size_t>(__builtin_ctzll(left))));
        }
        if (!part.groups || !part.groups->looks_further()) continue;
        for (EventBlock::Rows left = part.active.rows & held; left != 0; left &= left - 1) {
          part.groups->look_further(keys.table->found(static_cast<std::size_t>(__builtin_ctzll(left))));
        }
      }
    }
  }

  /// Rows of the block that may change anything, as things stand: to a key that nobody holds matters only what begins;
  /// to one for which matches wait, anything.
  [[nodiscard]] EventBlock::Rows wanted_rows() const {
    const EventBlock::Rows of_any = store.any_waiting() ? ~EventBlock::Rows{0} : 0;
    const auto wanted_by = [&](const Keys& keys) {
      return keys.active.beginning | ((keys.active.rows | of_any) & ~keys.table->rows_of_none());
    };
    EventBlock::Rows wanted = wanted_by(key_tables.front());    // mostly the only one
    for (std::size_t i = 1; i < key_tables.size(); ++i) wanted |= wanted_by(key_tables[i]);
    return wanted;
  }

  /// work_on_row() where there is one pattern, or one family, which wants it.
  void work_on_only_part(std::uint32_t input, const Arrival& arrival, std::size_t row) {
    CurrentEvent event{
        .row = arrival.row, .time_ms = arrival.time_ms, .input = input, .place = place, .sequence = arrival.sequence};
    key_tables.front().table->begin(row);
    store.prepare();
    const Part& part = parts.front();
    if (part.groups) {
      part.groups->work_on(event, classes[row], scratch);
    } else {
      part.chains->work_on(event, classes[row], scratch);
    }
  }

  /// A row of the block that somebody wants, as work_on() does.
  void work_on_row(std::uint32_t input, const Arrival& arrival, std::size_t row) {
    CurrentEvent event{
        .row = arrival.row, .time_ms = arrival.time_ms, .input = input, .place = place, .sequence = arrival.sequence};
    for (const Keys& keys : key_tables) keys.table->begin(row);
    store.prepare();
    const EventBlock::Rows bit = EventBlock::Rows{1} << row;
    const ClassId* found = classes.data() + row;
    for (const Part& part : parts) {
      const ClassId id = *found;
      found += EventBlock::kMost;
      if (((part.active.beginning | ~part.keys->rows_of_none()) & bit) == 0) continue;
      if (GroupMatcher* groups = part.groups.get()) {
        if ((part.active.rows & bit) != 0 || groups->has_waiting()) groups->work_on(event, id, scratch);
      } else if ((part.active.rows & bit) != 0) {
        part.chains->work_on(event, id, scratch);
      }
    }
  }

  /// Where rows are worked on in blocks: a watermark that has not come so far changes nothing.
  [[nodiscard]] TimeMs idle_until_ms() const { return std::min(store.alarm_ms(), order.next_ms()); }

  /// Takes out of `moves` those that are not idle and come before the row `sequence`, and the idle ones before these.
  void take_moves(std::uint32_t input, std::span<const Move>& moves, std::uint64_t sequence) {
    for (;;) {
      const auto next = std::ranges::lower_bound(moves, idle_until_ms(), {}, &Move::low_ms);    // they rise
      // Those that are idle now need not be so behind the row.
      if (next == moves.end() || next->sequence >= sequence) return;
      order.set_low(input, next->low_ms);
      work_on_due(next->sequence);
      moves = {next + 1, moves.end()};
    }
  }

  void advance_to_low(std::uint64_t sequence) {
    const TimeMs low = order.joint_low_ms();
    advance_time(low == kEndOfTime ? low : low - 1, sequence);
  }

  void work_on_due(std::uint64_t sequence) {
    while (StoredEvent* event = order.take_due()) {
      // What happens now was caused by the row that moved the watermark, not by the one that waited.
      work_on({.row = event->row(),
               .time_ms = event->time_ms,
               .input = event->input,
               .place = 0,
               .sequence = sequence,
               .stored = event});
    }
    if (order.joint_low_ms() != kBeginOfTime) advance_to_low(sequence);
  }

  void save(ByteWriter& out) {
    write_patterns(out, saved_patterns());
    out.signed_varint(now_ms);
    out.varint(place);
    EventWriter saved(out, layout);
    order.save(saved);
    store.save(out);
    for (const Part& part : parts) {
      if (part.singles) part.singles->save(saved);
      if (part.absence) part.absence->save(saved);
    }
  }

  /// Into a new state.
  Result<void> load(ByteReader& in) {
    CEPHEID_TRY(check_patterns(in, saved_patterns()));
    now_ms = in.signed_varint();
    place = in.varint(kMaxPlace);
    const auto inputs = static_cast<std::uint32_t>(std::max<std::size_t>(1, spec->inputs.size()));
    EventReader saved(in, layout, events, {.last_place = place, .inputs = inputs});
    const bool whole = order.load(saved) && store.load(in, inputs) && std::ranges::all_of(parts, [&](const Part& part) {
                         if (part.singles) return part.singles->load(saved);
                         return !part.absence || part.absence->load(saved);
                       });
    if (!whole || !in.ok() || in.remaining() != 0) return damaged();
    return {};
  }

  static Error damaged() { return {"the saved state is damaged"}; }

  [[nodiscard]] std::vector<SavedPattern> saved_patterns() const {
    std::vector<SavedPattern> saved;
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      saved.push_back({patterns[i].get(), parts[part_of[i]].merged() != nullptr});
    }
    return saved;
  }

  const std::vector<std::shared_ptr<const PatternSpec>> patterns;
  MatchConsumer& consumer;
  const Options options;
  const std::shared_ptr<const PatternSpec> spec;    // of the first pattern: all have its layout and inputs
  const RowLayout& layout;
  EventStore events;
  MergedStore store;
  PredicateTable table;
  EventOrder order;
  std::vector<Keys> key_tables;
  std::vector<Part> parts;               // in the order of their first patterns
  std::vector<std::uint32_t> part_of;    // by pattern
  bool all_merged = false;
  bool in_blocks = false;    // may rows be worked on by push_block()?
  std::unique_ptr<PredicateBits> bits;
  EvalScratch scratch;
  std::unique_ptr<EventBlock> block;
  std::vector<ClassId> classes;    // of the rows of the block, part after part
  std::vector<std::uint64_t> common_row;
  std::vector<std::vector<FieldSlot>> input_slots;    // over several streams: where their own rows have their fields
  TimeMs now_ms = kBeginOfTime;
  std::uint64_t place = 0;
};

Engine::Engine(std::vector<std::shared_ptr<const PatternSpec>> patterns, MatchConsumer& consumer, Options options)
    : state_(std::make_unique<State>(std::move(patterns), consumer, options)) {}

Engine::~Engine() = default;

bool Engine::push(std::uint32_t input, Row row, TimeMs time_ms, std::uint64_t sequence, TimeMs low_after_ms) {
  State& state = *state_;
  if (time_ms < state.order.low_ms(input)) return false;
  const Row common = state.to_common(input, row);
  state.order.set_low(input, low_after_ms);
  if (state.order.empty() && state.order.is_due(time_ms, input)) {
    state.work_on(
        {.row = common, .time_ms = time_ms, .input = input, .place = 0, .sequence = sequence, .stored = nullptr});
  } else {
    state.order.add(state.events.store(common, time_ms, input, sequence));
  }
  state.work_on_due(sequence);
  return true;
}

void Engine::push(std::uint32_t input, std::span<const Arrival> arrivals) {
  push(input, arrivals, {});
}

void Engine::push(std::uint32_t input, std::span<const Arrival> arrivals, std::span<const Move> moves) {
  State& state = *state_;
  const std::optional<Move> last = moves.empty() ? std::nullopt : std::optional(moves.back());
  while (!arrivals.empty()) {
    const std::size_t count = std::min(arrivals.size(), EventBlock::kMost);
    if (state.in_blocks) {
      state.push_block(input, arrivals.first(count), moves);
    } else {
      for (const Arrival& arrival : arrivals.first(count)) {
        for (; !moves.empty() && moves.front().sequence < arrival.sequence; moves = moves.subspan(1)) {
          advance(input, moves.front().low_ms, moves.front().sequence);
        }
        if (arrival.row == nullptr) {
          advance(input, arrival.low_after_ms, arrival.sequence);
        } else {
          push(input, arrival.row, arrival.time_ms, arrival.sequence, arrival.low_after_ms);
        }
      }
    }
    arrivals = arrivals.subspan(count);
  }
  if (state.in_blocks) {
    state.take_moves(input, moves, std::numeric_limits<std::uint64_t>::max());
    if (last) advance(input, last->low_ms, last->sequence);
  } else {
    for (const Move& move : moves) advance(input, move.low_ms, move.sequence);
  }
}

void Engine::advance(std::uint32_t input, TimeMs low_ms, std::uint64_t sequence) {
  state_->order.set_low(input, low_ms);
  state_->work_on_due(sequence);
}

TimeMs Engine::low_ms() const {
  return state_->order.joint_low_ms();
}

const PatternStats& Engine::stats(std::uint32_t pattern) const {
  const State::Part& part = state_->parts[state_->part_of[pattern]];
  if (part.groups) return part.groups->stats_of(pattern);
  return part.visit([](const auto& runs) -> const PatternStats& { return runs.stats(); });
}

void Engine::save(ByteWriter& out) const {
  out.varint(kFormat);
  const std::size_t block = out.begin_block();
  state_->save(out);
  out.end_block(block);
}

Result<void> Engine::load(ByteReader& in) {
  const std::uint64_t format = in.varint();
  if (!in.ok()) return State::damaged();
  if (format != kFormat) {
    return Error{"the saved state is of format " + std::to_string(format) + ", and only format " +
                 std::to_string(kFormat) + " can be read"};
  }
  ByteReader block = in.block();
  if (!block.ok()) return State::damaged();
  auto loaded = std::make_unique<State>(state_->patterns, state_->consumer, state_->options);
  CEPHEID_TRY(loaded->load(block));
  state_ = std::move(loaded);
  return {};
}

std::size_t Engine::memory_bytes() const {
  std::size_t bytes = state_->events.memory_bytes() + state_->order.memory_bytes();
  bytes += state_->store.events().memory_bytes();
  for (const State::Keys& keys : state_->key_tables) bytes += keys.table->memory_bytes();
  for (const State::Part& part : state_->parts) {
    bytes += part.visit([](const auto& runs) { return runs.memory_bytes(); });
  }
  return bytes;
}

std::exception_ptr Engine::take_failure() {
  return std::exchange(state_->scratch.failure, nullptr);
}

}    // namespace cepheid::nfa
