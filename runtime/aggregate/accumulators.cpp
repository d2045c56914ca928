#include "runtime/aggregate/accumulators.hpp"

#include <algorithm>
#include <limits>
#include <new>

#include <boost/unordered/unordered_flat_set.hpp>

#include "nfa/expr/to_text.hpp"
#include "runtime/aggregate/collected_values.hpp"
#include "runtime/aggregate/distinct_sketch.hpp"
#include "runtime/aggregate/ranked_values.hpp"
#include "runtime/aggregate/state_words.hpp"
#include "runtime/aggregate/value_groups.hpp"

namespace cepheid::runtime {

using nfa::Datum;

namespace {

using Function = patterns::AggregateCall::Function;
using DistinctValues = boost::unordered_flat_set<OwnedDatum, HashOfDatum, SameDatum>;

/// How a call's state is kept.
enum class Keep : std::uint8_t {
  nothing,    // the result is what it is of no rows
  rows,
  values,
  true_values,
  double_sum,
  double_total,
  exact_total,
  spread,
  least,
  greatest,
  first,
  last,
  distinct,
  sketch,
  ranked,
  collected,
  groups,
};

/// An expression that is mostly just a field.
struct Operand {
  std::optional<nfa::ExprProgram> program;    // none: a field
  FieldSlot slot;
  Type type;

  void compile(const nfa::TypedExpr& expression, const nfa::RowLayout& layout) {
    type = expression.type;
    if (expression.kind == nfa::TypedExpr::Kind::field) {
      slot = layout.slot(expression.field);
    } else {
      program = nfa::compile_expression(expression, {.row = &layout, .taken = nullptr, .sides = {}});
    }
  }
  [[nodiscard]] Datum read(const InputRow& row, nfa::EvalScratch& scratch) const {
    return program ? compute(row, scratch) : nfa::read_field(row.row, slot);
  }
  /// Apart, so that the reading of fields is inlined.
  [[nodiscard]] [[gnu::noinline]] Datum compute(const InputRow& row, nfa::EvalScratch& scratch) const {
    return program->evaluate({.row = row.row, .time_ms = row.time_ms, .taken = nullptr, .sides = {}, .items = {}},
                             scratch);
  }
};

double as_double(const Datum& datum, const Type& type) {
  switch (type.kind) {
    case TypeKind::double_: return datum.number;
    case TypeKind::decimal: return nfa::decimal_to_double(datum.units, type.scale);
    default: return static_cast<double>(datum.integer);
  }
}

/// Room for a composite of so many items in `arena`: the items, to be filled, and the datum.
struct NewComposite {
  Datum* items;
  Datum datum;

  NewComposite(std::size_t size, nfa::Arena& arena) : items(static_cast<Datum*>(arena.allocate(size * sizeof(Datum)))) {
    std::uninitialized_default_construct_n(items, size);
    datum = Datum::of_composite(new (arena.allocate(sizeof(nfa::Composite))) nfa::Composite{size, items});
  }
};

void set_chosen(Chosen& chosen, std::uint64_t arrival, const Datum& value, const Type& type) {
  chosen.arrival = arrival;
  if (!nfa::is_deep(type.kind)) {
    std::memcpy(chosen.value, &value.units, sizeof chosen.value);
    return;
  }
  if (chosen.value[0] == 0) hang(chosen.value, new OwnedDatum);
  hanging<OwnedDatum>(chosen.value)->assign(value, type);
}

Datum chosen_value(const Chosen& chosen, const Type& type) {
  if (chosen.arrival == 0) return {};
  if (nfa::is_deep(type.kind)) return hanging<OwnedDatum>(chosen.value)->get();
  Datum datum;
  std::memcpy(&datum.units, chosen.value, sizeof chosen.value);
  datum.null = false;
  return datum;
}

/// Does a value take the place of the chosen one?
bool replaces(Keep keep, std::uint64_t arrival, const Datum& value, const Chosen& chosen, const Type& type) {
  if (chosen.arrival == 0) return true;
  switch (keep) {
    case Keep::first: return arrival < chosen.arrival;
    case Keep::last: return arrival > chosen.arrival;
    case Keep::least: return nfa::compare_values(value, type, chosen_value(chosen, type), type) == nfa::kLess;
    default: return nfa::compare_values(value, type, chosen_value(chosen, type), type) == nfa::kGreater;
  }
}

void choose(Keep keep, std::uint64_t* words, std::uint64_t arrival, const Datum& value, const Type& type) {
  auto chosen = read_words<Chosen>(words);
  if (!replaces(keep, arrival, value, chosen, type)) return;
  set_chosen(chosen, arrival, value, type);
  write_words(words, chosen);
}

template <typename Total>
void merge_totals(std::uint64_t* into, const std::uint64_t* from) {
  auto total = read_words<Total>(into);
  total.merge(read_words<Total>(from));
  write_words(into, total);
}

}    // namespace

struct Accumulators::Call {
  Function function = Function::count_rows;
  Keep keep = Keep::nothing;
  std::uint32_t at = 0;    // its first word
  Operand value;
  Operand by;
  std::optional<nfa::ExprProgram> where;
  CollectedValues::Order order;
  double fraction = 0;
  std::size_t n = 0;
  // Of values that rows are grouped by: what is kept for each.
  std::unique_ptr<Accumulators> inner;
  std::shared_ptr<const nfa::RowLayout> inner_layout;
  std::optional<nfa::ExprProgram> result;
  Type text_type = Type::string();

  [[nodiscard]] bool by_text() const { return function != Function::top; }
  /// The type of the values that rows are grouped by.
  [[nodiscard]] const Type& group_type() const { return by_text() ? text_type : value.type; }

  [[nodiscard]] std::uint32_t words() const {
    switch (keep) {
      case Keep::nothing: return 0;
      case Keep::double_total: return kWordsOf<DoubleTotal>;
      case Keep::exact_total: return kWordsOf<ExactTotal>;
      case Keep::spread: return kWordsOf<Spread>;
      case Keep::least:
      case Keep::greatest:
      case Keep::first:
      case Keep::last: return kWordsOf<Chosen>;
      default: return 1;
    }
  }
  [[nodiscard]] bool is_flat() const {
    switch (keep) {
      case Keep::least:
      case Keep::greatest:
      case Keep::first:
      case Keep::last: return !nfa::is_deep(value.type.kind);
      case Keep::distinct:
      case Keep::sketch:
      case Keep::ranked:
      case Keep::collected:
      case Keep::groups: return false;
      default: return true;
    }
  }

  DistinctValues& distinct(std::uint64_t* word) const {
    if (*word == 0) hang(word, new DistinctValues(0, HashOfDatum{&value.type}, SameDatum{&value.type}));
    return *hanging<DistinctValues>(word);
  }
  RankedValues& ranked(std::uint64_t* word) const {
    if (*word == 0) hang(word, new RankedValues(value.type, fraction));
    return *hanging<RankedValues>(word);
  }
  template <typename Held>
  static Held& made(std::uint64_t* word) {
    if (*word == 0) hang(word, new Held);
    return *hanging<Held>(word);
  }

  [[nodiscard]] Datum groups_object(const ValueGroups& groups, nfa::EvalScratch& scratch) const;
  [[nodiscard]] Datum best_groups(const ValueGroups& groups, nfa::EvalScratch& scratch) const;
};

namespace {

Keep keep_of(const patterns::AggregateCall& call) {
  const bool constant = call.value && call.value->kind == nfa::TypedExpr::Kind::constant;
  const bool is_double = call.value && call.value->type.kind == TypeKind::double_;
  switch (call.function) {
    case Function::count_rows: return Keep::rows;
    case Function::count: {
      if (constant) {
        const bool null = std::holds_alternative<std::monostate>(call.value->constant.state);
        const bool* truth = std::get_if<bool>(&call.value->constant.state);
        return null || (truth != nullptr && !*truth) ? Keep::nothing : Keep::rows;
      }
      return call.value->type.kind == TypeKind::bool_ ? Keep::true_values : Keep::values;
    }
    case Function::sum: return is_double ? Keep::double_sum : Keep::exact_total;
    case Function::avg: return is_double ? Keep::double_total : Keep::exact_total;
    case Function::min: return Keep::least;
    case Function::max: return Keep::greatest;
    case Function::stddev: return Keep::spread;
    case Function::first: return Keep::first;
    case Function::last: return Keep::last;
    case Function::count_distinct: return Keep::distinct;
    case Function::approx_count_distinct: return Keep::sketch;
    case Function::percentile: return Keep::ranked;
    case Function::collect: return Keep::collected;
    case Function::histogram:
    case Function::per:
    case Function::top: return Keep::groups;
  }
  return Keep::nothing;
}

/// What is kept for each value that rows are grouped by.
std::vector<patterns::AggregateCall> inner_calls(const patterns::AggregateCall& call) {
  if (call.function == Function::per) return call.inner;
  patterns::AggregateCall inner;
  if (call.function == Function::top) {
    inner.function = Function::sum;
    inner.value = call.by;
    inner.type = call.by->type;
  } else {
    inner.type = Type::int64();
  }
  return {inner};
}

}    // namespace

Accumulators::Accumulators(const std::vector<patterns::AggregateCall>& plan, const nfa::RowLayout& layout) {
  for (const patterns::AggregateCall& from : plan) {
    calls_.push_back(std::make_unique<Call>());
    Call& call = *calls_.back();
    call.function = from.function;
    call.keep = keep_of(from);
    if (from.value) call.value.compile(*from.value, layout);
    if (from.by) call.by.compile(*from.by, layout);
    if (from.where) call.where = nfa::compile_expression(*from.where, {.row = &layout, .taken = nullptr, .sides = {}});
    call.fraction = from.fraction;
    call.n = static_cast<std::size_t>(std::max<std::int64_t>(from.n, 0));
    if (from.by) call.order = {.by = &call.by.type, .descending = from.descending};
    if (call.keep == Keep::groups) {
      call.inner = std::make_unique<Accumulators>(inner_calls(from), layout);
      if (from.function == Function::per) {
        call.inner_layout = from.inner_layout;
        call.result =
            nfa::compile_expression(*from.result, {.row = from.inner_layout.get(), .taken = nullptr, .sides = {}});
      }
    }
    call.at = words_;
    note_words(call);
    words_ += call.words();
    flat_ = flat_ && call.is_flat();
  }
}

void Accumulators::note_words(const Call& call) {
  Place place{.at = words_};
  switch (call.keep) {
    case Keep::nothing: break;
    case Keep::rows:
    case Keep::values:
    case Keep::true_values:
      place.is = Place::Is::count;
      is_double_.push_back(false);
      break;
    case Keep::double_sum:
      place.is = Place::Is::sum;
      is_double_.push_back(true);
      break;
    case Keep::double_total:
      is_double_.insert(is_double_.end(), {true, false});    // DoubleTotal's sum and count
      break;
    default: sums_only_ = false;
  }
  places_.push_back(place);
}

Accumulators::~Accumulators() = default;

void Accumulators::add(std::span<const InputRow> rows, nfa::EvalScratch& scratch) const {
  for (const auto& call : calls_) add_call(*call, rows, scratch);
}

void Accumulators::add_call(const Call& call, std::span<const InputRow> rows, nfa::EvalScratch& scratch) const {
  const std::uint32_t at = call.at;
  // Hands each row that `where` lets through.
  const auto each_row = [&](auto&& use) {
    if (call.where) {
      for (const InputRow& row : rows) {
        const bool holds = call.where->holds(
            {.row = row.row, .time_ms = row.time_ms, .taken = nullptr, .sides = {}, .items = {}}, scratch);
        if (holds) use(row, row.state + at);
      }
    } else {
      for (const InputRow& row : rows) use(row, row.state + at);
    }
  };
  // The same with the value, which is not null.
  const auto each_value = [&](auto&& use) {
    each_row([&](const InputRow& row, std::uint64_t* words) {
      const Datum datum = call.value.read(row, scratch);
      if (!datum.null) use(row, words, datum);
    });
  };
  switch (call.keep) {
    case Keep::nothing: return;
    case Keep::rows: return each_row([](const InputRow&, std::uint64_t* words) { ++*words; });
    case Keep::values: return each_value([](const InputRow&, std::uint64_t* words, const Datum&) { ++*words; });
    case Keep::true_values:
      return each_value(
          [](const InputRow&, std::uint64_t* words, const Datum& datum) { *words += datum.boolean ? 1 : 0; });
    case Keep::double_sum:
      return each_value([](const InputRow&, std::uint64_t* words, const Datum& datum) {
        write_words(words, read_words<double>(words) + datum.number);
      });
    case Keep::double_total:
      return each_value([](const InputRow&, std::uint64_t* words, const Datum& datum) {
        auto total = read_words<DoubleTotal>(words);
        total.add(datum.number);
        write_words(words, total);
      });
    case Keep::exact_total: {
      const bool decimal = call.value.type.kind == TypeKind::decimal;
      return each_value([decimal](const InputRow&, std::uint64_t* words, const Datum& datum) {
        auto total = read_words<ExactTotal>(words);
        total.add(decimal ? datum.units : Int128{datum.integer});
        write_words(words, total);
      });
    }
    case Keep::spread:
      return each_value([&](const InputRow&, std::uint64_t* words, const Datum& datum) {
        auto spread = read_words<Spread>(words);
        spread.add(as_double(datum, call.value.type));
        write_words(words, spread);
      });
    case Keep::least:
    case Keep::greatest:
    case Keep::first:
    case Keep::last:
      return each_value([&](const InputRow& row, std::uint64_t* words, const Datum& datum) {
        choose(call.keep, words, row.arrival, datum, call.value.type);
      });
    case Keep::distinct:
      return each_value([&](const InputRow&, std::uint64_t* words, const Datum& datum) {
        DistinctValues& values = call.distinct(words);
        if (values.find(datum) == values.end()) values.emplace(datum, call.value.type);
      });
    case Keep::sketch:
      return each_value([&](const InputRow&, std::uint64_t* words, const Datum& datum) {
        nfa::ValueHasher hasher;
        hasher.add(datum, call.value.type);
        Call::made<DistinctSketch>(words).add(static_cast<std::uint64_t>(hasher.result()));
      });
    case Keep::ranked:
      return each_value(
          [&](const InputRow&, std::uint64_t* words, const Datum& datum) { call.ranked(words).add(datum, 1); });
    case Keep::collected:
      return each_row([&](const InputRow& row, std::uint64_t* words) {
        const Datum value = call.value.read(row, scratch);
        const Datum by = call.order.by != nullptr ? call.by.read(row, scratch) : Datum();
        Call::made<CollectedValues>(words).add(value, call.value.type, by, call.by.type, row.arrival);
      });
    case Keep::groups:
      return each_value([&](const InputRow& row, std::uint64_t* words, const Datum& datum) {
        const Datum value =
            call.by_text() ? Datum::of_text(nfa::to_text(datum, call.value.type, scratch.arena)) : datum;
        ValueGroups::Group& group =
            Call::made<ValueGroups>(words).find_or_make(value, call.group_type(), row.arrival, call.inner->words());
        InputRow inner = row;
        inner.state = group.state.get();
        call.inner->add({&inner, 1}, scratch);
      });
  }
}

void Accumulators::merge_calls(std::uint64_t* into, const std::uint64_t* from) const {
  for (const auto& call : calls_) merge_call(*call, into + call->at, from + call->at);
}

void Accumulators::merge_call(const Call& call, std::uint64_t* into, const std::uint64_t* from) {
  switch (call.keep) {
    case Keep::nothing: return;
    case Keep::rows:
    case Keep::values:
    case Keep::true_values: *into += *from; return;
    case Keep::double_sum: write_words(into, read_words<double>(into) + read_words<double>(from)); return;
    case Keep::double_total: return merge_totals<DoubleTotal>(into, from);
    case Keep::exact_total: return merge_totals<ExactTotal>(into, from);
    case Keep::spread: return merge_totals<Spread>(into, from);
    case Keep::least:
    case Keep::greatest:
    case Keep::first:
    case Keep::last: {
      const auto other = read_words<Chosen>(from);
      if (other.arrival != 0) {
        choose(call.keep, into, other.arrival, chosen_value(other, call.value.type), call.value.type);
      }
      return;
    }
    default: break;
  }
  if (*from == 0) return;
  switch (call.keep) {
    case Keep::distinct: {
      DistinctValues& values = call.distinct(into);
      for (const OwnedDatum& value : *hanging<DistinctValues>(from)) {
        if (values.find(value.get()) == values.end()) values.emplace(value.get(), call.value.type);
      }
      return;
    }
    case Keep::sketch: return Call::made<DistinctSketch>(into).merge(*hanging<DistinctSketch>(from));
    case Keep::ranked: return call.ranked(into).merge(*hanging<RankedValues>(from));
    case Keep::collected:
      return Call::made<CollectedValues>(into).merge(*hanging<CollectedValues>(from), call.value.type, call.by.type);
    default: {
      auto& groups = Call::made<ValueGroups>(into);
      for (const ValueGroups::Group& other : hanging<ValueGroups>(from)->groups()) {
        ValueGroups::Group& group =
            groups.find_or_make(other.value.get(), call.group_type(), other.hash, other.first, call.inner->words());
        group.first = std::min(group.first, other.first);
        call.inner->merge(group.state.get(), other.state.get());
      }
    }
  }
}

Datum Accumulators::compute_result(std::size_t number, const std::uint64_t* state, nfa::EvalScratch& scratch) const {
  const Call& call = *calls_[number];
  const std::uint64_t* words = state + call.at;
  const TypeKind kind = call.value.type.kind;
  switch (call.keep) {
    case Keep::nothing: return Datum::of_int(0);
    case Keep::rows:
    case Keep::values:
    case Keep::true_values: return Datum::of_int(static_cast<std::int64_t>(*words));
    case Keep::double_sum: return nfa::finite(read_words<double>(words));
    case Keep::double_total: {
      const auto total = read_words<DoubleTotal>(words);
      return total.count == 0 ? Datum() : Datum(nfa::finite(total.sum / static_cast<double>(total.count)));
    }
    case Keep::exact_total: {
      const auto total = read_words<ExactTotal>(words);
      if (total.overflow != 0) return {};
      if (call.function == Function::avg) {
        if (total.count == 0) return {};
        const int scale = kind == TypeKind::decimal ? call.value.type.scale : 0;
        return nfa::finite(nfa::decimal_to_double(total.units, scale) / static_cast<double>(total.count));
      }
      if (kind == TypeKind::decimal) return Datum::of_decimal(total.units);
      const bool fits = total.units <= std::numeric_limits<std::int64_t>::max() &&
                        total.units >= std::numeric_limits<std::int64_t>::min();
      return fits ? Datum::of_int(static_cast<std::int64_t>(total.units)) : Datum();
    }
    case Keep::spread: return read_words<Spread>(words).deviation();
    case Keep::least:
    case Keep::greatest:
    case Keep::first:
    case Keep::last:
      return copy_datum(chosen_value(read_words<Chosen>(words), call.value.type), call.value.type, scratch.arena);
    case Keep::distinct:
      return Datum::of_int(*words == 0 ? 0 : static_cast<std::int64_t>(hanging<DistinctValues>(words)->size()));
    case Keep::sketch: return Datum::of_int(*words == 0 ? 0 : hanging<DistinctSketch>(words)->estimate());
    case Keep::ranked:
      return *words == 0 ? Datum() : copy_datum(hanging<RankedValues>(words)->ranked(), call.value.type, scratch.arena);
    case Keep::collected: {
      std::vector<const CollectedValues::Entry*> entries;
      if (*words != 0) entries = hanging<CollectedValues>(words)->ordered(call.order);
      const NewComposite list(entries.size(), scratch.arena);
      for (std::size_t i = 0; i < entries.size(); ++i) {
        list.items[i] = copy_datum(entries[i]->value.get(), call.value.type, scratch.arena);
      }
      return list.datum;
    }
    case Keep::groups: {
      if (*words == 0) return NewComposite(0, scratch.arena).datum;
      const ValueGroups& groups = *hanging<ValueGroups>(words);
      return call.by_text() ? call.groups_object(groups, scratch) : call.best_groups(groups, scratch);
    }
  }
  return {};
}

Datum Accumulators::Call::groups_object(const ValueGroups& groups, nfa::EvalScratch& scratch) const {
  std::vector<const ValueGroups::Group*> all;
  all.reserve(groups.groups().size());
  for (const ValueGroups::Group& group : groups.groups()) all.push_back(&group);
  std::ranges::sort(all, {}, &ValueGroups::Group::first);
  const NewComposite map(2 * all.size(), scratch.arena);
  for (std::size_t i = 0; i < all.size(); ++i) {
    map.items[2 * i] = copy_datum(all[i]->value.get(), text_type, scratch.arena);
    Datum& given = map.items[2 * i + 1];
    if (!result) {
      given = inner->result(0, all[i]->state.get(), scratch);
      continue;
    }
    auto* row = static_cast<std::uint64_t*>(scratch.arena.allocate(inner_layout->words() * sizeof(std::uint64_t)));
    inner_layout->clear(row);
    for (std::uint32_t field = 0; field < inner->calls_.size(); ++field) {
      inner_layout->set(row, field, inner->result(field, all[i]->state.get(), scratch));
    }
    given = result->evaluate({.row = row, .time_ms = 0, .taken = nullptr, .sides = {}, .items = {}}, scratch);
  }
  return map.datum;
}

Datum Accumulators::Call::best_groups(const ValueGroups& groups, nfa::EvalScratch& scratch) const {
  struct Candidate {
    Datum value;
    Datum total;
  };
  std::vector<Candidate> all;
  all.reserve(groups.groups().size());
  for (const ValueGroups::Group& group : groups.groups()) {
    all.push_back({group.value.get(), inner->result(0, group.state.get(), scratch)});
  }
  const auto better = [this](const Candidate& a, const Candidate& b) {
    if (a.total.null != b.total.null) return b.total.null;
    if (!a.total.null) {
      const nfa::Outcome outcome = nfa::compare_values(a.total, by.type, b.total, by.type);
      if (outcome != nfa::kEqual) return outcome == nfa::kGreater;
    }
    return nfa::compare_values(a.value, value.type, b.value, value.type) == nfa::kLess;
  };
  const std::size_t size = std::min(n, all.size());
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(size), all.end(), better);
  const NewComposite list(size, scratch.arena);
  for (std::size_t i = 0; i < size; ++i) {
    const NewComposite entry(2, scratch.arena);
    entry.items[0] = copy_datum(all[i].value, value.type, scratch.arena);
    entry.items[1] = all[i].total;
    list.items[i] = entry.datum;
  }
  return list.datum;
}

void Accumulators::free_hanging(std::uint64_t* state) const {
  for (const auto& call : calls_) clear_call(*call, state + call->at);
}

void Accumulators::clear_call(const Call& call, std::uint64_t* state) {
  if (call.is_flat()) return;
  switch (call.keep) {
    case Keep::least:
    case Keep::greatest:
    case Keep::first:
    case Keep::last: delete hanging<OwnedDatum>(read_words<Chosen>(state).value); break;
    case Keep::distinct: delete hanging<DistinctValues>(state); break;
    case Keep::sketch: delete hanging<DistinctSketch>(state); break;
    case Keep::ranked: delete hanging<RankedValues>(state); break;
    case Keep::collected: delete hanging<CollectedValues>(state); break;
    default:
      if (auto* groups = hanging<ValueGroups>(state)) {
        for (const ValueGroups::Group& group : groups->groups()) call.inner->clear(group.state.get());
        delete groups;
      }
  }
}

}    // namespace cepheid::runtime
