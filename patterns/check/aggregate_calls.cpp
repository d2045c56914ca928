#include "patterns/check/aggregate_calls.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "patterns/check/expressions.hpp"

namespace cepheid::patterns {

using nfa::TypedExpr;
using Function = AggregateCall::Function;

namespace {

enum class Wants : std::uint8_t { any, number, ordered };

struct Signature {
  std::string_view name;
  Function function;
  Wants wants;    // of the value that is summed up
  std::uint8_t args;
  std::string_view usage;
};

constexpr auto kFunctions = std::to_array<Signature>({
    {"count", Function::count, Wants::any, 1, "`count()`, `count(condition)` or `count(x)`"},
    {"sum", Function::sum, Wants::number, 1, "`sum(x)`"},
    {"avg", Function::avg, Wants::number, 1, "`avg(x)`"},
    {"min", Function::min, Wants::ordered, 1, "`min(x)`"},
    {"max", Function::max, Wants::ordered, 1, "`max(x)`"},
    {"stddev", Function::stddev, Wants::number, 1, "`stddev(x)`"},
    {"first", Function::first, Wants::any, 1, "`first(x)`"},
    {"last", Function::last, Wants::any, 1, "`last(x)`"},
    {"count_distinct", Function::count_distinct, Wants::any, 1, "`count_distinct(x)`"},
    {"approx_count_distinct", Function::approx_count_distinct, Wants::any, 1, "`approx_count_distinct(x)`"},
    {"percentile", Function::percentile, Wants::ordered, 2, "`percentile(x, 0.99)`"},
    {"collect", Function::collect, Wants::any, 1, "`collect(x)` or `collect(x by y)`"},
    {"histogram", Function::histogram, Wants::any, 1, "`histogram(x)`"},
    {"per", Function::per, Wants::any, 2, "`per(x, {n = count()})`"},
    {"top", Function::top, Wants::any, 2, "`top(3, x by y)`"},
});

const Signature* find_signature(std::string_view name) {
  const auto* found =
      std::find_if(kFunctions.begin(), kFunctions.end(), [name](const Signature& f) { return f.name == name; });
  return found == kFunctions.end() ? nullptr : found;
}

/// The row at hand, in the arguments of an aggregate function.
class ArgumentScope : public RowScope {
 public:
  using RowScope::RowScope;

  [[nodiscard]] std::optional<Typed> own_call(const syntax::Expr& call, Diagnostics& diagnostics) const override {
    const std::string& name = call.path.parts.front().text;
    if (find_signature(name) == nullptr) return std::nullopt;
    diagnostics.error(DiagnosticKind::other_clause, call.path.span,
                      fmt::format("`{}` in the arguments of an aggregate function", name));
    return poisoned(call.span);
  }
};

std::optional<double> constant_number(const TypedExpr& expr) {
  if (expr.kind != TypedExpr::Kind::constant) return std::nullopt;
  if (const auto* number = std::get_if<double>(&expr.constant.state)) return *number;
  if (const auto* number = std::get_if<std::int64_t>(&expr.constant.state)) return static_cast<double>(*number);
  return std::nullopt;
}

/// One call on its way into the plan.
class CallCheck {
 public:
  CallCheck(const syntax::Expr& call, const Signature& signature, const Fields& input, const std::string& input_where,
            const std::string& where, Diagnostics& diagnostics)
      : call_(call),
        signature_(signature),
        input_(input),
        input_where_(input_where),
        where_(where),
        row_(input, input_where),
        diagnostics_(diagnostics) {}

  /// Nothing if it is wrong.
  std::optional<AggregateCall> run();

 private:
  [[nodiscard]] bool check_arguments();
  /// The value that is summed up.
  [[nodiscard]] bool check_value(const syntax::Expr& expr);
  [[nodiscard]] bool check_by();
  [[nodiscard]] bool check_fraction();
  [[nodiscard]] bool check_n();
  [[nodiscard]] bool check_result();
  [[nodiscard]] Type type_of_result() const;
  bool wrong(DiagnosticKind kind, Span span, std::string message, std::string hint = {}) {
    diagnostics_.error(kind, span, std::move(message), std::move(hint));
    return false;
  }
  /// Of a bare `null` the type does not matter.
  static TypedExpr settled(Typed value) {
    return value.type().kind == TypeKind::null_ ? make_null(Type::int64()) : std::move(value.expr);
  }

  const syntax::Expr& call_;
  const Signature& signature_;
  const Fields& input_;
  const std::string& input_where_;
  const std::string& where_;
  const ArgumentScope row_;
  Diagnostics& diagnostics_;
  AggregateCall made_;
};

std::optional<AggregateCall> CallCheck::run() {
  made_.function = signature_.function;
  bool ok = check_arguments();
  if (call_.where) {
    made_.where = check_condition(*call_.where, row_, diagnostics_);
    ok = ok && made_.where.has_value();
  }
  if (!ok) return std::nullopt;
  made_.type = type_of_result();
  return std::move(made_);
}

bool CallCheck::check_arguments() {
  const std::size_t count = call_.args.size();
  if (signature_.function == Function::count && count == 0) {
    made_.function = Function::count_rows;
    return true;
  }
  if (count != signature_.args) {
    return wrong(DiagnosticKind::wrong_arguments, call_.span,
                 fmt::format("`{}` takes {} value{}, not {}", signature_.name, signature_.args,
                             signature_.args == 1 ? "" : "s", count),
                 std::string(signature_.usage));
  }
  const bool value_is_last = signature_.function == Function::top;
  bool ok = check_value(value_is_last ? call_.args.back() : call_.args.front());
  ok = check_by() && ok;
  switch (signature_.function) {
    case Function::percentile: return check_fraction() && ok;
    case Function::top: return check_n() && ok;
    case Function::per: return check_result() && ok;
    default: return ok;
  }
}

bool CallCheck::check_value(const syntax::Expr& expr) {
  Typed value = check_expression(expr, row_, diagnostics_);
  if (!value.ok) return false;
  const Type& type = value.type();
  const bool null = type.kind == TypeKind::null_;
  if (!null && signature_.wants == Wants::number && !is_number(type)) {
    return wrong(DiagnosticKind::wrong_type, expr.span,
                 fmt::format("`{}` needs numbers, not {}", signature_.name, to_string(type)));
  }
  if (!null && signature_.wants == Wants::ordered && !is_ordered(type)) {
    return wrong(DiagnosticKind::wrong_type, expr.span,
                 fmt::format("`{}` needs values that have an order, not {}", signature_.name, to_string(type)));
  }
  made_.value = settled(std::move(value));
  return true;
}

bool CallCheck::check_by() {
  const bool needed = signature_.function == Function::top;
  if (!call_.by) {
    if (!needed) return true;
    return wrong(DiagnosticKind::wrong_arguments, call_.span, "`top` needs `by`: the sums that are compared",
                 std::string(signature_.usage));
  }
  if (!needed && signature_.function != Function::collect) {
    return wrong(DiagnosticKind::wrong_arguments, call_.by->span,
                 fmt::format("`by` in the arguments of `{}`", signature_.name), std::string(signature_.usage));
  }
  Typed by = check_expression(*call_.by, row_, diagnostics_);
  if (!by.ok) return false;
  const Type& type = by.type();
  if (type.kind != TypeKind::null_ && !(needed ? is_number(type) : is_ordered(type))) {
    return wrong(
        DiagnosticKind::wrong_type, call_.by->span,
        fmt::format("`by` needs {}, not {}", needed ? "numbers" : "values that have an order", to_string(type)));
  }
  if (needed && call_.descending) {
    return wrong(DiagnosticKind::wrong_arguments, call_.by->span, "`top` always begins with the largest sum");
  }
  made_.by = settled(std::move(by));
  made_.descending = call_.descending;
  return true;
}

bool CallCheck::check_fraction() {
  const Typed fraction = check_expression(call_.args.back(), row_, diagnostics_);
  if (!fraction.ok) return false;
  const auto number = constant_number(fraction.expr);
  if (!number || !(*number >= 0 && *number <= 1)) {
    return wrong(DiagnosticKind::wrong_arguments, fraction.span,
                 "the fraction of `percentile` must be a constant from 0 to 1", std::string(signature_.usage));
  }
  made_.fraction = *number;
  return true;
}

bool CallCheck::check_n() {
  const Typed n = check_expression(call_.args.front(), row_, diagnostics_);
  if (!n.ok) return false;
  const auto* number = std::get_if<std::int64_t>(&n.expr.constant.state);
  if (n.expr.kind != TypedExpr::Kind::constant || number == nullptr || *number < 1) {
    return wrong(DiagnosticKind::wrong_arguments, n.span,
                 "the number of values of `top` must be a constant of at least 1", std::string(signature_.usage));
  }
  made_.n = *number;
  return true;
}

bool CallCheck::check_result() {
  AggregateCalls inner;
  const AggregateScope scope(input_, input_where_, where_, inner);
  Typed result = check_expression(call_.args.back(), scope, diagnostics_);
  if (!result.ok) return false;
  made_.result = settled(std::move(result));
  made_.inner_layout = std::make_shared<const nfa::RowLayout>(Schema(inner.fields()));
  made_.inner = inner.take();
  return true;
}

Type CallCheck::type_of_result() const {
  switch (made_.function) {
    case Function::count_rows:
    case Function::count:
    case Function::count_distinct:
    case Function::approx_count_distinct: return Type::int64();
    case Function::avg:
    case Function::stddev: return Type::float64();
    case Function::sum:
    case Function::min:
    case Function::max:
    case Function::first:
    case Function::last:
    case Function::percentile: return made_.value->type;
    case Function::collect: return Type::list_of(made_.value->type);
    case Function::histogram: return Type::map_of(Type::int64());
    case Function::per: return Type::map_of(made_.result->type);
    case Function::top:
      return Type::list_of(Type::object_of({{"value", made_.value->type}, {"total", made_.by->type}}));
  }
  return {};
}

void append_sized(std::string& out, const std::string& text) {
  out += fmt::format("{}:{}", text.size(), text);
}

void append_expression(std::string& out, const std::optional<TypedExpr>& expr) {
  append_sized(out, expr ? nfa::fingerprint(*expr) : std::string());
}

}    // namespace

std::string fingerprint(const AggregateCall& call) {
  std::string text = fmt::format("{} {} {} {} {} ", static_cast<int>(call.function), call.descending, call.fraction,
                                 call.n, call.inner.size());
  append_expression(text, call.value);
  append_expression(text, call.by);
  append_expression(text, call.where);
  append_expression(text, call.result);
  for (const AggregateCall& inner : call.inner) append_sized(text, fingerprint(inner));
  return text;
}

std::uint32_t AggregateCalls::add(AggregateCall call) {
  const auto field = first_field_ + static_cast<std::uint32_t>(calls_.size());
  const auto [known, is_new] = known_.emplace(fingerprint(call), field);
  if (is_new) calls_.push_back(std::move(call));
  return known->second;
}

std::vector<Field> AggregateCalls::fields() const {
  std::vector<Field> fields;
  for (std::size_t i = 0; i < calls_.size(); ++i) fields.push_back({fmt::format("call {}", i), calls_[i].type});
  return fields;
}

bool is_aggregate_function(std::string_view name) {
  return find_signature(name) != nullptr;
}

Typed AggregateScope::reference(const syntax::Expr& expr, Diagnostics& diagnostics) const {
  const std::string path = join_path(expr.path);
  if (expr.index) {
    diagnostics.error(DiagnosticKind::unknown_step, expr.path.parts.front().span,
                      fmt::format("`{}` is no step: an index picks an event of a step", expr.path.parts.front().text));
    return poisoned(expr.span);
  }
  const bool single = expr.path.parts.size() == 1;
  if (items_ != nullptr && single) {
    if (auto item = items_->find(path)) return typed(std::move(*item), expr.span);
  }
  for (const Name& name : names_) {
    if ((single && name.name == path) || name.path == path) return typed(read_row(name.field, name.type), expr.span);
  }
  if (input_.value(path, read_row)) {
    const bool in_statement = items_ != nullptr;
    diagnostics.error(
        DiagnosticKind::other_clause, expr.span,
        in_statement ? fmt::format("`{}` is neither in the key nor in an aggregate function", path)
                     : fmt::format("`{}` is in no aggregate function", path),
        fmt::format("`last({})` is that of the last row{}", path, in_statement ? "; or name it in `key`" : ""));
    return poisoned(expr.span);
  }
  std::vector<std::string_view> known;
  for (const Name& name : names_) known.push_back(name.name);
  if (items_ != nullptr) {
    const auto items = items_->names();
    known.insert(known.end(), items.begin(), items.end());
  }
  std::string nearest(nearest_name(path, known));
  if (nearest.empty()) nearest = input_.nearest(path);
  diagnostics.error(DiagnosticKind::unknown_field, expr.span, fmt::format("unknown field `{}` in {}", path, where_),
                    did_you_mean(nearest));
  return poisoned(expr.span);
}

std::optional<Typed> AggregateScope::own_call(const syntax::Expr& call, Diagnostics& diagnostics) const {
  const Signature* signature = find_signature(call.path.parts.front().text);
  if (signature == nullptr) return std::nullopt;
  auto made = CallCheck(call, *signature, input_, input_where_, where_, diagnostics).run();
  if (!made) return poisoned(call.span);
  const Type type = made->type;
  return typed(read_row(calls_.add(std::move(*made)), type), call.span);
}

}    // namespace cepheid::patterns
