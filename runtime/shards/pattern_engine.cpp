#include "runtime/shards/pattern_engine.hpp"

#include <span>
#include <string_view>
#include <utility>

#include "nfa/expr/to_text.hpp"

namespace cepheid::runtime {

namespace {

std::vector<std::uint32_t> fields_of(const std::vector<nfa::NamedExpr>& items, const nfa::RowLayout& layout) {
  std::vector<std::uint32_t> fields;
  for (const nfa::NamedExpr& item : items) fields.push_back(layout.schema().find(item.name).value_or(0));
  return fields;
}

}    // namespace

PatternEngine::PatternEngine(const patterns::Plan& plan, const std::vector<patterns::RelationId>& patterns,
                             MatchListener* listener)
    : listener_(listener) {
  std::vector<std::shared_ptr<const nfa::PatternSpec>> specs;
  for (const patterns::RelationId id : patterns) {
    const patterns::Relation& relation = plan.relations[id];
    const auto& pattern = std::get<patterns::PatternPlan>(relation.body);
    patterns_.push_back({.plan = &pattern,
                         .layout = relation.layout,
                         .rows = nfa::MatchRows(pattern.spec),
                         .emit_fields = fields_of(pattern.spec.emit, *relation.layout),
                         .timeout_fields = fields_of(pattern.spec.timeout_emit, *relation.layout)});
    // The plan owns the spec and outlives the engine.
    specs.emplace_back(std::shared_ptr<const nfa::PatternSpec>(), &pattern.spec);
  }
  engine_ = std::make_unique<nfa::Engine>(std::move(specs), static_cast<nfa::MatchConsumer&>(*this));
}

EngineResult PatternEngine::make_result() const {
  EngineResult result;
  for (const Made& made : patterns_) result.push_back({.matches = MatchBatch(made.layout), .stats = {}});
  return result;
}

void PatternEngine::work(const Track& track, const std::vector<ShardId>* owners, ShardId shard, EngineResult& result) {
  scratch_.clear();
  for (PatternResult& pattern : result) pattern.matches.clear();
  result_ = &result;
  std::size_t row = 0;
  std::size_t move = 0;
  for (const Track::Run& run : track.runs) {
    std::span rows = std::span(track.rows).subspan(row, run.rows_end - row);
    if (owners != nullptr) rows = own_rows(rows, std::span(*owners).subspan(row), shard);
    engine_->push(run.input, rows, std::span(track.moves).subspan(move, run.moves_end - move));
    row = run.rows_end;
    move = run.moves_end;
  }
  for (std::uint32_t i = 0; i < result.size(); ++i) result[i].stats = engine_->stats(i);
}

std::span<const nfa::Engine::Arrival> PatternEngine::own_rows(std::span<const nfa::Engine::Arrival> rows,
                                                              std::span<const ShardId> owners, ShardId shard) {
  if (own_.size() < rows.size()) own_.resize(rows.size());
  std::size_t count = 0;
  // No branch for this: whose a row is cannot be foreseen.
  for (std::size_t i = 0; i < rows.size(); ++i) {
    own_[count] = rows[i];
    count += std::size_t{owners[i] == shard};
  }
  return std::span(own_).first(count);
}

void PatternEngine::on_match(const nfa::MatchView& match) {
  const Made& made = patterns_[match.pattern];
  const nfa::PatternSpec& spec = made.plan->spec;
  const bool shadow = made.plan->shadow;
  if (shadow && listener_ == nullptr) return;
  const std::span<const nfa::Datum> values = made.rows.compute(match, scratch_, items_);
  if (!shadow) {
    MatchBatch& matches = (*result_)[match.pattern].matches;
    std::uint64_t* row = matches.append(match);
    nfa::Batch& batch = matches.rows();
    const std::span<const nfa::ExprProgram> programs = made.rows.programs(match.timed_out);
    const std::vector<std::uint32_t>& fields = match.timed_out ? made.timeout_fields : made.emit_fields;
    for (std::size_t i = 0; i < values.size(); ++i) {
      // What was taken lives during this call only, the row until the end of the pass.
      batch.layout().set(row, fields[i], nfa::copy_datum(values[i], programs[i].type(), batch.arena()));
    }
    if (!spec.has_emit && !match.timed_out) set_plain_fields(made, match, batch, row);
  }
  if (listener_ != nullptr) listener_->on_match(spec, match, values);
}

void PatternEngine::set_plain_fields(const Made& made, const nfa::MatchView& match, nfa::Batch& batch,
                                     std::uint64_t* row) {
  const nfa::RowLayout& layout = batch.layout();
  const nfa::PatternSpec& spec = made.plan->spec;
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
