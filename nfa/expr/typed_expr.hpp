#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cepheid/row_condition.hpp"
#include "cepheid/type.hpp"
#include "cepheid/value.hpp"

namespace cepheid::nfa {

/// A step of a pattern that takes events: its position among them in the order of the text, groups walked through.
/// Steps of `not_next` and `not_followed_by` take nothing and have no number.
using StepId = std::uint16_t;

/// What a `call` computes. The types of the arguments are the checker's business: it puts in the conversions named
/// here, so that each function meets only the types that stand beside it. N: int, double or decimal. T: any one type.
/// Unless said otherwise the result is null if any argument is null.
enum class Function : std::uint8_t {
  // Logic (bool): SQL's three values. `and_`, `or_` take two or more arguments.
  and_,
  or_,
  not_,
  // Comparison, to bool. Two of one type (bool, string by code point, timestamp, list, object: only `equal` and
  // `not_equal` for the last two), or two numbers of any kinds and scales, compared by their exact values. timestamp
  // beside int: as ms.
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  is_null,      // (T) bool, never null
  in_values,    // (x, v1, …): SQL's IN over `equal`; at least one value
  in_list,      // (x, list): the same over a list's elements
  like,         // (string, string pattern)
  matches,      // (string, string RE2 expression); a constant expression is compiled once. Not valid: null
  // Arithmetic. Both arguments int, both double, or decimals: `add`, `subtract`, `remainder` of one scale.
  // `multiply` of decimals adds the scales. Overflow is null; a double that is not finite is null.
  // timestamp - timestamp and timestamp ± int come as int operations with the type of the result set.
  add,
  subtract,
  multiply,
  remainder,
  divide,    // (double, double)
  negate,    // (N)
  // Conversions. `to_*` name the target; the source is the argument's type.
  to_bool,         // (bool) as it is
  to_int,          // (int, double, decimal, string, timestamp): cuts towards zero; text only as a whole number
  to_double,       // (int, double, decimal, string)
  to_decimal,      // (int, double, decimal, string) the scale is the result type's; rounds half away from zero
  to_text,         // (T)
  to_timestamp,    // (int ms, timestamp, string ISO 8601; without an offset UTC)
  // Numbers
  abs,    // (N) same type
  floor,
  ceil,     // (int, double) same type; (decimal) decimal(0)
  round,    // (N) half away from zero; (double or decimal, int digits): decimal keeps its scale then
  sqrt,
  pow,
  ln,
  exp,    // (double …) double
  least,
  greatest,    // (T…) all of one type; nulls are left out
  coalesce,    // (T…) the first that is not null
  if_,         // (bool, T, T): a null condition takes the second T
  // Text, counted in code points
  lower,
  upper,
  length,      // length also of a list
  contains,    // (string, string) or (list of T, T)
  starts_with,
  ends_with,
  concat,    // (string…): nulls are left out, "" of nothing
  substr,    // (string, int from [, int n])
  split,     // (string, string) list of string
  hash,      // (T…) int: the same in every run, version and machine
  // Time. A zone argument is a constant string, last, optional.
  hour,
  minute,
  day_of_week,     // (timestamp [, zone]) int; 0 is Monday
  date,            // (timestamp [, zone]) "yyyy-MM-dd"
  format_time,     // (timestamp, constant string format [, zone]); letters y M d H m s S, the rest as it is
  haversine_km,    // (double lat1, double lon1, double lat2, double lon2), R = 6371
};

/// How the events that a step took are summed up.
enum class StepAggregate : std::uint8_t {
  count,    // of events
  sum,
  avg,
  min,
  max,
  stddev,
  first,
  last,
  count_distinct,
};

/// An expression whose names are resolved and whose types are fixed, as a tree. The checker (or the fluent API) makes
/// it, compile_expression turns it into an ExprProgram, fingerprint tells equal ones.
struct TypedExpr {
  enum class Kind : std::uint8_t {
    constant,          // `constant`, of `type`
    field,             // field `field` of the row at hand
    side_field,        // field `field` of side row `side` (a look-up's row, a join's other row)
    step_field,        // field `field` of event `index` of step `step` (from 0; negative: from the last); null if none
    step_aggregate,    // `aggregate` over field `field` of the events of `step` (field unused for count)
    item,              // value `field` computed before this one (an earlier item of `select` or `emit`)
    event_time,        // the time of the row at hand
    call,              // `function` of `args`
    make_list,         // of `args`, all of the element type
    make_object,       // of `args`, one for each field of `type`
    native,            // what `native` says of the row at hand; `constant` is its description, `field` its number
  };

  Kind kind = Kind::constant;
  Type type;
  Value constant;
  Function function = Function::and_;
  StepAggregate aggregate = StepAggregate::count;
  std::uint32_t field = 0;
  std::uint32_t side = 0;
  StepId step = 0;
  std::int32_t index = -1;
  std::vector<TypedExpr> args;
  std::shared_ptr<const RowCondition> native;    // null but for `native`
};

/// Same text for expressions that compute the same: the key by which conditions are shared.
[[nodiscard]] std::string fingerprint(const TypedExpr& expression);
/// Does it look at anything but the row at hand, its time and constants (a step, an item, a side row)?
[[nodiscard]] bool looks_back(const TypedExpr& expression);

}    // namespace cepheid::nfa
