#include "nfa/expr/typed_expr.hpp"

#include <algorithm>
#include <bit>
#include <type_traits>

namespace cepheid::nfa {
namespace {

void append_number(std::string& out, auto number) {
  out += std::to_string(number);
  out += ' ';
}

/// The size stands before the text, so that no text can look like what follows it.
void append_text(std::string& out, std::string_view text) {
  append_number(out, text.size());
  out += text;
}

void append_value(std::string& out, const Value& value) {
  append_number(out, value.state.index());
  std::visit(
      [&](const auto& held) {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, bool>) {
          append_number(out, held ? 1 : 0);
        } else if constexpr (std::is_same_v<Held, std::int64_t>) {
          append_number(out, held);
        } else if constexpr (std::is_same_v<Held, double>) {
          append_number(out, std::bit_cast<std::uint64_t>(held));
        } else if constexpr (std::is_same_v<Held, DecimalValue>) {
          append_text(out, to_string(held.decimal, held.scale));
        } else if constexpr (std::is_same_v<Held, std::string>) {
          append_text(out, held);
        } else if constexpr (std::is_same_v<Held, Timestamp>) {
          append_number(out, held.ms);
        } else if constexpr (std::is_same_v<Held, ValueList>) {
          append_number(out, held.size());
          for (const Value& item : held) append_value(out, item);
        } else if constexpr (std::is_same_v<Held, ValueObject>) {
          append_number(out, held.size());
          for (const auto& [name, item] : held) {
            append_text(out, name);
            append_value(out, item);
          }
        }
      },
      value.state);
}

void append_expression(std::string& out, const TypedExpr& expression) {
  using Kind = TypedExpr::Kind;
  append_number(out, static_cast<int>(expression.kind));
  append_text(out, to_string(expression.type));
  switch (expression.kind) {
    case Kind::constant: append_value(out, expression.constant); break;
    case Kind::field:
    case Kind::item: append_number(out, expression.field); break;
    case Kind::side_field:
      append_number(out, expression.side);
      append_number(out, expression.field);
      break;
    case Kind::step_field:
      append_number(out, expression.step);
      append_number(out, expression.index);
      append_number(out, expression.field);
      break;
    case Kind::step_aggregate:
      append_number(out, expression.step);
      append_number(out, static_cast<int>(expression.aggregate));
      if (expression.aggregate != StepAggregate::count) append_number(out, expression.field);
      break;
    case Kind::event_time: break;
    case Kind::native:
      append_number(out, expression.field);
      append_value(out, expression.constant);
      break;
    case Kind::call: append_number(out, static_cast<int>(expression.function)); [[fallthrough]];
    case Kind::make_list:
    case Kind::make_object:
      append_number(out, expression.args.size());
      for (const TypedExpr& arg : expression.args) append_expression(out, arg);
      break;
  }
}

}    // namespace

std::string fingerprint(const TypedExpr& expression) {
  std::string text;
  append_expression(text, expression);
  return text;
}

bool looks_back(const TypedExpr& expression) {
  switch (expression.kind) {
    case TypedExpr::Kind::side_field:
    case TypedExpr::Kind::step_field:
    case TypedExpr::Kind::step_aggregate:
    case TypedExpr::Kind::item: return true;
    default: return std::any_of(expression.args.begin(), expression.args.end(), looks_back);
  }
}

}    // namespace cepheid::nfa
