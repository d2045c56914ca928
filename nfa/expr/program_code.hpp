#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <re2/re2.h>
#include <boost/unordered/unordered_flat_set.hpp>

#include "nfa/expr/like.hpp"
#include "nfa/expr/program.hpp"
#include "nfa/expr/time_functions.hpp"

namespace cepheid::nfa {

/// What an instruction does. `in(x)` is operand x, `out` register `dest`. Where nothing else is said `out` is null if
/// any operand is.
enum class Op : std::uint8_t {
  halt,    // the result is in(a)
  move,    // in(a)

  // From the input
  load_field,         // field of slot a
  load_side_field,    // field of slot a of side row b
  load_step_field,    // field of slot a of event number c of step b
  load_item,          // item a
  load_time,
  ask_native,        // native condition a
  aggregate_step,    // StepAggregate `mask` over slot a, of type c, of the events of step b

  // Jumps go to instruction b, with the condition on in(a)
  jump,
  jump_if_true,
  jump_if_false,
  jump_if_not_true,
  jump_if_not_null,

  // Logic
  and_,
  or_,
  not_,
  is_null,

  // Comparisons: does the outcome of a against b have a bit of `mask`?
  compare_int,
  compare_double,
  compare_decimal,    // of one scale
  compare_text,
  equal_text,        // `mask` is kEqual or its complement
  compare_values,    // of types c and c + 1
  // … of the field of slot a against constant in(b), the commonest conditions in one step
  compare_field_int,
  compare_field_double,
  compare_field_decimal,
  compare_field_text,
  equal_field_text,
  in_texts,    // is in(a) in text set b? `mask` is 1 if null stands among its values
  in_ints,     // the same for int set b
  in_list,     // is in(a) in list in(b)? of types c and c + 1; `mask` is 1 for SQL's rule about nulls in it

  // Text
  like_pattern,    // like pattern b
  like_text,
  matches_regex,    // regex b
  matches_text,
  lower,
  upper,
  length_text,
  length_list,
  contains_text,
  starts_with,
  ends_with,
  concat,    // `b` operands from place a of `operands`; nulls are left out
  substr_from,
  substr,    // in(c) signs
  split,
  hash,    // like concat, of types c, c + 1, …; null if any is

  // Numbers
  add_int,
  subtract_int,
  multiply_int,
  remainder_int,
  negate_int,
  abs_int,
  round_int,    // to in(b) digits
  add_double,
  subtract_double,
  multiply_double,
  divide_double,
  remainder_double,
  negate_double,
  abs_double,
  floor_double,
  ceil_double,
  round_double,
  round_double_digits,
  sqrt,
  pow,
  ln,
  exp,
  add_decimal,
  subtract_decimal,
  multiply_decimal,
  remainder_decimal,
  negate_decimal,
  abs_decimal,
  floor_decimal,    // from here on `mask` is the scale of in(a)
  ceil_decimal,
  round_decimal,
  round_decimal_digits,
  extreme,    // the one of `b` operands from place a, of type c, whose outcome against the others is `mask`

  // Conversions
  int_to_double,
  decimal_to_double,    // of scale `mask`
  text_to_double,
  double_to_int,
  decimal_to_int,    // of scale `mask`
  text_to_int,
  int_to_decimal,        // to scale c
  double_to_decimal,     // to scale c
  decimal_to_decimal,    // of scale `mask`, to scale c
  text_to_decimal,       // to scale c
  text_to_timestamp,
  to_text,    // of type c

  // Time, in zone b
  hour,
  minute,
  day_of_week,
  date,
  format_time,     // by format c
  haversine_km,    // of 4 operands from place a

  make_composite,    // of `b` operands from place a
};

/// An operand: a register, or constant ~operand if negative.
using Operand = std::int32_t;

struct Instruction {
  Op op = Op::halt;
  std::uint8_t mask = 0;
  std::int32_t dest = 0;
  std::int32_t a = 0;
  std::int32_t b = 0;
  std::int32_t c = 0;
};

/// A condition in C++, with a layout of its own, since a row is seen through it.
struct NativeCondition {
  std::shared_ptr<const RowCondition> function;
  std::unique_ptr<const RowLayout> layout;
};

/// Instructions, and the tables that they number.
struct ExprProgram::Code {
  std::vector<Instruction> instructions;
  std::vector<Datum> constants;
  std::vector<Operand> operands;
  std::vector<FieldSlot> slots;
  std::vector<Type> types;
  std::vector<LikePattern> like_patterns;
  std::vector<std::unique_ptr<const re2::RE2>> regexes;
  std::vector<const date::time_zone*> zones;    // null is UTC
  std::vector<TimeFormat> formats;
  std::vector<boost::unordered_flat_set<std::string_view>> text_sets;
  std::vector<boost::unordered_flat_set<std::int64_t>> int_sets;
  std::vector<NativeCondition> natives;
  Arena arena;    // text and composites of the constants
  std::size_t register_count = 0;
};

/// Runs from instruction `start` to the next `halt`. The result is a constant or a register, valid until the next run.
[[nodiscard]] const Datum& run_code(const ExprProgram::Code& code, std::size_t start, const EvalInput& input,
                                    EvalScratch& scratch);

}    // namespace cepheid::nfa
