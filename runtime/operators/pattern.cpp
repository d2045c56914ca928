#include "runtime/operators/pattern.hpp"

#include "nfa/expr/to_text.hpp"

namespace cepheid::runtime {

namespace {

std::vector<const nfa::Batch*> batches_of(const std::vector<PatternOperator::Input>& inputs) {
  std::vector<const nfa::Batch*> batches;
  for (const PatternOperator::Input& input : inputs) batches.push_back(input.batch);
  return batches;
}

}  // namespace

PatternOperator::PatternOperator(const std::vector<Output>& outputs, const std::vector<Input>& inputs,
                                 LateMarks& marks, MatchListener* listener)
    : inputs_(inputs), marks_(marks), listener_(listener), merge_(batches_of(inputs)) {
  std::vector<std::shared_ptr<const nfa::PatternSpec>> specs;
  for (const Output& output : outputs) {
    const nfa::PatternSpec& spec = output.plan->spec;
    patterns_.push_back({.output = output,
                         .emit = compile(spec.emit, output),
                         .timeout_emit = compile(spec.timeout_emit, output)});
    // The plan owns the spec and outlives the engine.
    specs.emplace_back(std::shared_ptr<const nfa::PatternSpec>(), &spec);
  }
  engine_ = std::make_unique<nfa::Engine>(std::move(specs), static_cast<nfa::MatchConsumer&>(*this));
}

PatternOperator::Rows PatternOperator::compile(const std::vector<nfa::NamedExpr>& items, const Output& output) const {
  Rows rows;
  const nfa::RowLayout* layout = output.plan->spec.layout.get();
  for (const nfa::NamedExpr& item : items) {
    rows.programs.push_back(nfa::compile_expression(item.value, {.row = layout, .taken = layout}));
    rows.fields.push_back(output.batch->layout().schema().find(item.name).value_or(0));
  }
  return rows;
}

Result<void> PatternOperator::process() {
  scratch_.clear();
  merge_.walk(
      [&](std::size_t input, const nfa::Batch& batch, std::size_t i) {
        const std::uint64_t sequence = batch.sequence(i);
        // Told at once how far the row moves its stream, the engine need not keep a copy of it.
        const nfa::Batch::Advance* next = merge_.advance_after_row(input);
        const TimeMs low_after_ms = next == nullptr ? kBeginOfTime : next->low_ms;
        const bool taken =
            engine_->push(static_cast<std::uint32_t>(input), batch.row(i), batch.time_ms(i), sequence, low_after_ms);
        if (inputs_[input].of_source) marks_.note(sequence, taken);
      },
      [&](std::size_t input, const nfa::Batch::Advance& advance) {
        engine_->advance(static_cast<std::uint32_t>(input), advance.low_ms, advance.sequence);
        const TimeMs low_ms = engine_->low_ms();
        if (low_ms <= low_ms_) return;
        low_ms_ = low_ms;
        for (const Made& made : patterns_) made.output.batch->advance(low_ms, advance.sequence);
      });
  for (std::uint32_t i = 0; i < patterns_.size(); ++i) {
    const nfa::PatternStats& stats = engine_->stats(i);
    patterns_[i].output.counters->matches.set(stats.matches);
    patterns_[i].output.counters->timeouts.set(stats.timeouts);
    patterns_[i].output.counters->skip_failures.set(stats.skip_failures);
  }
  return {};
}

void PatternOperator::on_match(const nfa::MatchView& match) {
  const Made& made = patterns_[match.pattern];
  const nfa::PatternSpec& spec = made.output.plan->spec;
  const Rows& rows = match.timed_out ? made.timeout_emit : made.emit;
  items_.assign(rows.programs.size(), nfa::Datum());
  std::uint64_t* row = made.output.batch->append(match.time_ms, match.sequence);
  for (std::size_t i = 0; i < rows.programs.size(); ++i) {
    items_[i] = rows.programs[i].evaluate({.time_ms = match.time_ms, .taken = match.taken, .items = items_}, scratch_);
    // What was taken lives during this call only, the row until the end of the pass.
    const nfa::Datum kept = nfa::copy_datum(items_[i], rows.programs[i].type(), made.output.batch->arena());
    made.output.batch->layout().set(row, rows.fields[i], kept);
  }
  if (!spec.has_emit && !match.timed_out) set_plain_fields(made, match, row);
  if (listener_ != nullptr) listener_->on_match(spec, match, items_);
}

void PatternOperator::set_plain_fields(const Made& made, const nfa::MatchView& match, std::uint64_t* row) {
  nfa::Batch& batch = *made.output.batch;
  const nfa::RowLayout& layout = batch.layout();
  const nfa::PatternSpec& spec = made.output.plan->spec;
  const auto set = [&](std::string_view name, const nfa::Datum& datum) {
    if (const auto field = layout.schema().find(name)) layout.set(row, *field, datum);
  };
  set("pattern", nfa::Datum::of_text(batch.arena().copy_text(spec.name)));
  set("start", nfa::Datum::of_int(match.start_ms));
  set("end", nfa::Datum::of_int(match.end_ms));
  auto* keys = static_cast<nfa::Datum*>(batch.arena().allocate(match.key.size() * sizeof(nfa::Datum)));
  const auto key_field = layout.schema().find("key");
  for (std::size_t i = 0; i < match.key.size(); ++i) {
    const Type& type = spec.key[i].type;
    keys[i] = nfa::copy_datum(match.key[i], type, batch.arena());
    // Keys of several types are put into one list as texts.
    const bool as_text = key_field && !(*layout.schema().fields()[*key_field].type.element == type);
    if (as_text && !keys[i].null) keys[i] = nfa::Datum::of_text(nfa::to_text(keys[i], type, batch.arena()));
  }
  auto* key = static_cast<nfa::Composite*>(batch.arena().allocate(sizeof(nfa::Composite)));
  key->size = match.key.size();
  key->items = keys;
  set("key", nfa::Datum::of_composite(key));
}

}  // namespace cepheid::runtime
