#include "nfa/engine/engine.hpp"

#include <algorithm>
#include <utility>

#include "nfa/engine/event_order.hpp"
#include "nfa/matcher/absence_watch.hpp"
#include "nfa/matcher/matcher.hpp"

namespace cepheid::nfa {

struct Engine::State {
  State(std::vector<std::shared_ptr<const PatternSpec>> patterns, MatchConsumer& consumer, Options options)
      : spec(patterns.front()),
        layout(*spec->layout),
        events(layout),
        table(layout),
        order(std::max<std::size_t>(1, spec->inputs.size())) {
    for (std::uint32_t i = 0; i < patterns.size(); ++i) {
      if (patterns[i]->absence) {
        absences.push_back(std::make_unique<AbsenceWatch>(std::move(patterns[i]), i, events, table, consumer));
        stats.push_back(&absences.back()->stats());
      } else {
        matchers.push_back(std::make_unique<Matcher>(std::move(patterns[i]), i, events, table, consumer,
                                                     Matcher::Options{.merge = options.merge_partial_matches}));
        stats.push_back(&matchers.back()->stats());
      }
    }
    bits = std::make_unique<PredicateBits>(table);
    common_row.resize(layout.words());
  }
  ~State() {
    while (StoredEvent* event = order.take_any()) events.release(event);
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
    : state_(std::make_unique<State>(std::move(patterns), consumer, options)) {
  const PatternSpec& spec = *state_->spec;
  if (!spec.stream_field) return;
  for (const PatternSpec::Input& input : spec.inputs) {
    // A stream's row has its own fields in its own order; the common layout has the same fields elsewhere.
    std::vector<Field> fields;
    for (const std::uint32_t field : input.fields) fields.push_back(spec.layout->schema().fields()[field]);
    const RowLayout own{Schema(std::move(fields))};
    std::vector<FieldSlot> slots;
    for (std::uint32_t i = 0; i < input.fields.size(); ++i) slots.push_back(own.slot(i));
    state_->input_slots.push_back(std::move(slots));
  }
}

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

}    // namespace cepheid::nfa
