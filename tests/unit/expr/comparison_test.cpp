// Comparisons are exact: checked against sums of bits in big numbers, and against each other over values that lie close
// together where rounding would hide the difference.

#include <cmath>
#include <limits>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "nfa/expr/compare.hpp"
#include "nfa/row/decimal_math.hpp"
#include "tests/unit/expr/build_expr.hpp"
#include "tests/unit/expr/expect_facts.hpp"

namespace cepheid::nfa {
namespace {

using namespace build;    // NOLINT: the words of the tables
using F = Function;

TEST(Comparison, AllSixOverAllKinds) {
  struct Pair {
    TypedExpr less;
    TypedExpr greater;
  };
  const std::vector<Pair> kPairs = {
      {integer(-1), integer(1)},
      {number(-0.5), number(0.25)},
      {decimal("1.10"), decimal("1.11")},
      {decimal("1.1"), decimal("1.1001")},
      {text("ab"), text("abc")},
      {text("z"), text("é")},
      {boolean(false), boolean(true)},
      {build::time(5), build::time(6)},
      {build::time(5), integer(6)},
      {integer(2), number(2.5)},
      {decimal("0.1"), number(0.1)},
      {number(0.3), decimal("0.3")},
      {integer(1), decimal("1.01")},
      {integer(9007199254740992), integer(9007199254740993)},
      {number(9007199254740992.0), integer(9007199254740993)},
  };
  for (const Pair& pair : kPairs) {
    const TypedExpr& a = pair.less;
    const TypedExpr& b = pair.greater;
    expect_facts({
        {test(F::less, {a, b}), "true"},
        {test(F::less, {b, a}), "false"},
        {test(F::less, {a, a}), "false"},
        {test(F::less_equal, {a, b}), "true"},
        {test(F::less_equal, {b, a}), "false"},
        {test(F::less_equal, {a, a}), "true"},
        {test(F::greater, {a, b}), "false"},
        {test(F::greater, {b, a}), "true"},
        {test(F::greater_equal, {b, a}), "true"},
        {test(F::greater_equal, {a, b}), "false"},
        {test(F::equal, {a, b}), "false"},
        {test(F::equal, {a, a}), "true"},
        {test(F::not_equal, {a, b}), "true"},
        {test(F::not_equal, {a, a}), "false"},
        {test(F::equal, {a, null(b.type)}), "null"},
    });
  }
}

TEST(Comparison, OfAFieldWithAConstantIsTheSameOnBothSides) {
  const Schema schema({{"i", Type::int64()}, {"x", Type::float64()}, {"p", Type::decimal(2)}, {"s", Type::string()}});
  Rows rows(schema);
  const Row row = rows.add({{std::int64_t{7}}, {2.5}, {DecimalValue{{250}, 2}}, {std::string("m")}});
  const Row empty = rows.add({});
  const std::vector<std::pair<const char*, std::vector<TypedExpr>>> kCases = {
      {"i", {integer(6), integer(7), integer(8), number(6.5), number(7), number(7.5), decimal("7.0"), decimal("7.01")}},
      {"x", {integer(2), number(2.5), integer(3), decimal("2.50"), decimal("2.51"), integer(9007199254740993)}},
      {"p", {integer(2), decimal("2.5"), decimal("2.500"), decimal("2.501"), number(2.5), number(2.6), integer(3)}},
      {"s", {text("a"), text("m"), text("z"), text("")}},
  };
  const Function kFunctions[] = {F::equal, F::not_equal, F::less, F::less_equal, F::greater, F::greater_equal};
  const Function kSwapped[] = {F::equal, F::not_equal, F::greater, F::greater_equal, F::less, F::less_equal};
  for (const auto& [name, constants] : kCases) {
    const TypedExpr left = field(schema, name);
    Arena arena;
    const Datum value = read_field(row, rows.layout().slot(left.field));
    for (const TypedExpr& other : constants) {
      const Datum datum = from_value(other.constant, other.type, arena);
      const Outcome outcome = compare_values(value, left.type, datum, other.type);
      for (std::size_t f = 0; f < 6; ++f) {
        const Outcome kMasks[] = {kEqual, kLess | kGreater, kLess, kLess | kEqual, kGreater, kGreater | kEqual};
        const std::string expected = (outcome & kMasks[f]) != 0 ? "true" : "false";
        const ExprProgram::Layouts layouts{.row = &rows.layout()};
        EXPECT_EQ(evaluate(test(kFunctions[f], {left, other}), layouts, {.row = row}), expected) << name << ' ' << f;
        EXPECT_EQ(evaluate(test(kSwapped[f], {other, left}), layouts, {.row = row}), expected) << name << ' ' << f;
        EXPECT_EQ(evaluate(test(kFunctions[f], {left, other}), layouts, {.row = empty}), "null");
      }
    }
  }
}

// holds() takes a shorter way where it can; it must lead to the same place.
TEST(Holds, IsThatTheValueIsTrue) {
  const Schema schema({{"i", Type::int64()}, {"x", Type::float64()}, {"p", Type::decimal(2)}, {"s", Type::string()}});
  Rows rows(schema);
  std::vector<Row> all = {rows.add({})};
  for (std::int64_t i = -2; i <= 2; ++i) {
    all.push_back(rows.add({{i},
                            {static_cast<double>(i) / 2},
                            {DecimalValue{{i * 50}, 2}},
                            {std::string(2, static_cast<char>('c' + i))}}));
    all.push_back(rows.add({{i}, {}, {}, {std::string(1, static_cast<char>('c' + i))}}));
  }
  std::vector<TypedExpr> conditions;
  for (const Function function : {F::equal, F::not_equal, F::less, F::less_equal, F::greater, F::greater_equal}) {
    conditions.push_back(test(function, {field(schema, "i"), integer(1)}));
    conditions.push_back(test(function, {field(schema, "x"), number(0.5)}));
    conditions.push_back(test(function, {field(schema, "p"), decimal("-0.5")}));
    conditions.push_back(test(function, {field(schema, "s"), text("cc")}));
  }
  const std::size_t simple = conditions.size();
  for (std::size_t k = 0; k < simple; ++k) {
    const TypedExpr other = conditions[(k * 7 + 3) % simple];
    conditions.push_back(test(F::and_, {conditions[k], other}));
    conditions.push_back(test(F::and_, {test(F::and_, {conditions[k], other}), conditions[(k + 5) % simple]}));
    conditions.push_back(test(F::and_, {conditions[k], null(Type::boolean())}));
    conditions.push_back(test(F::or_, {conditions[k], other}));
    conditions.push_back(test(F::not_, {test(F::and_, {conditions[k], other})}));
  }
  for (const TypedExpr& condition : conditions) {
    const ExprProgram program = compile_expression(condition, {.row = &rows.layout()});
    EvalScratch scratch;
    for (const Row row : all) {
      const Datum value = program.evaluate({.row = row}, scratch);
      EXPECT_EQ(program.holds({.row = row}, scratch), !value.null && value.boolean) << fingerprint(condition);
    }
  }
}

TEST(Comparison, OfIntAndDoubleSeesEveryBit) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(compare_int_double(kMax, 9223372036854775808.0), kLess);
  EXPECT_EQ(compare_int_double(kMax, 9223372036854774784.0), kGreater);
  EXPECT_EQ(compare_int_double(kMin, -9223372036854775808.0), kEqual);
  EXPECT_EQ(compare_int_double(kMin, -1e300), kGreater);
  EXPECT_EQ(compare_int_double(0, 5e-324), kLess);
  EXPECT_EQ(compare_int_double(0, -5e-324), kGreater);
  EXPECT_EQ(compare_int_double(0, -0.0), kEqual);
  EXPECT_EQ(compare_int_double(-3, -3.5), kGreater);
  EXPECT_EQ(compare_int_double(1, std::numeric_limits<double>::quiet_NaN()), 0);
}

TEST(Comparison, OfDecimalAndDoubleSeesEveryBit) {
  EXPECT_EQ(compare_decimal_double(1, 1, 0.1), kLess);       // 0.1 is a little more than a tenth
  EXPECT_EQ(compare_decimal_double(3, 1, 0.3), kGreater);    // 0.3 a little less than three
  EXPECT_EQ(compare_decimal_double(-1, 1, -0.1), kGreater);
  EXPECT_EQ(compare_decimal_double(250, 2, 2.5), kEqual);
  EXPECT_EQ(compare_decimal_double(-250, 2, -2.5), kEqual);
  EXPECT_EQ(compare_decimal_double(0, 38, 5e-324), kLess);
  EXPECT_EQ(compare_decimal_double(0, 38, -5e-324), kGreater);
  EXPECT_EQ(compare_decimal_double(1, 38, 5e-324), kGreater);
  EXPECT_EQ(compare_decimal_double(-1, 38, -5e-324), kLess);
  EXPECT_EQ(compare_decimal_double(1, 38, -1.0), kGreater);
  EXPECT_EQ(compare_decimal_double(0, 2, 0.0), kEqual);
  const Int128 largest = ~(Int128{1} << 127);
  EXPECT_EQ(compare_decimal_double(largest, 0, std::ldexp(1.0, 127)), kLess);
  EXPECT_EQ(compare_decimal_double(-largest - 1, 0, -std::ldexp(1.0, 127)), kEqual);
  EXPECT_EQ(compare_decimal_double(largest, 0, -1e300), kGreater);
}

// A dyadic fraction of few bits is exact as decimal and as double: neighbours on either side must be told apart.
TEST(Comparison, ADecimalAndItsNeighboursStandRightBesideTheSameDouble) {
  std::mt19937_64 random(20240229);
  for (int i = 0; i < 20'000; ++i) {
    const int scale = static_cast<int>(random() % 19);
    const int bits = static_cast<int>(random() % static_cast<unsigned>(scale + 1));
    const auto whole = static_cast<std::int64_t>(random() >> (12 + random() % 40)) * (random() % 2 == 0 ? 1 : -1);
    const double value = std::ldexp(static_cast<double>(whole), -bits);
    // whole / 2^bits = whole * 5^bits * 10^(scale - bits) / 10^scale
    Int128 units = whole;
    for (int k = 0; k < bits; ++k) units *= 5;
    const Int128 power = power_of_ten(scale - bits);
    if (__builtin_mul_overflow(units, power, &units)) continue;
    ASSERT_EQ(compare_decimal_double(units, scale, value), kEqual) << whole << ' ' << bits << ' ' << scale;
    ASSERT_EQ(compare_decimal_double(units + 1, scale, value), kGreater);
    ASSERT_EQ(compare_decimal_double(units - 1, scale, value), kLess);
    const double above = std::nextafter(value, std::numeric_limits<double>::infinity());
    const double below = std::nextafter(value, -std::numeric_limits<double>::infinity());
    ASSERT_EQ(compare_decimal_double(units, scale, above), kLess);
    ASSERT_EQ(compare_decimal_double(units, scale, below), kGreater);
    if (scale == 0 && units == static_cast<std::int64_t>(units)) {
      ASSERT_EQ(compare_int_double(static_cast<std::int64_t>(units), above), kLess);
      ASSERT_EQ(compare_int_double(static_cast<std::int64_t>(units), value), kEqual);
    }
  }
}

TEST(Comparison, OfDecimalsOfTwoScalesNeverOverflows) {
  const Int128 largest = ~(Int128{1} << 127);
  EXPECT_EQ(compare_decimals(largest, 0, largest, 38), kGreater);
  EXPECT_EQ(compare_decimals(-largest, 0, -largest, 38), kLess);
  EXPECT_EQ(compare_decimals(1, 0, power_of_ten(38), 38), kEqual);
  EXPECT_EQ(compare_decimals(1, 0, power_of_ten(38) + 1, 38), kLess);
  EXPECT_EQ(compare_decimals(-1, 0, -power_of_ten(38) - 1, 38), kGreater);
  EXPECT_EQ(compare_decimals(0, 0, -1, 38), kGreater);
  EXPECT_EQ(compare_decimals(0, 0, 1, 38), kLess);
  EXPECT_EQ(compare_decimals(15, 1, 150, 2), kEqual);
}

}    // namespace
}    // namespace cepheid::nfa
