#include "reference/evaluate.hpp"

#include <algorithm>
#include <cmath>

namespace cepheid::reference {
namespace {

const Value kNull{};

bool is_null(const Value& value) {
  return std::holds_alternative<std::monostate>(value);
}
bool is_int(const Value& value) {
  return std::holds_alternative<std::int64_t>(value);
}
bool is_true(const Value& value) {
  return std::holds_alternative<bool>(value) && std::get<bool>(value);
}
bool is_false(const Value& value) {
  return std::holds_alternative<bool>(value) && !std::get<bool>(value);
}

double number(const Value& value) {
  return is_int(value) ? static_cast<double>(std::get<std::int64_t>(value)) : std::get<double>(value);
}

Value field_of(const Event& event, const std::string& field) {
  if (field == "id") return event.id;
  if (field == "ts") return event.ts;
  if (field == "name") return event.name;
  if (field == "qty") return event.qty;
  if (field == "user") return event.user;
  if (field == "stream") return static_cast<std::int64_t>(event.stream);
  return event.price ? Value{*event.price} : kNull;
}

/// Negative, zero or positive; both of them are there and can be compared.
int order(const Value& a, const Value& b) {
  if (std::holds_alternative<std::string>(a)) return std::get<std::string>(a).compare(std::get<std::string>(b));
  if (std::holds_alternative<bool>(a)) return int{std::get<bool>(a)} - int{std::get<bool>(b)};
  if (is_int(a) && is_int(b)) {
    return int{std::get<std::int64_t>(a) > std::get<std::int64_t>(b)} -
           int{std::get<std::int64_t>(a) < std::get<std::int64_t>(b)};
  }
  return int{number(a) > number(b)} - int{number(a) < number(b)};
}

Value compare(const std::string& word, const Value& a, const Value& b) {
  if (is_null(a) || is_null(b)) return kNull;
  const int sign = order(a, b);
  if (word == "==") return sign == 0;
  if (word == "!=") return sign != 0;
  if (word == "<") return sign < 0;
  if (word == "<=") return sign <= 0;
  if (word == ">") return sign > 0;
  return sign >= 0;
}

Value arithmetic(const std::string& word, const Value& a, const Value& b) {
  if (is_null(a) || is_null(b)) return kNull;
  if (word == "/") return number(b) == 0 ? kNull : Value{number(a) / number(b)};
  if (is_int(a) && is_int(b)) {
    const std::int64_t x = std::get<std::int64_t>(a);
    const std::int64_t y = std::get<std::int64_t>(b);
    if (word == "+") return x + y;
    if (word == "-") return x - y;
    if (word == "*") return x * y;
    return y == 0 ? kNull : Value{x % y};
  }
  const double x = number(a);
  const double y = number(b);
  if (word == "+") return x + y;
  if (word == "-") return x - y;
  if (word == "*") return x * y;
  return y == 0 ? kNull : Value{std::fmod(x, y)};
}

Value logical_not(const Value& value) {
  return is_null(value) ? kNull : Value{!std::get<bool>(value)};
}

Value logical_and(const Value& a, const Value& b) {
  if (is_false(a) || is_false(b)) return false;
  return is_null(a) || is_null(b) ? kNull : Value{true};
}

Value logical_or(const Value& a, const Value& b) {
  return logical_not(logical_and(logical_not(a), logical_not(b)));
}

/// `first in (the others)`: null if it is null, or if it is none of the others and one of these is null.
Value member(const std::vector<Value>& values) {
  Value found = false;
  for (std::size_t i = 1; i < values.size(); ++i) found = logical_or(found, compare("==", values[0], values[i]));
  return found;
}

Value operation(const std::string& word, const std::vector<Value>& values) {
  if (word == "and") return logical_and(values[0], values[1]);
  if (word == "or") return logical_or(values[0], values[1]);
  if (word == "not") return logical_not(values[0]);
  if (word == "in") return member(values);
  if (word == "not in") return logical_not(member(values));
  if (word == "is null") return is_null(values[0]);
  if (word == "is not null") return !is_null(values[0]);
  if (word == "between") {
    return logical_and(compare(">=", values[0], values[1]), compare("<=", values[0], values[2]));
  }
  if (word == "negate") return arithmetic("-", Value{std::int64_t{0}}, values[0]);
  if (word == "coalesce") {
    const auto found = std::find_if_not(values.begin(), values.end(), is_null);
    return found == values.end() ? kNull : *found;
  }
  if (word == "+" || word == "-" || word == "*" || word == "/" || word == "%") {
    return arithmetic(word, values[0], values[1]);
  }
  return compare(word, values[0], values[1]);
}

std::vector<const Event*> events_of(const std::string& step, const Path& path) {
  std::vector<const Event*> events;
  for (const Taken& taken : path) {
    if (taken.step == step) events.push_back(taken.event);
  }
  return events;
}

Value step_field(const Expr& expr, const Path& path) {
  const std::vector<const Event*> events = events_of(expr.step, path);
  const auto size = static_cast<std::int64_t>(events.size());
  const std::int64_t index = expr.index.value_or(-1);
  const std::int64_t at = index < 0 ? size + index : index;
  if (at < 0 || at >= size) return kNull;
  return field_of(*events[static_cast<std::size_t>(at)], expr.field);
}

Value aggregate(const Expr& expr, const Path& path) {
  const std::vector<const Event*> events = events_of(expr.step, path);
  if (expr.word == "count") return static_cast<std::int64_t>(events.size());
  if (expr.word == "first") return events.empty() ? kNull : field_of(*events.front(), expr.field);
  if (expr.word == "last") return events.empty() ? kNull : field_of(*events.back(), expr.field);
  std::vector<Value> values;
  for (const Event* event : events) {
    const Value value = field_of(*event, expr.field);
    if (!is_null(value)) values.push_back(value);
  }
  if (expr.word == "min" || expr.word == "max") {
    if (values.empty()) return kNull;
    const auto smaller = [](const Value& a, const Value& b) { return order(a, b) < 0; };
    return expr.word == "min" ? *std::min_element(values.begin(), values.end(), smaller)
                              : *std::max_element(values.begin(), values.end(), smaller);
  }
  Value sum = expr.field == "price" ? Value{0.0} : Value{std::int64_t{0}};
  for (const Value& value : values) sum = arithmetic("+", sum, value);
  if (expr.word == "sum") return sum;
  return values.empty() ? kNull : Value{number(sum) / static_cast<double>(values.size())};
}

}    // namespace

Value evaluate(const Expr& expr, const Event& event, const Path& path) {
  switch (expr.kind) {
    case Expr::Kind::constant: return expr.constant;
    case Expr::Kind::field: return field_of(event, expr.field);
    case Expr::Kind::step_field: return step_field(expr, path);
    case Expr::Kind::aggregate: return aggregate(expr, path);
    case Expr::Kind::operation: break;
  }
  std::vector<Value> values;
  for (const Expr& arg : expr.args) values.push_back(evaluate(arg, event, path));
  return operation(expr.word, values);
}

bool all_true(const std::vector<Expr>& conditions, const Event& event, const Path& path) {
  return std::all_of(conditions.begin(), conditions.end(),
                     [&](const Expr& condition) { return is_true(evaluate(condition, event, path)); });
}

}    // namespace cepheid::reference
