#include "runtime/operators/aggregate.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "runtime/aggregate/running_totals.hpp"
#include "runtime/aggregate/session_windows.hpp"
#include "runtime/aggregate/slice_windows.hpp"

namespace cepheid::runtime {

namespace {

using Kind = patterns::WindowPlan::Kind;

/// Key fields as `key`, the other items as `value`.
StateShape shape_of(const patterns::AggregatePlan& plan, std::string name, const nfa::Batch& output) {
  StateShape shape{.name = std::move(name),
                   .key = {.layout = plan.state_layout, .fields = {}},
                   .value = {.layout = output.shared_layout(), .fields = {}}};
  for (std::uint32_t i = 0; i < plan.key.size(); ++i) shape.key.fields.push_back(i);
  const std::vector<Field>& fields = output.layout().schema().fields();
  for (std::uint32_t i = 0; i < fields.size(); ++i) {
    const bool is_key = std::ranges::any_of(plan.key, [&](const auto& part) { return part.name == fields[i].name; });
    if (!is_key) shape.value.fields.push_back(i);
  }
  return shape;
}

/// Does the expression name one of the fields [begin, end)?
bool names_field(const nfa::TypedExpr& expression, std::uint32_t begin, std::uint32_t end) {
  if (expression.kind == nfa::TypedExpr::Kind::field && begin <= expression.field && expression.field < end)
    return true;
  return std::ranges::any_of(expression.args,
                             [begin, end](const nfa::TypedExpr& part) { return names_field(part, begin, end); });
}

}    // namespace

AggregateOperator::AggregateOperator(const patterns::AggregatePlan& plan, std::string name,
                                     const std::vector<OperatorInput>& inputs, nfa::Batch& output)
    : StateView(shape_of(plan, std::move(name), output)),
      plan_(plan),
      inputs_(inputs, plan.inputs, plan.input_layout),
      keys_(plan.key, *plan.input_layout),
      output_(output),
      rows_(output),
      accumulators_(plan.calls, *plan.input_layout),
      blocks_(accumulators_),
      select_(plan.items, *plan.state_layout, output.shared_layout()),
      state_row_(plan.state_layout->null_row()) {
  if (inputs_.are_copied()) copies_.resize(GroupKeys::kBlock * plan.input_layout->words());
  const auto key_fields = static_cast<std::uint32_t>(plan.key.size());
  for (const nfa::NamedExpr& item : plan.items) {
    names_key_ = names_key_ || names_field(item.value, 0, key_fields);
    names_window_ = names_window_ || names_field(item.value, key_fields, key_fields + 2);
  }
  plain_rows_ = PlainRows::of(plan, accumulators_, output.layout());
  if (plan.having) having_ = nfa::compile_expression(*plan.having, {.row = &output.layout()});
}

void AggregateOperator::keep_keys() {
  StateView::keep_keys();
  keys_.listen(*this);
}

nfa::Row AggregateOperator::kept_row(nfa::Row row) {
  if (!inputs_.are_copied()) return row;
  const std::uint32_t words = plan_.input_layout->words();
  std::uint64_t* copy = copies_.data() + block_rows_ * words;
  std::memcpy(copy, row, words * sizeof(std::uint64_t));
  return copy;
}

bool AggregateOperator::make_row(const WindowResults& result, bool with_key) {
  row_scratch_.clear();
  const nfa::RowLayout& layout = *plan_.state_layout;
  auto field = static_cast<std::uint32_t>(plan_.key.size());
  if (with_key) set_key(result.keys.front());
  if (plan_.window.kind != Kind::none && (with_key || names_window_)) {
    layout.set(state_row_.data(), field, nfa::Datum::of_int(result.start_ms));
    layout.set(state_row_.data(), field + 1, nfa::Datum::of_int(result.end_ms));
  }
  field += 2;
  for (std::size_t call = 0; call < plan_.calls.size(); ++call) {
    layout.set(state_row_.data(), field++, accumulators_.result(call, result.states.front(), row_scratch_));
  }
  row_ = select_.apply(state_row_.data(), result.time_ms, row_scratch_);
  return !having_ || having_->holds({.row = row_, .time_ms = result.time_ms}, row_scratch_);
}

void AggregateOperator::set_key(GroupId key) {
  std::uint32_t field = 0;
  for (const nfa::Datum& value : keys_.values(key, row_scratch_.arena)) {
    plan_.state_layout->set(state_row_.data(), field++, value);
  }
}

void AggregateOperator::on_windows(const WindowResults& results) {
  if (plain_rows_ && !having_) {
    plain_rows_->append(results, keys_, output_, row_scratch_);
    return;
  }
  WindowResults one = results;
  for (std::size_t i = 0; i < results.keys.size(); ++i) {
    one.keys = results.keys.subspan(i, 1);
    one.states = results.states.subspan(i, 1);
    if (plain_rows_) {
      plain_rows_->append(one, keys_, output_, row_scratch_);
      row_scratch_.clear();
      const nfa::Row row = output_.row(output_.size() - 1);
      if (!having_->holds({.row = row, .time_ms = one.time_ms}, row_scratch_)) output_.drop_last();
    } else if (make_row(one, names_key_)) {
      rows_.append(row_, one.time_ms, one.sequence);
    }
  }
}

void AggregateOperator::on_key(GroupId id) {
  row_scratch_.clear();
  note_key(keys_.values(id, row_scratch_.arena), id);
}

void AggregateOperator::on_key_gone(GroupId id) {
  row_scratch_.clear();
  forget_key(keys_.values(id, row_scratch_.arena));
}

namespace {

/// The operator for one kind of windows.
template <typename Windows>
class AggregateOf final : public AggregateOperator {
 public:
  template <typename... Args>
  AggregateOf(const patterns::AggregatePlan& plan, std::string name, const std::vector<OperatorInput>& inputs,
              nfa::Batch& output, LateMarks* marks, Args&&... args)
      : AggregateOperator(plan, std::move(name), inputs, output),
        windows_(std::forward<Args>(args)..., parts(marks)),
        speaks_(plan.window.kind == Kind::none || plan.emit_changes || plan.allowed_lateness > 0) {}

  Result<void> process() override {
    inputs_.walk([&](nfa::Row row, TimeMs time_ms, std::uint64_t sequence) { take_row(row, time_ms, sequence); },
                 [&](TimeMs low_ms, std::uint64_t sequence) { take_low(low_ms, sequence); });
    add_block();
    return {};
  }

  void read(StateId id, const Visit& visit) override {
    const auto key = static_cast<GroupId>(id);
    windows_.each_open(key, inputs_.low_ms(), [&](TimeMs start_ms, TimeMs end_ms, const std::uint64_t* state) {
      const WindowResults result{.start_ms = start_ms, .end_ms = end_ms, .keys = {&key, 1}, .states = {&state, 1}};
      if (make_row(result, true)) visit(key_row(), value_row());
    });
  }

 private:
  void take_row(nfa::Row row, TimeMs time_ms, std::uint64_t sequence) {
    block_[block_rows_] = {.row = kept_row(row),
                           .time_ms = time_ms,
                           .sequence = sequence,
                           .arrival = ++arrivals_,
                           .low_ms = inputs_.low_ms(),
                           .of_source = inputs_.is_of_source()};
    keys_.expect(block_[block_rows_].row);
    block_alarm_ms_ = std::min(block_alarm_ms_, windows_.alarm_of(time_ms));
    if (++block_rows_ == block_.size()) add_block();
  }

  void take_low(TimeMs low_ms, std::uint64_t sequence) {
    if (speaks_ || low_ms >= block_alarm_ms_ || low_ms >= windows_.alarm_ms()) {
      add_block();
      if (low_ms >= windows_.alarm_ms()) windows_.advance(low_ms, sequence);
    }
    // What comes later has a window that ends after low - allowed lateness; a row's time is its window's last ms.
    output_.advance(low_ms == kEndOfTime ? low_ms : subtract_saturated(low_ms, plan_.allowed_lateness), sequence);
  }

  void add_block() {
    if (block_rows_ == 0) return;
    const std::span<InputRow> rows = std::span(block_).first(block_rows_);
    add_scratch_.clear();
    keys_.find(rows, add_scratch_);
    windows_.add(rows);
    block_rows_ = 0;
    block_alarm_ms_ = kEndOfTime;
  }

  Windows windows_;
  bool speaks_;    // add_block() may give rows
  std::uint64_t arrivals_ = 0;
  TimeMs block_alarm_ms_ = kEndOfTime;    // of the rows in block_
};

}    // namespace

std::unique_ptr<AggregateOperator> make_aggregate(const patterns::AggregatePlan& plan, std::string name,
                                                  const std::vector<OperatorInput>& inputs, nfa::Batch& output,
                                                  LateMarks* marks) {
  const WindowWish wish{.allowed_lateness = plan.allowed_lateness, .on_each_row = plan.emit_changes};
  switch (plan.window.kind) {
    case Kind::none: return std::make_unique<AggregateOf<RunningTotals>>(plan, std::move(name), inputs, output, marks);
    case Kind::session:
      return std::make_unique<AggregateOf<SessionWindows>>(plan, std::move(name), inputs, output, marks,
                                                           plan.window.size_ms, wish);
    default:
      return std::make_unique<AggregateOf<SliceWindows>>(plan, std::move(name), inputs, output, marks, plan.window,
                                                         wish);
  }
}

}    // namespace cepheid::runtime
