#include <string_view>
#include <variant>

#include <fmt/format.h>

#include "nfa/automaton/draw.hpp"

namespace cepheid::nfa {
namespace {

std::string describe_value(const Value& value) {
  struct Visitor {
    std::string operator()(std::monostate) const { return "null"; }
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(std::int64_t v) const { return fmt::format("{}", v); }
    std::string operator()(double v) const { return fmt::format("{}", v); }
    std::string operator()(const DecimalValue& v) const { return to_string(v.decimal, v.scale); }
    std::string operator()(const std::string& v) const { return fmt::format("\"{}\"", v); }
    std::string operator()(Timestamp v) const { return fmt::format("{}", v.ms); }
    std::string operator()(const ValueList&) const { return "[…]"; }
    std::string operator()(const ValueObject&) const { return "{…}"; }
  };
  return std::visit(Visitor{}, value.state);
}

std::string_view infix_of(Function function) {
  switch (function) {
    case Function::and_: return "and";
    case Function::or_: return "or";
    case Function::equal: return "==";
    case Function::not_equal: return "!=";
    case Function::less: return "<";
    case Function::less_equal: return "<=";
    case Function::greater: return ">";
    case Function::greater_equal: return ">=";
    case Function::like: return "like";
    case Function::matches: return "matches";
    case Function::add: return "+";
    case Function::subtract: return "-";
    case Function::multiply: return "*";
    case Function::divide: return "/";
    case Function::remainder: return "%";
    default: return {};
  }
}

std::string_view name_of(Function function) {
  switch (function) {
    case Function::in_list: return "in_list";
    case Function::to_bool: return "bool";
    case Function::to_int: return "int";
    case Function::to_decimal: return "decimal";
    case Function::to_text: return "string";
    case Function::to_timestamp: return "timestamp";
    case Function::abs: return "abs";
    case Function::floor: return "floor";
    case Function::ceil: return "ceil";
    case Function::round: return "round";
    case Function::sqrt: return "sqrt";
    case Function::pow: return "pow";
    case Function::ln: return "ln";
    case Function::exp: return "exp";
    case Function::least: return "least";
    case Function::greatest: return "greatest";
    case Function::coalesce: return "coalesce";
    case Function::if_: return "if";
    case Function::lower: return "lower";
    case Function::upper: return "upper";
    case Function::length: return "length";
    case Function::contains: return "contains";
    case Function::starts_with: return "starts_with";
    case Function::ends_with: return "ends_with";
    case Function::concat: return "concat";
    case Function::substr: return "substr";
    case Function::split: return "split";
    case Function::hash: return "hash";
    case Function::hour: return "hour";
    case Function::minute: return "minute";
    case Function::day_of_week: return "day_of_week";
    case Function::date: return "date";
    case Function::format_time: return "format_time";
    case Function::haversine_km: return "haversine_km";
    default: return "?";
  }
}

std::string_view name_of(StepAggregate aggregate) {
  switch (aggregate) {
    case StepAggregate::count: return "count";
    case StepAggregate::sum: return "sum";
    case StepAggregate::avg: return "avg";
    case StepAggregate::min: return "min";
    case StepAggregate::max: return "max";
    case StepAggregate::stddev: return "stddev";
    case StepAggregate::first: return "first";
    case StepAggregate::last: return "last";
    case StepAggregate::count_distinct: return "count_distinct";
  }
  return "?";
}

std::string joined(const std::vector<TypedExpr>& args, std::size_t from, std::string_view between,
                   const PatternSpec& spec) {
  std::string text;
  for (std::size_t i = from; i < args.size(); ++i) {
    if (i > from) text += between;
    text += describe(args[i], spec);
  }
  return text;
}

/// With brackets around what is itself an infix operation.
std::string operand(const TypedExpr& expression, const PatternSpec& spec) {
  std::string text = describe(expression, spec);
  const bool infix = expression.kind == TypedExpr::Kind::call && !infix_of(expression.function).empty();
  return infix ? "(" + text + ")" : text;
}

std::string describe_call(const TypedExpr& call, const PatternSpec& spec) {
  if (const std::string_view infix = infix_of(call.function); !infix.empty()) {
    std::string text;
    for (const TypedExpr& arg : call.args) {
      if (!text.empty()) text += fmt::format(" {} ", infix);
      text += operand(arg, spec);
    }
    return text;
  }
  switch (call.function) {
    case Function::not_: return "not " + operand(call.args[0], spec);
    case Function::negate: return "-" + operand(call.args[0], spec);
    case Function::is_null: return operand(call.args[0], spec) + " is null";
    case Function::in_values:
      return fmt::format("{} in ({})", operand(call.args[0], spec), joined(call.args, 1, ", ", spec));
    case Function::to_double: return describe(call.args[0], spec);    // mostly put in by the checker
    default: return fmt::format("{}({})", name_of(call.function), joined(call.args, 0, ", ", spec));
  }
}

}    // namespace

std::string describe(const TypedExpr& expression, const PatternSpec& spec) {
  const auto field = [&] { return std::string_view(spec.layout->schema().fields()[expression.field].name); };
  switch (expression.kind) {
    case TypedExpr::Kind::constant: return describe_value(expression.constant);
    case TypedExpr::Kind::field: return std::string(field());
    case TypedExpr::Kind::side_field: return fmt::format("side{}.{}", expression.side, expression.field);
    case TypedExpr::Kind::step_field:
      return expression.index == -1
                 ? fmt::format("{}.{}", spec.step_names[expression.step], field())
                 : fmt::format("{}[{}].{}", spec.step_names[expression.step], expression.index, field());
    case TypedExpr::Kind::step_aggregate:
      return expression.aggregate == StepAggregate::count
                 ? fmt::format("count({})", spec.step_names[expression.step])
                 : fmt::format("{}({}.{})", name_of(expression.aggregate), spec.step_names[expression.step], field());
    case TypedExpr::Kind::item: return fmt::format("item{}", expression.field);
    case TypedExpr::Kind::event_time: return "event_time()";
    case TypedExpr::Kind::call: return describe_call(expression, spec);
    case TypedExpr::Kind::make_list: return fmt::format("[{}]", joined(expression.args, 0, ", ", spec));
    case TypedExpr::Kind::make_object: return fmt::format("{{{}}}", joined(expression.args, 0, ", ", spec));
    case TypedExpr::Kind::native: return describe_value(expression.constant);
  }
  return {};
}

}    // namespace cepheid::nfa
