// Functions: those that choose among their arguments, then those that are null if any argument is.

#include "nfa/expr/compiler.hpp"

#include <memory>

#include "nfa/expr/regex_options.hpp"
#include "nfa/expr/to_text.hpp"

namespace cepheid::nfa {

Operand Compiler::compile_if(const TypedExpr& call) {
  const std::int32_t dest = base_;
  const Operand condition = compile(call.args[0]);
  if (is_constant(condition)) {
    const bool holds = !constant(condition).null && constant(condition).boolean;
    return compile(call.args[holds ? 1 : 2]);
  }
  const std::size_t to_else = emit_jump(Op::jump_if_not_true, condition);
  next_ = dest;
  move_to(dest, compile(call.args[1]));
  const std::size_t to_end = emit_jump(Op::jump);
  land(to_else);
  next_ = dest;
  move_to(dest, compile(call.args[2]));
  land(to_end);
  return dest;
}

Operand Compiler::compile_coalesce(const TypedExpr& call) {
  const std::int32_t dest = base_;
  std::vector<std::size_t> exits;
  bool begun = false;
  for (const TypedExpr& arg : call.args) {
    next_ = dest;
    const std::size_t before = code_.instructions.size();
    if (begun) exits.push_back(emit_jump(Op::jump_if_not_null, dest));
    const Operand operand = compile(arg);
    const bool no_more = is_constant(operand) && !constant(operand).null;
    if (is_constant(operand) && constant(operand).null) {
      code_.instructions.resize(before);
      if (begun) exits.pop_back();
      continue;
    }
    if (!begun && no_more) return operand;
    move_to(dest, operand);
    begun = true;
    if (no_more) break;
  }
  for (const std::size_t jump : exits) land(jump);
  return begun ? dest : kNull;
}

Operand Compiler::compile_concat(const TypedExpr& call) {
  std::vector<Operand> parts;
  for (const TypedExpr& arg : call.args) {
    const Operand operand = compile(arg);
    if (is_constant(operand)) {
      if (constant(operand).null) continue;
      const Datum value = constant(operand);
      parts.push_back(add_constant(Datum::of_text(to_text(value, arg.type, code_.arena))));
      continue;
    }
    if (arg.type.kind != TypeKind::string) {
      code_.instructions.push_back(
          {.op = Op::to_text, .dest = operand, .a = operand, .c = add_to(code_.types, arg.type)});
    }
    parts.push_back(operand);
  }
  return emit(Op::concat, add_operands(parts), static_cast<Operand>(parts.size()));
}

Operand Compiler::compile_extreme(const TypedExpr& call, Outcome wanted) {
  std::vector<Operand> values;
  for (const TypedExpr& arg : call.args) {
    const Operand operand = compile(arg);
    if (arg.type.kind != TypeKind::null_) values.push_back(operand);
  }
  return emit(Op::extreme, add_operands(values), static_cast<Operand>(values.size()), add_to(code_.types, call.type),
              wanted);
}

Operand Compiler::compile_conversion(const TypedExpr& call, Operand arg) {
  const Type& from = call.args[0].type;
  const int scale = from.scale;
  switch (call.function) {
    case Function::to_int:
      if (from.kind == TypeKind::double_) return emit(Op::double_to_int, arg);
      if (from.kind == TypeKind::decimal) return emit(Op::decimal_to_int, arg, 0, 0, scale);
      if (from.kind == TypeKind::string) return emit(Op::text_to_int, arg);
      return arg;
    case Function::to_double:
      if (from.kind == TypeKind::decimal) return emit(Op::decimal_to_double, arg, 0, 0, scale);
      if (from.kind == TypeKind::string) return emit(Op::text_to_double, arg);
      return from.kind == TypeKind::double_ ? arg : emit(Op::int_to_double, arg);
    case Function::to_decimal:
      if (from.kind == TypeKind::double_) return emit(Op::double_to_decimal, arg, 0, call.type.scale);
      if (from.kind == TypeKind::string) return emit(Op::text_to_decimal, arg, 0, call.type.scale);
      if (from.kind != TypeKind::decimal) return emit(Op::int_to_decimal, arg, 0, call.type.scale);
      return from.scale == call.type.scale ? arg : emit(Op::decimal_to_decimal, arg, 0, call.type.scale, scale);
    case Function::to_timestamp: return from.kind == TypeKind::string ? emit(Op::text_to_timestamp, arg) : arg;
    case Function::to_text:
      return from.kind == TypeKind::string ? arg : emit(Op::to_text, arg, 0, add_to(code_.types, from));
    default: return arg;
  }
}

/// `floor`, `ceil` and `round`, which leave an int as it is.
Operand Compiler::compile_rounding(const TypedExpr& call, std::span<const Operand> args, const Arithmetic& ops) {
  const Type& type = call.args[0].type;
  if (args.size() == 2) {
    const Arithmetic digits{Op::round_int, Op::round_double_digits, Op::round_decimal_digits};
    return emit(digits.of(type), args[0], args[1], 0, type.scale);
  }
  if (is_integral(type)) return args[0];
  return emit(ops.of(type), args[0], 0, 0, type.scale);
}

Operand Compiler::compile_time(Op op, std::span<const Operand> args) {
  // A zone or format that is unknown or no constant has been refused before; nothing can be told by it.
  std::size_t next = 1;
  std::int32_t format = 0;
  if (op == Op::format_time) {
    if (!is_constant(args[next])) return kNull;
    format = add_to(code_.formats, TimeFormat(constant(args[next]).text->view()));
    ++next;
  }
  const date::time_zone* zone = nullptr;
  if (next < args.size()) {
    zone = is_constant(args[next]) ? find_zone(constant(args[next]).text->view()) : nullptr;
    if (zone == nullptr) return kNull;
  }
  return emit(op, args[0], add_to(code_.zones, zone), format);
}

Operand Compiler::compile_strict(const TypedExpr& call) {
  std::vector<Operand> args;
  for (const TypedExpr& arg : call.args) {
    args.push_back(compile(arg));
    if (is_constant(args.back()) && constant(args.back()).null) return kNull;
  }
  const Type& type = call.args[0].type;
  const Operand a = args[0];
  const Operand b = args.size() > 1 ? args[1] : 0;
  const auto arithmetic = [&](Op on_int, Op on_double, Op on_decimal) {
    return emit(Arithmetic{on_int, on_double, on_decimal}.of(type), a, b);
  };
  switch (call.function) {
    case Function::not_: return emit(Op::not_, a);
    case Function::in_list: return emit(Op::in_list, a, b, add_types(type, *call.args[1].type.element), 1);
    case Function::contains:
      // the list stands first here; a null in it is just no such element
      if (type.kind == TypeKind::list) return emit(Op::in_list, b, a, add_types(call.args[1].type, *type.element), 0);
      return emit(Op::contains_text, a, b);
    case Function::like:
      if (!is_constant(b)) return emit(Op::like_text, a, b);
      return emit(Op::like_pattern, a, add_to(code_.like_patterns, LikePattern(constant(b).text->view())));
    case Function::matches: {
      if (!is_constant(b)) return emit(Op::matches_text, a, b);
      const std::string_view expression = constant(b).text->view();
      auto regex =
          std::make_unique<const re2::RE2>(re2::StringPiece(expression.data(), expression.size()), regex_options());
      if (!regex->ok()) return kNull;
      return emit(Op::matches_regex, a, add_to(code_.regexes, std::move(regex)));
    }
    case Function::add: return arithmetic(Op::add_int, Op::add_double, Op::add_decimal);
    case Function::subtract: return arithmetic(Op::subtract_int, Op::subtract_double, Op::subtract_decimal);
    case Function::multiply: return arithmetic(Op::multiply_int, Op::multiply_double, Op::multiply_decimal);
    case Function::remainder: return arithmetic(Op::remainder_int, Op::remainder_double, Op::remainder_decimal);
    case Function::divide: return emit(Op::divide_double, a, b);
    case Function::negate: return arithmetic(Op::negate_int, Op::negate_double, Op::negate_decimal);
    case Function::to_bool:
    case Function::to_int:
    case Function::to_double:
    case Function::to_decimal:
    case Function::to_text:
    case Function::to_timestamp: return compile_conversion(call, a);
    case Function::abs: return arithmetic(Op::abs_int, Op::abs_double, Op::abs_decimal);
    case Function::floor: return compile_rounding(call, args, {Op::move, Op::floor_double, Op::floor_decimal});
    case Function::ceil: return compile_rounding(call, args, {Op::move, Op::ceil_double, Op::ceil_decimal});
    case Function::round: return compile_rounding(call, args, {Op::move, Op::round_double, Op::round_decimal});
    case Function::sqrt: return emit(Op::sqrt, a);
    case Function::pow: return emit(Op::pow, a, b);
    case Function::ln: return emit(Op::ln, a);
    case Function::exp: return emit(Op::exp, a);
    case Function::lower: return emit(Op::lower, a);
    case Function::upper: return emit(Op::upper, a);
    case Function::length: return emit(type.kind == TypeKind::list ? Op::length_list : Op::length_text, a);
    case Function::starts_with: return emit(Op::starts_with, a, b);
    case Function::ends_with: return emit(Op::ends_with, a, b);
    case Function::substr: return args.size() == 2 ? emit(Op::substr_from, a, b) : emit(Op::substr, a, b, args[2]);
    case Function::split: return emit(Op::split, a, b);
    case Function::hash: {
      const auto types = static_cast<std::int32_t>(code_.types.size());
      for (const TypedExpr& arg : call.args) code_.types.push_back(arg.type);
      return emit(Op::hash, add_operands(args), static_cast<Operand>(args.size()), types);
    }
    case Function::hour: return compile_time(Op::hour, args);
    case Function::minute: return compile_time(Op::minute, args);
    case Function::day_of_week: return compile_time(Op::day_of_week, args);
    case Function::date: return compile_time(Op::date, args);
    case Function::format_time: return compile_time(Op::format_time, args);
    case Function::haversine_km: return emit(Op::haversine_km, add_operands(args), static_cast<Operand>(args.size()));
    default: return kNull;
  }
}

}    // namespace cepheid::nfa
