// Comparisons, and `in`, which is an `or` of them.

#include "nfa/expr/compiler.hpp"

#include "nfa/expr/comparison_outcomes.hpp"
#include "nfa/expr/number_functions.hpp"
#include "nfa/row/decimal_math.hpp"

namespace cepheid::nfa {

namespace {

/// A constant of type `from` as one of type `to` with exactly the same value, if there is one.
std::optional<Datum> exactly_as(const Datum& constant, const Type& from, const Type& to) {
  if (is_integral(from) && is_integral(to)) return constant;
  if (!is_integral(from) && from.kind != TypeKind::decimal && from.kind != TypeKind::double_) return std::nullopt;
  Datum result;
  switch (to.kind) {
    case TypeKind::int_:
    case TypeKind::timestamp:
      result =
          from.kind == TypeKind::double_ ? double_to_int(constant.number) : decimal_to_int(constant.units, from.scale);
      break;
    case TypeKind::double_:
      result = Datum::of_double(is_integral(from) ? static_cast<double>(constant.integer)
                                                  : decimal_to_double(constant.units, from.scale));
      break;
    case TypeKind::decimal: {
      if (from.kind == TypeKind::double_) return std::nullopt;
      const auto units =
          is_integral(from) ? rescale(constant.integer, 0, to.scale) : rescale(constant.units, from.scale, to.scale);
      if (units) result = Datum::of_decimal(*units);
      break;
    }
    default: return std::nullopt;
  }
  if (result.null || compare_values(constant, from, result, to) != kEqual) return std::nullopt;
  return result;
}

}    // namespace

void Compiler::emit_comparison(std::int32_t dest, Operand a, const Type& a_type, Operand b, const Type& b_type,
                               Outcome mask) {
  Instruction instruction{.op = Op::compare_values, .mask = mask, .dest = dest, .a = a, .b = b};
  const Type* left = &a_type;
  const Type* right = &b_type;
  // Beside a constant of another kind the same value of this kind does as well, and is compared faster.
  if (is_constant(b) && !constant(b).null && !(a_type == b_type)) {
    if (const auto same = exactly_as(constant(b), b_type, a_type)) {
      instruction.b = add_constant(*same);
      right = left;
    }
  } else if (is_constant(a) && !constant(a).null && !(a_type == b_type)) {
    if (const auto same = exactly_as(constant(a), a_type, b_type)) {
      instruction.a = add_constant(*same);
      left = right;
    }
  }
  if (is_integral(*left) && is_integral(*right)) {
    instruction.op = Op::compare_int;
  } else if (left->kind == TypeKind::double_ && right->kind == TypeKind::double_) {
    instruction.op = Op::compare_double;
  } else if (left->kind == TypeKind::decimal && *left == *right) {
    instruction.op = Op::compare_decimal;
  } else if (left->kind == TypeKind::string) {
    const bool equality = mask == kEqual || mask == (kLess | kGreater);
    instruction.op = equality ? Op::equal_text : Op::compare_text;
  } else {
    instruction.c = add_types(*left, *right);
  }
  code_.instructions.push_back(instruction);
  use_register(dest);
}

std::optional<Operand> Compiler::fuse_comparison(const TypedExpr& field, const TypedExpr& other, Operand operand,
                                                 Outcome mask) {
  const auto same =
      field.type == other.type ? constant(operand) : exactly_as(constant(operand), other.type, field.type);
  if (!same) return std::nullopt;
  Op op = Op::halt;
  switch (field.type.kind) {
    case TypeKind::int_:
    case TypeKind::timestamp: op = Op::compare_field_int; break;
    case TypeKind::double_: op = Op::compare_field_double; break;
    case TypeKind::decimal: op = Op::compare_field_decimal; break;
    case TypeKind::string:
      op = mask == kEqual || mask == (kLess | kGreater) ? Op::equal_field_text : Op::compare_field_text;
      break;
    default: return std::nullopt;
  }
  return emit_reading(op, add_slot(*layouts_.row, field.field), add_constant(*same), 0, mask);
}

Operand Compiler::compile_comparison(const TypedExpr& call) {
  const TypedExpr& left = call.args[0];
  const TypedExpr& right = call.args[1];
  const Outcome mask = comparison_outcomes(call.function);
  const std::int32_t dest = base_;

  // The side that is no field first: if it is a constant, the field need not be loaded.
  const bool left_last = left.kind == TypedExpr::Kind::field;
  const TypedExpr& other = left_last ? right : left;
  const Operand b = compile(other);
  if (is_constant(b) && constant(b).null) return kNull;
  const TypedExpr& field = left_last ? left : right;
  if (field.kind == TypedExpr::Kind::field && is_constant(b)) {
    if (const auto fused = fuse_comparison(field, other, b, left_last ? mask : swapped(mask))) return *fused;
  }
  const Operand a = compile(field);
  if (is_constant(a) && constant(a).null) return kNull;
  if (left_last) {
    emit_comparison(dest, a, left.type, b, right.type, mask);
  } else {
    emit_comparison(dest, b, left.type, a, right.type, mask);
  }
  return dest;
}

std::optional<Operand> Compiler::compile_in_set(const TypedExpr& call, Operand value, std::span<const Operand> values) {
  // Below this number comparing one after the other is as fast.
  constexpr std::size_t kSmallest = 4;
  const Type& type = call.args[0].type;
  const bool text = type.kind == TypeKind::string;
  if (values.size() < kSmallest || !(text || is_integral(type))) return std::nullopt;
  bool has_null = false;
  boost::unordered_flat_set<std::string_view> texts;
  boost::unordered_flat_set<std::int64_t> ints;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!is_constant(values[i])) return std::nullopt;
    const Datum& item = constant(values[i]);
    if (item.null) {
      has_null = true;
    } else if (text) {
      texts.insert(item.text->view());
    } else if (const auto same = exactly_as(item, call.args[i + 1].type, type)) {
      ints.insert(same->integer);
    }    // a number that is no int equals none
  }
  if (text) return emit(Op::in_texts, value, add_to(code_.text_sets, std::move(texts)), 0, has_null ? 1 : 0);
  return emit(Op::in_ints, value, add_to(code_.int_sets, std::move(ints)), 0, has_null ? 1 : 0);
}

/// As SQL defines it: an `or` of comparisons.
Operand Compiler::compile_in_values(const TypedExpr& call) {
  const TypedExpr& value = call.args[0];
  const std::int32_t dest = base_;
  next_ = dest + 1;
  const Operand operand = compile(value);
  if (value.type.kind == TypeKind::null_ || (is_constant(operand) && constant(operand).null)) return kNull;
  std::vector<Operand> values;
  for (std::size_t i = 1; i < call.args.size(); ++i) {
    const Operand item = compile(call.args[i]);
    values.push_back(call.args[i].type.kind == TypeKind::null_ ? kNull : item);
  }
  if (const auto set = compile_in_set(call, operand, values)) return *set;

  const std::int32_t outcome = next_;
  std::vector<std::size_t> exits;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool null_item = is_constant(values[i]) && constant(values[i]).null;
    const std::int32_t to = i == 0 ? dest : outcome;
    if (i > 0) exits.push_back(emit_jump(Op::jump_if_true, dest));
    if (null_item) {
      emit_to(to, Op::move, kNull);
    } else {
      emit_comparison(to, operand, value.type, values[i], call.args[i + 1].type, kEqual);
    }
    if (i > 0) emit_to(dest, Op::or_, dest, outcome);
  }
  for (const std::size_t jump : exits) land(jump);
  return dest;
}

}    // namespace cepheid::nfa
