// From a typed tree to instructions, in one walk. The value of an expression is a constant or the register that is the
// first free one when its compilation begins; what its parts need lies above it and is free again afterwards. A part
// that reads nothing of the input is run at once and becomes a constant, so that constants are folded from below.

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "nfa/expr/compare.hpp"
#include "nfa/expr/number_functions.hpp"
#include "nfa/expr/program_code.hpp"
#include "nfa/expr/regex_options.hpp"
#include "nfa/expr/to_text.hpp"
#include "nfa/row/decimal_math.hpp"

namespace cepheid::nfa {
namespace {

bool is_constant(Operand operand) {
  return operand < 0;
}

/// Ints and timestamps are the same to every instruction.
bool is_integral(const Type& type) {
  return type.kind == TypeKind::int_ || type.kind == TypeKind::timestamp;
}

Outcome mask_of(Function function) {
  switch (function) {
    case Function::equal: return kEqual;
    case Function::not_equal: return kLess | kGreater;
    case Function::less: return kLess;
    case Function::less_equal: return kLess | kEqual;
    case Function::greater: return kGreater;
    default: return kGreater | kEqual;
  }
}

/// Is the result null if any argument is?
bool is_strict(Function function) {
  switch (function) {
    case Function::and_:
    case Function::or_:
    case Function::is_null:
    case Function::in_values:
    case Function::least:
    case Function::greatest:
    case Function::coalesce:
    case Function::if_:
    case Function::concat: return false;
    default: return true;
  }
}

/// The instructions of an arithmetic function by the kind of its arguments.
struct Arithmetic {
  Op on_int;
  Op on_double;
  Op on_decimal;

  Op of(const Type& type) const {
    if (type.kind == TypeKind::double_) return on_double;
    return type.kind == TypeKind::decimal ? on_decimal : on_int;
  }
};

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

class Compiler {
 public:
  Compiler(ExprProgram::Code& code, const ExprProgram::Layouts& layouts) : code_(code), layouts_(layouts) {
    add_constant({});    // number 0 is null
  }

  void compile_program(const TypedExpr& expression) {
    const Operand result = compile(expression);
    code_.instructions.push_back({.op = Op::halt, .a = result});
  }

 private:
  static constexpr Operand kNull = ~0;

  /// Compiles; the result is a constant or the register that was free first.
  Operand compile(const TypedExpr& expression);
  Operand compile_call(const TypedExpr& call);
  Operand compile_strict(const TypedExpr& call);
  Operand compile_logic(const TypedExpr& call, bool neutral);
  Operand compile_comparison(const TypedExpr& call);
  Operand compile_in_values(const TypedExpr& call);
  std::optional<Operand> compile_in_set(const TypedExpr& call, Operand value, std::span<const Operand> values);
  Operand compile_if(const TypedExpr& call);
  Operand compile_coalesce(const TypedExpr& call);
  Operand compile_concat(const TypedExpr& call);
  Operand compile_extreme(const TypedExpr& call, Outcome wanted);
  Operand compile_conversion(const TypedExpr& call, Operand arg);
  Operand compile_rounding(const TypedExpr& call, std::span<const Operand> args, const Arithmetic& ops);
  Operand compile_time(Op op, std::span<const Operand> args);
  Operand compile_aggregate(const TypedExpr& expression);
  Operand compile_composite(const TypedExpr& expression);

  /// Writes into `dest` whether `a` compared with `b` is in `mask`.
  void emit_comparison(std::int32_t dest, Operand a, const Type& a_type, Operand b, const Type& b_type, Outcome mask);
  /// Field and constant compared in one instruction, if there is one for their type.
  std::optional<Operand> fuse_comparison(const TypedExpr& field, const TypedExpr& other, Operand constant,
                                         Outcome mask);
  /// Runs what was compiled since `start`, which reads no input, and puts the result in its place.
  Operand fold(std::size_t start, const Type& type);

  Operand emit(Instruction instruction) {
    instruction.dest = base_of_emit();
    code_.instructions.push_back(instruction);
    return instruction.dest;
  }
  Operand emit(Op op, Operand a = 0, Operand b = 0, std::int32_t c = 0, int mask = 0) {
    return emit({.op = op, .mask = static_cast<std::uint8_t>(mask), .a = a, .b = b, .c = c});
  }
  /// The same for instructions that read the input, which are never folded.
  Operand emit_reading(Op op, Operand a, Operand b = 0, std::int32_t c = 0, int mask = 0) {
    ++input_reads_;
    return emit(op, a, b, c, mask);
  }
  void emit_to(std::int32_t dest, Op op, Operand a, Operand b = 0) {
    code_.instructions.push_back({.op = op, .dest = dest, .a = a, .b = b});
    use_register(dest);
  }
  /// A jump whose target is set by land().
  std::size_t emit_jump(Op op, Operand condition = 0) {
    code_.instructions.push_back({.op = op, .a = condition});
    return code_.instructions.size() - 1;
  }
  /// Lets a jump go to the next instruction.
  void land(std::size_t jump) { code_.instructions[jump].b = static_cast<std::int32_t>(code_.instructions.size()); }
  void move_to(std::int32_t dest, Operand operand) {
    if (operand != dest) emit_to(dest, Op::move, operand);
    next_ = dest + 1;
  }

  /// Results go to the register that was free when the innermost call began.
  std::int32_t base_of_emit() {
    use_register(base_);
    next_ = base_ + 1;
    return base_;
  }
  void use_register(std::int32_t index) {
    code_.register_count = std::max(code_.register_count, static_cast<std::size_t>(index) + 1);
  }

  Operand add_constant(const Datum& datum) {
    code_.constants.push_back(datum);
    return ~static_cast<Operand>(code_.constants.size() - 1);
  }
  const Datum& constant(Operand operand) const { return code_.constants[static_cast<std::size_t>(~operand)]; }
  Operand bool_constant(bool value) { return add_constant(Datum::of_bool(value)); }

  template <typename Item>
  static std::int32_t add_to(std::vector<Item>& table, Item item) {
    table.push_back(std::move(item));
    return static_cast<std::int32_t>(table.size() - 1);
  }
  std::int32_t add_slot(const RowLayout& layout, std::uint32_t field) {
    return add_to(code_.slots, layout.slot(field));
  }
  std::int32_t add_types(const Type& first, const Type& second) {
    const std::int32_t index = add_to(code_.types, first);
    add_to(code_.types, second);
    return index;
  }
  std::int32_t add_operands(std::span<const Operand> operands) {
    const auto start = static_cast<std::int32_t>(code_.operands.size());
    code_.operands.insert(code_.operands.end(), operands.begin(), operands.end());
    return start;
  }

  ExprProgram::Code& code_;
  const ExprProgram::Layouts& layouts_;
  std::int32_t next_ = 0;    // first free register
  std::int32_t base_ = 0;    // where the expression at hand puts its value
  std::size_t input_reads_ = 0;
};

Operand Compiler::compile(const TypedExpr& expression) {
  using Kind = TypedExpr::Kind;
  const std::int32_t outer_base = std::exchange(base_, next_);
  const std::size_t start = code_.instructions.size();
  const std::size_t reads = input_reads_;
  Operand result = kNull;
  switch (expression.kind) {
    case Kind::constant:
      if (!expression.constant.is_null()) {
        result = add_constant(from_value(expression.constant, expression.type, code_.arena));
      }
      break;
    case Kind::field: result = emit_reading(Op::load_field, add_slot(*layouts_.row, expression.field)); break;
    case Kind::side_field:
      result = emit_reading(Op::load_side_field, add_slot(*layouts_.sides[expression.side], expression.field),
                            static_cast<std::int32_t>(expression.side));
      break;
    case Kind::step_field:
      result = emit_reading(Op::load_step_field, add_slot(*layouts_.taken, expression.field), expression.step,
                            expression.index);
      break;
    case Kind::step_aggregate: result = compile_aggregate(expression); break;
    case Kind::item: result = emit_reading(Op::load_item, static_cast<std::int32_t>(expression.field)); break;
    case Kind::event_time: result = emit_reading(Op::load_time, 0); break;
    case Kind::native:
      result = emit_reading(
          Op::ask_native, add_to(code_.natives, {expression.native, std::make_unique<const RowLayout>(*layouts_.row)}));
      break;
    case Kind::call: result = compile_call(expression); break;
    case Kind::make_list:
    case Kind::make_object: result = compile_composite(expression); break;
  }
  if (!is_constant(result) && input_reads_ == reads) result = fold(start, expression.type);
  next_ = is_constant(result) ? base_ : base_ + 1;
  base_ = outer_base;
  return result;
}

Operand Compiler::fold(std::size_t start, const Type& type) {
  code_.instructions.push_back({.op = Op::halt, .a = base_});
  EvalScratch scratch;
  const Datum value = run_code(code_, start, {}, scratch);
  code_.instructions.resize(start);
  return value.null ? kNull : add_constant(copy_datum(value, type, code_.arena));
}

Operand Compiler::compile_aggregate(const TypedExpr& expression) {
  std::int32_t slot = 0;
  std::int32_t type = 0;
  if (expression.aggregate == StepAggregate::count) {
    slot = add_to(code_.slots, FieldSlot{});
    type = add_to(code_.types, Type::null());
  } else {
    slot = add_slot(*layouts_.taken, expression.field);
    type = add_to(code_.types, layouts_.taken->schema().fields()[expression.field].type);
  }
  return emit_reading(Op::aggregate_step, slot, expression.step, type, static_cast<int>(expression.aggregate));
}

Operand Compiler::compile_composite(const TypedExpr& expression) {
  std::vector<Operand> items;
  for (const TypedExpr& arg : expression.args) items.push_back(compile(arg));
  return emit(Op::make_composite, add_operands(items), static_cast<Operand>(items.size()));
}

Operand Compiler::compile_call(const TypedExpr& call) {
  switch (call.function) {
    case Function::and_: return compile_logic(call, true);
    case Function::or_: return compile_logic(call, false);
    case Function::is_null: return emit(Op::is_null, compile(call.args[0]));
    case Function::in_values: return compile_in_values(call);
    case Function::if_: return compile_if(call);
    case Function::coalesce: return compile_coalesce(call);
    case Function::concat: return compile_concat(call);
    case Function::least: return compile_extreme(call, kLess);
    case Function::greatest: return compile_extreme(call, kGreater);
    default: break;
  }
  for (const TypedExpr& arg : call.args) {
    if (is_strict(call.function) && arg.type.kind == TypeKind::null_) return kNull;
  }
  switch (call.function) {
    case Function::equal:
    case Function::not_equal:
    case Function::less:
    case Function::less_equal:
    case Function::greater:
    case Function::greater_equal: return compile_comparison(call);
    default: return compile_strict(call);
  }
}

/// `and` (neutral: true) and `or` (neutral: false): the value so far is in one register, and the first that settles it
/// ends it.
Operand Compiler::compile_logic(const TypedExpr& call, bool neutral) {
  const std::int32_t dest = base_;
  const std::size_t start = code_.instructions.size();
  std::vector<std::size_t> exits;
  bool begun = false;
  for (const TypedExpr& arg : call.args) {
    next_ = begun ? dest + 1 : dest;
    const std::size_t before = code_.instructions.size();
    if (begun) exits.push_back(emit_jump(neutral ? Op::jump_if_false : Op::jump_if_true, dest));
    const Operand operand = compile(arg);
    if (is_constant(operand)) {
      code_.instructions.resize(before);    // the jump, and what was found out not to matter
      if (begun) exits.pop_back();
      if (!constant(operand).null) {
        if (constant(operand).boolean == neutral) continue;
        code_.instructions.resize(start);
        return bool_constant(!neutral);
      }
    }
    if (begun) {
      code_.instructions.push_back({.op = neutral ? Op::and_ : Op::or_, .dest = dest, .a = dest, .b = operand});
    } else {
      move_to(dest, operand);
      begun = true;
    }
  }
  if (!begun) return bool_constant(neutral);
  for (const std::size_t jump : exits) land(jump);
  return dest;
}

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
  const Outcome mask = mask_of(call.function);
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

/// The tests that a program consists of, if it is nothing but an `and` of comparisons of fields with constants.
std::vector<FieldTest> field_tests_of(const ExprProgram::Code& code) {
  std::vector<FieldTest> tests;
  const auto add = [&](const Instruction& i, FieldTest::Kind kind) {
    tests.push_back({.slot = code.slots[static_cast<std::size_t>(i.a)],
                     .kind = kind,
                     .mask = i.mask,
                     .constant = code.constants[static_cast<std::size_t>(~i.b)]});
  };
  for (const Instruction& i : code.instructions) {
    switch (i.op) {
      case Op::compare_field_int: add(i, FieldTest::Kind::int_); break;
      case Op::compare_field_double: add(i, FieldTest::Kind::double_); break;
      case Op::compare_field_decimal: add(i, FieldTest::Kind::decimal); break;
      case Op::compare_field_text: add(i, FieldTest::Kind::compare_text); break;
      case Op::equal_field_text: add(i, FieldTest::Kind::equal_text); break;
      case Op::jump_if_false:    // only `and` jumps so
        break;
      case Op::and_:
        if (is_constant(i.b)) return {};    // `and null` never holds
        break;
      case Op::halt:
        if (is_constant(i.a)) return {};
        break;
      default: return {};
    }
  }
  return tests;
}

}    // namespace

ExprProgram compile_expression(const TypedExpr& expression, const ExprProgram::Layouts& layouts) {
  auto code = std::make_unique<ExprProgram::Code>();
  Compiler(*code, layouts).compile_program(expression);
  ExprProgram program;
  program.type_ = expression.type;
  program.tests_ = field_tests_of(*code);
  program.code_ = std::move(code);
  return program;
}

}    // namespace cepheid::nfa
