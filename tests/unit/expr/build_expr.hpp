#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nfa/expr/program.hpp"
#include "nfa/expr/to_text.hpp"
#include "nfa/expr/typed_expr.hpp"
#include "nfa/row/layout.hpp"

/// Typed expressions by hand, and their values as text.
namespace cepheid::nfa::build {

inline TypedExpr constant(Type type, Value value) {
  TypedExpr expression;
  expression.type = std::move(type);
  expression.constant = std::move(value);
  return expression;
}

/// A null of a type; without one the bare `null`.
inline TypedExpr null(Type type = Type::null()) {
  return constant(std::move(type), {});
}
inline TypedExpr boolean(bool value) {
  return constant(Type::boolean(), {value});
}
inline TypedExpr integer(std::int64_t value) {
  return constant(Type::int64(), {value});
}
inline TypedExpr number(double value) {
  return constant(Type::float64(), {value});
}
inline TypedExpr text(std::string value) {
  return constant(Type::string(), {std::move(value)});
}
inline TypedExpr time(TimeMs ms) {
  return constant(Type::timestamp(), {Timestamp{ms}});
}
/// "12.50" is a decimal(2).
inline TypedExpr decimal(std::string_view digits) {
  const auto point = digits.find('.');
  const int scale = point == std::string_view::npos ? 0 : static_cast<int>(digits.size() - point - 1);
  return constant(Type::decimal(scale), {DecimalValue{*parse_decimal(digits, scale, false), scale}});
}

inline TypedExpr call(Function function, Type type, std::vector<TypedExpr> args) {
  TypedExpr expression;
  expression.kind = TypedExpr::Kind::call;
  expression.function = function;
  expression.type = std::move(type);
  expression.args = std::move(args);
  return expression;
}
/// A call that gives a bool.
inline TypedExpr test(Function function, std::vector<TypedExpr> args) {
  return call(function, Type::boolean(), std::move(args));
}

inline TypedExpr make_list(Type element, std::vector<TypedExpr> args) {
  TypedExpr expression;
  expression.kind = TypedExpr::Kind::make_list;
  expression.type = Type::list_of(std::move(element));
  expression.args = std::move(args);
  return expression;
}

/// The field of that name, which must be there.
inline TypedExpr field(const Schema& schema, std::string_view name) {
  TypedExpr expression;
  expression.kind = TypedExpr::Kind::field;
  expression.field = schema.find(name).value();
  expression.type = schema.fields()[expression.field].type;
  return expression;
}

/// `step[index].name`
inline TypedExpr step_field(const Schema& schema, StepId step, std::int32_t index, std::string_view name) {
  TypedExpr expression = field(schema, name);
  expression.kind = TypedExpr::Kind::step_field;
  expression.step = step;
  expression.index = index;
  return expression;
}

/// `aggregate(step.name)`, of the type given; without a name that of `count`.
inline TypedExpr step_aggregate(const Schema& schema, StepAggregate aggregate, Type type, StepId step,
                                std::string_view name = {}) {
  TypedExpr expression = name.empty() ? TypedExpr{} : field(schema, name);
  expression.kind = TypedExpr::Kind::step_aggregate;
  expression.aggregate = aggregate;
  expression.type = std::move(type);
  expression.step = step;
  return expression;
}

/// Rows of one layout with their memory. Rows stay where they are.
class Rows {
 public:
  explicit Rows(Schema schema) : layout_(std::move(schema)) {}

  /// A row of these values in the order of the fields; what is left out is null.
  Row add(std::vector<Value> values) {
    rows_.push_back(std::make_unique<std::uint64_t[]>(layout_.words()));
    std::uint64_t* row = rows_.back().get();
    layout_.clear(row);
    for (std::uint32_t i = 0; i < values.size(); ++i) {
      layout_.set(row, i, from_value(values[i], layout_.schema().fields()[i].type, arena_));
    }
    return row;
  }
  const RowLayout& layout() const { return layout_; }
  const Schema& schema() const { return layout_.schema(); }

 private:
  RowLayout layout_;
  Arena arena_;
  std::vector<std::unique_ptr<std::uint64_t[]>> rows_;
};

/// A value as `string(x)` writes it, or "null".
inline std::string as_text(const Datum& datum, const Type& type) {
  if (datum.null) return "null";
  Arena arena;
  return std::string(to_text(datum, type, arena)->view());
}

/// The value of an expression, as text.
inline std::string evaluate(const TypedExpr& expression, const ExprProgram::Layouts& layouts = {},
                            const EvalInput& input = {}) {
  const ExprProgram program = compile_expression(expression, layouts);
  EvalScratch scratch;
  return as_text(program.evaluate(input, scratch), program.type());
}

/// Replaces the constants of an expression by fields, so that nothing is folded and nothing prepared; zones and formats
/// stay, as they have to be constants.
class Lifted {
 public:
  explicit Lifted(TypedExpr expression) : expression_(std::move(expression)) { lift(expression_); }

  std::string evaluate() {
    Rows rows{Schema(fields_)};
    const Row row = rows.add(values_);
    return build::evaluate(expression_, {.row = &rows.layout()}, {.row = row});
  }

 private:
  void lift(TypedExpr& expression) {
    if (expression.kind == TypedExpr::Kind::constant && expression.type.kind != TypeKind::null_) {
      fields_.push_back({.name = "f" + std::to_string(fields_.size()), .type = expression.type});
      values_.push_back(std::move(expression.constant));
      expression = field(Schema(fields_), fields_.back().name);
      return;
    }
    const Function function = expression.function;
    const bool constants_behind =
        expression.kind == TypedExpr::Kind::call && function >= Function::hour && function <= Function::format_time;
    for (TypedExpr& arg : expression.args) {
      lift(arg);
      if (constants_behind) break;
    }
  }

  TypedExpr expression_;
  std::vector<Field> fields_;
  std::vector<Value> values_;
};

/// One line of a table of facts.
struct Fact {
  TypedExpr expression;
  std::string value;
};

}    // namespace cepheid::nfa::build
