#include "runtime/operators/pattern.hpp"

#include <fmt/format.h>

#include "nfa/expr/to_text.hpp"

namespace cepheid::runtime {

namespace {

std::vector<const nfa::Batch*> batches_of(const std::vector<PatternOperator::Input>& inputs) {
  std::vector<const nfa::Batch*> batches;
  for (const PatternOperator::Input& input : inputs) batches.push_back(input.batch);
  return batches;
}

}    // namespace

PatternOperator::PatternOperator(const std::vector<Output>& outputs, const std::vector<Input>& inputs, LateMarks& marks,
                                 MatchListener* listener, Log log)
    : inputs_(inputs), marks_(marks), listener_(listener), log_(std::move(log)), merge_(batches_of(inputs)) {
  std::vector<std::shared_ptr<const nfa::PatternSpec>> specs;
  for (const Output& output : outputs) {
    const nfa::PatternSpec& spec = output.plan->spec;
    patterns_.push_back({.output = output,
                         .rows = nfa::MatchRows(spec),
                         .emit_fields = fields_of(spec.emit, output),
                         .timeout_fields = fields_of(spec.timeout_emit, output)});
    // The plan owns the spec and outlives the engine.
    specs.emplace_back(std::shared_ptr<const nfa::PatternSpec>(), &spec);
  }
  engine_ = std::make_unique<nfa::Engine>(std::move(specs), static_cast<nfa::MatchConsumer&>(*this));
}

std::vector<std::uint32_t> PatternOperator::fields_of(const std::vector<nfa::NamedExpr>& items, const Output& output) {
  std::vector<std::uint32_t> fields;
  for (const nfa::NamedExpr& item : items) {
    fields.push_back(output.batch->layout().schema().find(item.name).value_or(0));
  }
  return fields;
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
  Result<void> first_error;
  for (std::uint32_t i = 0; i < patterns_.size(); ++i) {
    Result<void> taken = take_stats(i);
    if (first_error && !taken) first_error = std::move(taken);
  }
  return first_error;
}

Result<void> PatternOperator::take_stats(std::uint32_t pattern) {
  const PatternStats& stats = engine_->stats(pattern);
  Made& made = patterns_[pattern];
  made.output.counters->matches.set(stats.matches);
  made.output.counters->timeouts.set(stats.timeouts);
  made.output.counters->skip_failures.set(stats.skip_failures);
  made.output.counters->dropped.set(stats.dropped);
  made.output.counters->blocked.set(stats.blocked);
  const nfa::PatternSpec& spec = made.output.plan->spec;
  if (stats.failed) {
    return Error{
        fmt::format("pattern `{}` has more than {} partial matches{}, and its `limit partial_matches` says `fail`",
                    spec.name, spec.limit.most, spec.limit.per_key ? " for a key" : "")};
  }
  if (stats.limit_hit && spec.limit.is_default && !made.warned) {
    made.warned = true;
    if (log_) {
      log_(
          fmt::format("pattern `{}` has more than {} partial matches: the oldest are dropped; "
                      "`limit partial_matches` sets another bound",
                      spec.name, spec.limit.most));
    }
  }
  return {};
}

void PatternOperator::on_match(const nfa::MatchView& match) {
  const Made& made = patterns_[match.pattern];
  const nfa::PatternSpec& spec = made.output.plan->spec;
  const bool shadow = made.output.plan->shadow;
  if (shadow && listener_ == nullptr) return;
  const std::span<const nfa::Datum> values = made.rows.compute(match, scratch_, items_);
  if (!shadow) {
    nfa::Batch& batch = *made.output.batch;
    std::uint64_t* row = batch.append(match.time_ms, match.sequence);
    const std::span<const nfa::ExprProgram> programs = made.rows.programs(match.timed_out);
    const std::vector<std::uint32_t>& fields = match.timed_out ? made.timeout_fields : made.emit_fields;
    for (std::size_t i = 0; i < values.size(); ++i) {
      // What was taken lives during this call only, the row until the end of the pass.
      batch.layout().set(row, fields[i], nfa::copy_datum(values[i], programs[i].type(), batch.arena()));
    }
    if (!spec.has_emit && !match.timed_out) set_plain_fields(made, match, row);
  }
  if (listener_ != nullptr) listener_->on_match(spec, match, values);
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
  set("since", nfa::Datum::of_int(match.start_ms));
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

}    // namespace cepheid::runtime
