#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "nfa/expr/compare.hpp"
#include "nfa/expr/program_code.hpp"
#include "nfa/expr/typed_expr.hpp"

namespace cepheid::nfa {

[[nodiscard]] inline bool is_constant(Operand operand) {
  return operand < 0;
}

/// Ints and timestamps are the same to every instruction.
[[nodiscard]] inline bool is_integral(const Type& type) {
  return type.kind == TypeKind::int_ || type.kind == TypeKind::timestamp;
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

/// From a typed tree to instructions, in one walk. The value of an expression is a constant or the register that is the
/// first free one when its compilation begins; what its parts need lies above it and is free again afterwards. A part
/// that reads nothing of the input is run at once and becomes a constant, so that constants are folded from below.
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

}    // namespace cepheid::nfa
