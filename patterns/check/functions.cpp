#include "patterns/check/functions.hpp"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include "nfa/expr/constants.hpp"
#include "patterns/check/conversions.hpp"

namespace cepheid::patterns {

using nfa::Function;
using nfa::StepAggregate;
using nfa::TypedExpr;

namespace {

/// What an argument must be. Ints and decimals are made doubles for `real`, ints timestamps for `time`.
enum class Wants : std::uint8_t { number, real, whole, text, time, zone, constant_text };
enum class Gives : std::uint8_t { boolean, whole, real, text, list_of_text, same, whole_part };

struct Signature {
  std::string_view name;
  Function function;
  Gives gives;
  std::uint8_t required;
  std::vector<Wants> wants;
};

/// Functions whose arguments each have one type of their own.
const std::vector<Signature>& plain_functions() {
  using enum Wants;
  static const std::vector<Signature> kFunctions = {
      {"abs", Function::abs, Gives::same, 1, {number}},
      {"floor", Function::floor, Gives::whole_part, 1, {number}},
      {"ceil", Function::ceil, Gives::whole_part, 1, {number}},
      {"sqrt", Function::sqrt, Gives::real, 1, {real}},
      {"pow", Function::pow, Gives::real, 2, {real, real}},
      {"ln", Function::ln, Gives::real, 1, {real}},
      {"exp", Function::exp, Gives::real, 1, {real}},
      {"lower", Function::lower, Gives::text, 1, {text}},
      {"upper", Function::upper, Gives::text, 1, {text}},
      {"starts_with", Function::starts_with, Gives::boolean, 2, {text, text}},
      {"ends_with", Function::ends_with, Gives::boolean, 2, {text, text}},
      {"substr", Function::substr, Gives::text, 2, {text, whole, whole}},
      {"split", Function::split, Gives::list_of_text, 2, {text, text}},
      {"hour", Function::hour, Gives::whole, 1, {time, zone}},
      {"minute", Function::minute, Gives::whole, 1, {time, zone}},
      {"day_of_week", Function::day_of_week, Gives::whole, 1, {time, zone}},
      {"date", Function::date, Gives::text, 1, {time, zone}},
      {"format_time", Function::format_time, Gives::text, 2, {time, constant_text, zone}},
      {"haversine_km", Function::haversine_km, Gives::real, 4, {real, real, real, real}},
  };
  return kFunctions;
}

std::string arity_text(std::size_t required, std::size_t most) {
  if (most == SIZE_MAX) return fmt::format("at least {} value{}", required, required == 1 ? "" : "s");
  if (required == most) return fmt::format("{} value{}", required, required == 1 ? "" : "s");
  return fmt::format("{} to {} values", required, most);
}

/// One call on its way to being typed.
class Call {
 public:
  Call(const syntax::Expr& call, std::vector<Typed> args, Severity conversions, Diagnostics& diagnostics)
      : call_(call), args_(std::move(args)), conversions_(conversions), diagnostics_(diagnostics) {}

  Typed plain(const Signature& signature);
  Typed round();
  Typed length();
  Typed contains();
  Typed choose_one(Function function);
  Typed if_();
  Typed concat();
  Typed hash();
  Typed event_time();
  Typed convert_to(const Type& target);
  Typed convert_to_decimal();

 private:
  [[nodiscard]] const std::string& name() const { return call_.path.parts.front().text; }
  [[nodiscard]] Typed wrong(DiagnosticKind kind, Span span, std::string message, std::string hint = {}) {
    diagnostics_.error(kind, span, std::move(message), std::move(hint));
    return poisoned(call_.span);
  }
  [[nodiscard]] Typed needs(const Typed& arg, std::string_view what) {
    return wrong(DiagnosticKind::wrong_type, arg.span,
                 fmt::format("`{}` needs {}, not {}", name(), what, to_string(arg.type())));
  }
  [[nodiscard]] bool count_is(std::size_t required, std::size_t most);
  [[nodiscard]] std::optional<TypedExpr> argument(Typed arg, Wants wants);
  [[nodiscard]] Typed result(Function function, Type type, std::vector<TypedExpr> args) {
    return typed(make_call(function, std::move(type), std::move(args)), call_.span);
  }

  const syntax::Expr& call_;
  std::vector<Typed> args_;
  Severity conversions_;
  Diagnostics& diagnostics_;
};

bool Call::count_is(std::size_t required, std::size_t most) {
  if (args_.size() >= required && args_.size() <= most) return true;
  diagnostics_.error(DiagnosticKind::wrong_arguments, call_.span,
                     fmt::format("`{}` takes {}, not {}", name(), arity_text(required, most), args_.size()));
  return false;
}

std::optional<TypedExpr> Call::argument(Typed arg, Wants wants) {
  const TypeKind kind = arg.type().kind;
  const bool null = kind == TypeKind::null_;
  const auto refuse = [&](std::string_view what) {
    (void)needs(arg, what);
    return std::nullopt;
  };
  switch (wants) {
    case Wants::number:
      if (null) return make_null(Type::int64());
      if (!is_number(arg.type())) return refuse("a number");
      return std::move(arg.expr);
    case Wants::real:
      if (!null && !is_number(arg.type())) return refuse("a number");
      return to_double(std::move(arg));
    case Wants::whole:
      if (!null && kind != TypeKind::int_) return refuse("an int");
      return convert(std::move(arg), Type::int64());
    case Wants::text:
      if (!null && kind != TypeKind::string) return refuse("a string");
      return convert(std::move(arg), Type::string());
    case Wants::time:
      if (!null && kind != TypeKind::timestamp && kind != TypeKind::int_) return refuse("a timestamp");
      return convert(std::move(arg), Type::timestamp());
    case Wants::zone:
    case Wants::constant_text: break;
  }
  const auto text = constant_text(arg.expr);
  if (!text) {
    (void)wrong(
        DiagnosticKind::wrong_arguments, arg.span,
        fmt::format("the {} of `{}` must be a constant string", wants == Wants::zone ? "zone" : "format", name()));
    return std::nullopt;
  }
  if (wants == Wants::zone && !nfa::is_known_zone(*text)) {
    (void)wrong(DiagnosticKind::bad_constant, arg.span, fmt::format("unknown time zone `{}`", *text),
                "a name such as `UTC` or `Asia/Seoul`");
    return std::nullopt;
  }
  return std::move(arg.expr);
}

Typed Call::plain(const Signature& signature) {
  if (!count_is(signature.required, signature.wants.size())) return poisoned(call_.span);
  std::vector<TypedExpr> args;
  bool ok = true;
  for (std::size_t i = 0; i < args_.size(); ++i) {
    auto arg = argument(std::move(args_[i]), signature.wants[i]);
    ok = ok && arg.has_value();
    if (arg) args.push_back(std::move(*arg));
  }
  if (!ok) return poisoned(call_.span);
  Type type;
  switch (signature.gives) {
    case Gives::boolean: type = Type::boolean(); break;
    case Gives::whole: type = Type::int64(); break;
    case Gives::real: type = Type::float64(); break;
    case Gives::text: type = Type::string(); break;
    case Gives::list_of_text: type = Type::list_of(Type::string()); break;
    case Gives::same: type = args.front().type; break;
    case Gives::whole_part:
      type = args.front().type.kind == TypeKind::decimal ? Type::decimal(0) : args.front().type;
      break;
  }
  return result(signature.function, std::move(type), std::move(args));
}

Typed Call::round() {
  if (args_.size() == 1) return plain({"round", Function::round, Gives::whole_part, 1, {Wants::number}});
  if (!count_is(1, 2)) return poisoned(call_.span);
  auto value = argument(std::move(args_[0]), Wants::number);
  auto digits = argument(std::move(args_[1]), Wants::whole);
  if (!value || !digits) return poisoned(call_.span);
  // Negative digits round an int too: exact on the way through a decimal without digits after its point.
  const bool whole = value->type.kind == TypeKind::int_;
  Type type = value->type;
  std::vector<TypedExpr> args;
  if (whole) type = Type::decimal(0);
  args.push_back(convert(typed(std::move(*value), call_.span), type));
  args.push_back(std::move(*digits));
  Typed rounded = result(Function::round, type, std::move(args));
  if (!whole) return rounded;
  std::vector<TypedExpr> back;
  back.push_back(std::move(rounded.expr));
  return result(Function::to_int, Type::int64(), std::move(back));
}

Typed Call::length() {
  if (!count_is(1, 1)) return poisoned(call_.span);
  Typed& arg = args_[0];
  std::vector<TypedExpr> args;
  if (arg.type().kind == TypeKind::list) {
    args.push_back(std::move(arg.expr));
  } else if (arg.type().kind == TypeKind::string || arg.type().kind == TypeKind::null_) {
    args.push_back(convert(std::move(arg), Type::string()));
  } else {
    return needs(arg, "a string or a list");
  }
  return result(Function::length, Type::int64(), std::move(args));
}

Typed Call::contains() {
  if (!count_is(2, 2)) return poisoned(call_.span);
  Typed& whole = args_[0];
  Typed& part = args_[1];
  if (whole.type().kind == TypeKind::list) {
    const Type element = *whole.type().element;
    if (!are_comparable(part.type(), element, false)) {
      return wrong(DiagnosticKind::wrong_type, part.span,
                   fmt::format("{} holds no {}", to_string(whole.type()), to_string(part.type())));
    }
    settle_literal(part, {&element});
    std::vector<TypedExpr> args;
    if (part.type().kind == TypeKind::null_) part.expr = make_null(element);
    if (part.type() == element) {
      args.push_back(std::move(whole.expr));
      args.push_back(std::move(part.expr));
      return result(Function::contains, Type::boolean(), std::move(args));
    }
    // Numbers of two kinds are found by their exact values, as `in` does.
    args.push_back(std::move(part.expr));
    args.push_back(std::move(whole.expr));
    return result(Function::in_list, Type::boolean(), std::move(args));
  }
  if (whole.type().kind != TypeKind::string && whole.type().kind != TypeKind::null_) {
    return needs(whole, "a string or a list");
  }
  return plain({"contains", Function::contains, Gives::boolean, 2, {Wants::text, Wants::text}});
}

Typed Call::choose_one(Function function) {
  if (!count_is(1, SIZE_MAX)) return poisoned(call_.span);
  if (function != Function::coalesce) {
    for (const Typed& arg : args_) {
      if (arg.type().kind != TypeKind::null_ && !is_ordered(arg.type())) {
        return needs(arg, "values that have an order");
      }
    }
  }
  std::size_t misfit = 0;
  const auto type = common_type(args_, misfit);
  if (!type) {
    return wrong(DiagnosticKind::wrong_type, args_[misfit].span,
                 fmt::format("{} does not fit the {} before it in `{}`", to_string(args_[misfit].type()),
                             to_string(args_[misfit - 1].type()), name()));
  }
  if (type->kind == TypeKind::null_) return typed(make_null(*type), call_.span);
  std::vector<TypedExpr> args;
  for (Typed& arg : args_) args.push_back(convert(std::move(arg), *type));
  return result(function, *type, std::move(args));
}

Typed Call::if_() {
  if (!count_is(3, 3)) return poisoned(call_.span);
  const Typed& condition = args_[0];
  if (condition.type().kind != TypeKind::bool_ && condition.type().kind != TypeKind::null_) {
    return needs(condition, "a condition");
  }
  std::vector<Typed> values;
  values.push_back(std::move(args_[1]));
  values.push_back(std::move(args_[2]));
  std::size_t misfit = 0;
  const auto type = common_type(values, misfit);
  if (!type) {
    return wrong(DiagnosticKind::wrong_type, values[1].span,
                 fmt::format("{} does not fit the {} before it in `if`", to_string(values[1].type()),
                             to_string(values[0].type())));
  }
  if (type->kind == TypeKind::null_) return typed(make_null(*type), call_.span);
  std::vector<TypedExpr> args;
  args.push_back(convert(std::move(args_[0]), Type::boolean()));
  for (Typed& value : values) args.push_back(convert(std::move(value), *type));
  return result(Function::if_, *type, std::move(args));
}

Typed Call::concat() {
  if (!count_is(1, SIZE_MAX)) return poisoned(call_.span);
  std::vector<TypedExpr> args;
  for (Typed& arg : args_) args.push_back(convert(std::move(arg), Type::string()));
  return result(Function::concat, Type::string(), std::move(args));
}

Typed Call::hash() {
  if (!count_is(1, 1)) return poisoned(call_.span);
  Typed& arg = args_[0];
  std::vector<TypedExpr> args;
  args.push_back(arg.type().kind == TypeKind::null_ ? make_null(Type::string()) : std::move(arg.expr));
  return result(Function::hash, Type::int64(), std::move(args));
}

Typed Call::event_time() {
  if (!count_is(0, 0)) return poisoned(call_.span);
  TypedExpr expr;
  expr.kind = TypedExpr::Kind::event_time;
  expr.type = Type::timestamp();
  return typed(std::move(expr), call_.span);
}

Typed Call::convert_to(const Type& target) {
  if (!count_is(1, 1)) return poisoned(call_.span);
  return check_conversion(std::move(args_[0]), target, call_.span, conversions_, diagnostics_);
}

Typed Call::convert_to_decimal() {
  if (!count_is(2, 2)) return poisoned(call_.span);
  const auto* scale = std::get_if<std::int64_t>(&args_[1].expr.constant.state);
  if (args_[1].expr.kind != TypedExpr::Kind::constant || scale == nullptr || *scale < 0 || *scale > kMaxDecimalScale) {
    return wrong(DiagnosticKind::wrong_arguments, args_[1].span,
                 fmt::format("the scale of `decimal` must be a constant from 0 to {}", kMaxDecimalScale));
  }
  return check_conversion(std::move(args_[0]), Type::decimal(static_cast<int>(*scale)), call_.span, conversions_,
                          diagnostics_);
}

/// Functions whose argument types depend on each other.
struct SpecialFunction {
  std::string_view name;
  Typed (*check)(Call& call);
};
constexpr auto kSpecialFunctions = std::to_array<SpecialFunction>({
    {"round", [](Call& call) { return call.round(); }},
    {"length", [](Call& call) { return call.length(); }},
    {"contains", [](Call& call) { return call.contains(); }},
    {"least", [](Call& call) { return call.choose_one(Function::least); }},
    {"greatest", [](Call& call) { return call.choose_one(Function::greatest); }},
    {"coalesce", [](Call& call) { return call.choose_one(Function::coalesce); }},
    {"if", [](Call& call) { return call.if_(); }},
    {"concat", [](Call& call) { return call.concat(); }},
    {"hash", [](Call& call) { return call.hash(); }},
    {"event_time", [](Call& call) { return call.event_time(); }},
    {"int", [](Call& call) { return call.convert_to(Type::int64()); }},
    {"double", [](Call& call) { return call.convert_to(Type::float64()); }},
    {"string", [](Call& call) { return call.convert_to(Type::string()); }},
    {"timestamp", [](Call& call) { return call.convert_to(Type::timestamp()); }},
    {"decimal", [](Call& call) { return call.convert_to_decimal(); }},
});

struct AggregateName {
  std::string_view name;
  StepAggregate aggregate;
};
constexpr auto kAggregates = std::to_array<AggregateName>({
    {"count", StepAggregate::count},
    {"sum", StepAggregate::sum},
    {"avg", StepAggregate::avg},
    {"min", StepAggregate::min},
    {"max", StepAggregate::max},
    {"stddev", StepAggregate::stddev},
    {"first", StepAggregate::first},
    {"last", StepAggregate::last},
    {"count_distinct", StepAggregate::count_distinct},
});

/// Over the rows of an `aggregate`, beside kAggregates.
constexpr auto kRowAggregates =
    std::to_array<std::string_view>({"approx_count_distinct", "percentile", "collect", "histogram", "per", "top"});

const Signature* find_plain(std::string_view name) {
  const auto& functions = plain_functions();
  const auto found =
      std::find_if(functions.begin(), functions.end(), [name](const Signature& f) { return f.name == name; });
  return found == functions.end() ? nullptr : &*found;
}

const SpecialFunction* find_special(std::string_view name) {
  const auto* found = std::find_if(kSpecialFunctions.begin(), kSpecialFunctions.end(),
                                   [name](const SpecialFunction& f) { return f.name == name; });
  return found == kSpecialFunctions.end() ? nullptr : found;
}

}    // namespace

bool is_function(std::string_view name) {
  return find_plain(name) != nullptr || find_special(name) != nullptr;
}

std::optional<StepAggregate> find_aggregate(std::string_view name) {
  for (const AggregateName& entry : kAggregates) {
    if (entry.name == name) return entry.aggregate;
  }
  return std::nullopt;
}

bool is_row_aggregate(std::string_view name) {
  return std::find(kRowAggregates.begin(), kRowAggregates.end(), name) != kRowAggregates.end();
}

std::string_view nearest_function(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Signature& function : plain_functions()) names.push_back(function.name);
  for (const SpecialFunction& function : kSpecialFunctions) names.push_back(function.name);
  for (const AggregateName& entry : kAggregates) names.push_back(entry.name);
  names.insert(names.end(), kRowAggregates.begin(), kRowAggregates.end());
  return nearest_name(name, names);
}

TypedExpr to_double(Typed value) {
  return convert(std::move(value), Type::float64());
}

std::optional<std::string_view> constant_text(const TypedExpr& expr) {
  if (expr.kind != TypedExpr::Kind::constant) return std::nullopt;
  const auto* text = std::get_if<std::string>(&expr.constant.state);
  if (text == nullptr) return std::nullopt;
  return *text;
}

Typed check_function(const syntax::Expr& call, std::vector<Typed> args, Severity conversions,
                     Diagnostics& diagnostics) {
  const std::string& name = call.path.parts.front().text;
  Call checked(call, std::move(args), conversions, diagnostics);
  if (const Signature* signature = find_plain(name)) return checked.plain(*signature);
  return find_special(name)->check(checked);
}

}    // namespace cepheid::patterns
