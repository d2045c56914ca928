#include "nfa/expr/compiler.hpp"

#include <memory>

namespace cepheid::nfa {

namespace {

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

}    // namespace

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

namespace {

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
