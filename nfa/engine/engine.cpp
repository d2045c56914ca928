// An engine's saved state: the format's number (varint), then a block (row/bytes.hpp) of
//   the patterns (saved_patterns.hpp);
//   time (signed varint) and place (varint) of the engine; the event order; each matcher; each watch of absence.
// Each part is described where it is written. A change of any of them is a new format.

#include "nfa/engine/engine.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "nfa/engine/event_order.hpp"
#include "nfa/engine/saved_patterns.hpp"
#include "nfa/matcher/absence_watch.hpp"
#include "nfa/matcher/matcher.hpp"

namespace cepheid::nfa {
namespace {

constexpr std::uint64_t kFormat = 1;
/// No engine comes so far: only damaged bytes say that one did.
constexpr std::uint64_t kMaxPlace = std::uint64_t{1} << 62;

}    // namespace

struct Engine::State {
  State(std::vector<std::shared_ptr<const PatternSpec>> all_patterns, MatchConsumer& match_consumer,
        Options engine_options)
      : patterns(std::move(all_patterns)),
        consumer(match_consumer),
        options(engine_options),
        spec(patterns.front()),
        layout(*spec->layout),
        events(layout),
        table(layout),
        order(std::max<std::size_t>(1, spec->inputs.size())) {
    for (std::uint32_t i = 0; i < patterns.size(); ++i) {
      if (patterns[i]->absence) {
        absences.push_back(std::make_unique<AbsenceWatch>(patterns[i], i, events, table, consumer));
        stats.push_back(&absences.back()->stats());
      } else {
        matchers.push_back(std::make_unique<Matcher>(patterns[i], i, events, table, consumer,
                                                     Matcher::Options{.merge = options.merge_partial_matches}));
        stats.push_back(&matchers.back()->stats());
      }
    }
    bits = std::make_unique<PredicateBits>(table);
    common_row.resize(layout.words());
    if (spec->stream_field) find_input_slots();
  }
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
    for (const auto& matcher : matchers) matcher->on_time(now, sequence);
    for (const auto& absence : absences) absence->on_time(now, sequence);
  }

  /// Gives back the event's reference to its stored form, if it has one.
  void work_on(CurrentEvent event) {
    // An event is worked on as soon as nothing can come before it, a moment before Flink's watermark (largest -
    // lateness
    // - 1 ms) reaches it. What that watermark itself ends, it ends first. To the event's own time only its key's time
    // goes on (the matcher sees to that): so what a key gives does not depend on the other keys.
    if (event.time_ms == order.joint_low_ms()) advance_time(event.time_ms - 1, event.sequence);
    event.place = ++place;
    if (event.stored != nullptr) event.stored->place = place;
    scratch.clear();
    bits->begin(event.row, event.time_ms);
    for (const auto& matcher : matchers) matcher->on_event(event, *bits, scratch);
    for (const auto& absence : absences) absence->on_event(event, *bits, scratch);
    if (event.stored != nullptr) events.release(event.stored);
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
    const TimeMs low = order.joint_low_ms();
    if (low == kEndOfTime) {
      advance_time(kEndOfTime, sequence);
    } else if (low != kBeginOfTime) {
      advance_time(low - 1, sequence);
    }
  }

  void save(ByteWriter& out) const {
    write_patterns(out, saved_patterns());
    out.signed_varint(now_ms);
    out.varint(place);
    EventWriter saved(out, layout);
    order.save(saved);
    for (const auto& matcher : matchers) matcher->save(saved);
    for (const auto& absence : absences) absence->save(saved);
  }

  /// Into a new state.
  Result<void> load(ByteReader& in) {
    CEPHEID_TRY(check_patterns(in, saved_patterns()));
    now_ms = in.signed_varint();
    place = in.varint(kMaxPlace);
    const auto inputs = static_cast<std::uint32_t>(std::max<std::size_t>(1, spec->inputs.size()));
    EventReader saved(in, layout, events, {.last_place = place, .inputs = inputs});
    const bool whole = order.load(saved) &&
                       std::all_of(matchers.begin(), matchers.end(), [&](auto& part) { return part->load(saved); }) &&
                       std::all_of(absences.begin(), absences.end(), [&](auto& part) { return part->load(saved); });
    if (!whole || !in.ok() || in.remaining() != 0) return damaged();
    return {};
  }

  static Error damaged() { return {"the saved state is damaged"}; }

  [[nodiscard]] std::vector<SavedPattern> saved_patterns() const {
    std::vector<SavedPattern> saved;
    std::size_t matcher = 0;
    for (const auto& pattern : patterns) {
      saved.push_back({pattern.get(), !pattern->absence && matchers[matcher++]->merged()});
    }
    return saved;
  }

  const std::vector<std::shared_ptr<const PatternSpec>> patterns;
  MatchConsumer& consumer;
  const Options options;
  const std::shared_ptr<const PatternSpec> spec;    // of the first pattern: all have its layout and inputs
  const RowLayout& layout;
  EventStore events;
  PredicateTable table;
  EventOrder order;
  std::vector<std::unique_ptr<Matcher>> matchers;
  std::vector<std::unique_ptr<AbsenceWatch>> absences;
  std::vector<const PatternStats*> stats;    // by pattern
  std::unique_ptr<PredicateBits> bits;
  EvalScratch scratch;
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

void Engine::advance(std::uint32_t input, TimeMs low_ms, std::uint64_t sequence) {
  state_->order.set_low(input, low_ms);
  state_->work_on_due(sequence);
}

TimeMs Engine::low_ms() const {
  return state_->order.joint_low_ms();
}

const PatternStats& Engine::stats(std::uint32_t pattern) const {
  return *state_->stats[pattern];
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
  for (const auto& matcher : state_->matchers) bytes += matcher->memory_bytes();
  for (const auto& absence : state_->absences) bytes += absence->memory_bytes();
  return bytes;
}

std::exception_ptr Engine::take_failure() {
  return std::exchange(state_->scratch.failure, nullptr);
}

}    // namespace cepheid::nfa
