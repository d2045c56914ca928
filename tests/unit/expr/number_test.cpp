#include <limits>

#include <gtest/gtest.h>

#include "tests/unit/expr/build_expr.hpp"
#include "tests/unit/expr/expect_facts.hpp"

namespace cepheid::nfa {
namespace {

using namespace build;    // NOLINT: the words of the tables
using F = Function;

constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
// 2^127 - 1, the largest decimal
const char* const kLargest = "170141183460469231731687303715884105727";
const char* const kSmallest = "-170141183460469231731687303715884105728";

TypedExpr ints(Function function, std::vector<TypedExpr> args) {
  return call(function, Type::int64(), std::move(args));
}
TypedExpr doubles(Function function, std::vector<TypedExpr> args) {
  return call(function, Type::float64(), std::move(args));
}
TypedExpr decimals(Function function, int scale, std::vector<TypedExpr> args) {
  return call(function, Type::decimal(scale), std::move(args));
}

TEST(Int, OverflowIsNull) {
  expect_facts({
      {ints(F::add, {integer(kMax), integer(0)}), "9223372036854775807"},
      {ints(F::add, {integer(kMax), integer(1)}), "null"},
      {ints(F::subtract, {integer(kMin), integer(1)}), "null"},
      {ints(F::multiply, {integer(3037000500), integer(3037000500)}), "null"},
      {ints(F::multiply, {integer(kMin), integer(-1)}), "null"},
      {ints(F::negate, {integer(kMin)}), "null"},
      {ints(F::negate, {integer(kMax)}), "-9223372036854775807"},
      {ints(F::abs, {integer(kMin)}), "null"},
      {ints(F::abs, {integer(-5)}), "5"},
      {ints(F::add, {integer(1), null(Type::int64())}), "null"},
      {call(F::add, Type::timestamp(), {time(kMax), integer(1)}), "null"},
      {ints(F::subtract, {time(5000), time(8000)}), "-3000"},
  });
}

TEST(Int, RemainderHasTheSignOfTheLeftSide) {
  expect_facts({
      {ints(F::remainder, {integer(-5), integer(3)}), "-2"},
      {ints(F::remainder, {integer(7), integer(-3)}), "1"},
      {ints(F::remainder, {integer(7), integer(0)}), "null"},
      {ints(F::remainder, {integer(kMin), integer(-1)}), "0"},
      {doubles(F::remainder, {number(-5.5), number(2)}), "-1.5"},
      {doubles(F::remainder, {number(1), number(0)}), "null"},
      {decimals(F::remainder, 2, {decimal("-7.75"), decimal("2.00")}), "-1.75"},
      {decimals(F::remainder, 2, {decimal("1.00"), decimal("0.00")}), "null"},
      {decimals(F::remainder, 0, {decimal(kSmallest), decimal("-1")}), "0"},
  });
}

TEST(Double, WhatIsNotFiniteIsNull) {
  expect_facts({
      {doubles(F::multiply, {number(1e308), number(10)}), "null"},
      {doubles(F::add, {number(1e308), number(1e308)}), "null"},
      {doubles(F::divide, {number(1), number(0)}), "null"},
      {doubles(F::divide, {number(0), number(0)}), "null"},
      {doubles(F::divide, {number(7), number(2)}), "3.5"},
      {doubles(F::sqrt, {number(-1)}), "null"},
      {doubles(F::ln, {number(0)}), "null"},
      {doubles(F::pow, {number(0), number(-1)}), "null"},
      {doubles(F::pow, {number(-8), number(1.0 / 3)}), "null"},
      {doubles(F::pow, {number(-2), number(3)}), "-8"},
      {doubles(F::exp, {number(710)}), "null"},
      {doubles(F::exp, {number(0)}), "1"},
      {doubles(F::negate, {number(0.5)}), "-0.5"},
  });
}

TEST(Decimal, ArithmeticIsExactAndNullBeyond128Bits) {
  expect_facts({
      {decimals(F::add, 2, {decimal("0.10"), decimal("0.20")}), "0.30"},
      {decimals(F::subtract, 4, {decimal("0.0000"), decimal("-0.0001")}), "0.0001"},
      {decimals(F::multiply, 6, {decimal("0.10"), decimal("0.3000")}), "0.030000"},
      {decimals(F::add, 0, {decimal(kLargest), decimal("0")}), kLargest},
      {decimals(F::add, 0, {decimal(kLargest), decimal("1")}), "null"},
      {decimals(F::subtract, 0, {decimal(kSmallest), decimal("1")}), "null"},
      {decimals(F::multiply, 4, {decimal("99999999999999999999.99"), decimal("99999999999999999999.99")}), "null"},
      {decimals(F::negate, 0, {decimal(kSmallest)}), "null"},
      {decimals(F::abs, 0, {decimal(kSmallest)}), "null"},
      {decimals(F::abs, 2, {decimal("-0.30")}), "0.30"},
  });
}

TEST(Rounding, HalfGoesAwayFromZero) {
  expect_facts({
      {doubles(F::round, {number(2.5)}), "3"},
      {doubles(F::round, {number(-2.5)}), "-3"},
      {doubles(F::round, {number(0.49999999999999994)}), "0"},
      {doubles(F::floor, {number(-0.5)}), "-1"},
      {doubles(F::ceil, {number(1234.5)}), "1235"},
      {ints(F::round, {integer(7)}), "7"},
      {ints(F::floor, {integer(-7)}), "-7"},
      {ints(F::round, {integer(-1250), integer(-2)}), "-1300"},
      {ints(F::round, {integer(kMax), integer(-1)}), "null"},
      {ints(F::round, {integer(7), integer(3)}), "7"},
      {decimals(F::round, 0, {decimal("-2.50")}), "-3"},
      {decimals(F::round, 0, {decimal("0.49")}), "0"},
      {decimals(F::floor, 0, {decimal("-2.4999")}), "-3"},
      {decimals(F::floor, 0, {decimal("2.25")}), "2"},
      {decimals(F::ceil, 0, {decimal("-2.50")}), "-2"},
      {decimals(F::ceil, 0, {decimal("7.77")}), "8"},
      {decimals(F::round, 3, {decimal("1.005"), integer(2)}), "1.010"},
      {decimals(F::round, 2, {decimal("155.00"), integer(-1)}), "160.00"},
      {decimals(F::round, 2, {decimal("1.25"), integer(9)}), "1.25"},
      {decimals(F::round, 2, {decimal("1.25"), integer(kMin)}), "0.00"},
  });
}

TEST(Rounding, ADoubleIsRoundedByItsShortestDigits) {
  expect_facts({
      {doubles(F::round, {number(2.675), integer(2)}), "2.68"},
      {doubles(F::round, {number(-99.995), integer(2)}), "-100"},
      {doubles(F::round, {number(1234.5), integer(-2)}), "1200"},
      {doubles(F::round, {number(1e300), integer(2)}), "1e+300"},
      {doubles(F::round, {number(0.1), integer(1000)}), "0.1"},
      {doubles(F::round, {number(5e-324), integer(3)}), "0"},
      {doubles(F::round, {number(1.5), null(Type::int64())}), "null"},
  });
}

TEST(Conversion, ToInt) {
  expect_facts({
      {ints(F::to_int, {number(-2.9)}), "-2"},
      {ints(F::to_int, {number(1e19)}), "null"},
      {ints(F::to_int, {number(-9223372036854775808.0)}), "-9223372036854775808"},
      {ints(F::to_int, {number(9223372036854775808.0)}), "null"},
      {ints(F::to_int, {decimal("-7.99")}), "-7"},
      {ints(F::to_int, {decimal(kLargest)}), "null"},
      {ints(F::to_int, {text("007")}), "7"},
      {ints(F::to_int, {text("+5")}), "5"},
      {ints(F::to_int, {text("+-5")}), "null"},
      {ints(F::to_int, {text("-9223372036854775808")}), "-9223372036854775808"},
      {ints(F::to_int, {text("9223372036854775808")}), "null"},
      {ints(F::to_int, {text("4.5")}), "null"},
      {ints(F::to_int, {text("1e2")}), "null"},
      {ints(F::to_int, {text("")}), "null"},
      {ints(F::to_int, {text(" 1")}), "null"},
      {ints(F::to_int, {text("12abc")}), "null"},
      {ints(F::to_int, {time(-5)}), "-5"},
  });
}

TEST(Conversion, ToDouble) {
  expect_facts({
      {doubles(F::to_double, {text("-2.5e-1")}), "-0.25"},
      {doubles(F::to_double, {text("1.")}), "1"},
      {doubles(F::to_double, {text("+.5")}), "0.5"},
      {doubles(F::to_double, {text("1e400")}), "null"},
      {doubles(F::to_double, {text("-1e-400")}), "-0"},
      {doubles(F::to_double, {text("inf")}), "null"},
      {doubles(F::to_double, {text("nan")}), "null"},
      {doubles(F::to_double, {text("0x10")}), "null"},
      {doubles(F::to_double, {text("")}), "null"},
      {doubles(F::to_double, {text(".")}), "null"},
      {doubles(F::to_double, {integer(kMax)}), "9.223372036854776e+18"},
      {doubles(F::to_double, {decimal("0.10")}), "0.1"},
      {doubles(F::to_double, {decimal("12345678901234567890.12")}), "1.2345678901234567e+19"},
      {doubles(F::to_double, {decimal("0.00000000000000000000000000000000000001")}), "1e-38"},
  });
}

TEST(Conversion, ToDecimalRoundsHalfAwayFromZero) {
  expect_facts({
      {decimals(F::to_decimal, 2, {text("1.005")}), "1.01"},
      {decimals(F::to_decimal, 2, {text("-0.015")}), "-0.02"},
      {decimals(F::to_decimal, 2, {text("1.004")}), "1.00"},
      {decimals(F::to_decimal, 2, {text("1e2")}), "100.00"},
      {decimals(F::to_decimal, 2, {text("1.")}), "1.00"},
      {decimals(F::to_decimal, 2, {text(".5")}), "0.50"},
      {decimals(F::to_decimal, 2, {text("+1.5")}), "1.50"},
      {decimals(F::to_decimal, 2, {text("1e-999999999999")}), "0.00"},
      {decimals(F::to_decimal, 2, {text("1e999999999999")}), "null"},
      {decimals(F::to_decimal, 2, {text("abc")}), "null"},
      {decimals(F::to_decimal, 0, {text(kSmallest)}), kSmallest},
      {decimals(F::to_decimal, 0, {text("170141183460469231731687303715884105728")}), "null"},
      {decimals(F::to_decimal, 2, {integer(kMin)}), "-9223372036854775808.00"},
      {decimals(F::to_decimal, 30, {integer(kMax)}), "null"},
      {decimals(F::to_decimal, 2, {number(0.125)}), "0.13"},
      {decimals(F::to_decimal, 2, {number(1.005)}), "1.01"},
      {decimals(F::to_decimal, 0, {number(1e300)}), "null"},
      {decimals(F::to_decimal, 4, {decimal("12.50")}), "12.5000"},
      {decimals(F::to_decimal, 0, {decimal("0.5000")}), "1"},
      {decimals(F::to_decimal, 38, {decimal("9.00")}), "null"},
  });
}

TEST(Conversion, ToText) {
  const auto write = [](TypedExpr value) { return call(F::to_text, Type::string(), {std::move(value)}); };
  expect_facts({
      {write(boolean(true)), "true"},
      {write(integer(kMin)), "-9223372036854775808"},
      {write(number(12.0)), "12"},
      {write(number(100000.0)), "100000"},
      {write(number(0.1)), "0.1"},
      {write(number(-1.25)), "-1.25"},
      {write(number(1e15)), "1e+15"},
      {write(number(0.00001)), "1e-05"},
      {write(decimal("-0.05")), "-0.05"},
      {write(decimal("100.00")), "100.00"},
      {write(decimal(kSmallest)), kSmallest},
      {write(text("as it is")), "as it is"},
      {write(time(1709208000000)), "2024-02-29T12:00:00.000Z"},
      {write(time(-1)), "1969-12-31T23:59:59.999Z"},
      {write(make_list(Type::string(), {text("a\"b\n"), null(Type::string())})), R"(["a\"b\n",null])"},
  });
}

TEST(Hash, IsTheSameInEveryVersion) {
  const auto hash = [](std::vector<TypedExpr> args) { return evaluate(ints(F::hash, std::move(args))); };
  EXPECT_EQ(hash({text("")}), "-6014312323671517261");
  EXPECT_EQ(hash({text("héllo")}), "-7373819906829366716");
  EXPECT_EQ(hash({integer(-1)}), "1198880999659211122");
  EXPECT_EQ(hash({number(0.5)}), "-5526418398118479805");
  EXPECT_EQ(hash({decimal("-1.50")}), "-4445028630474092905");
  EXPECT_EQ(hash({boolean(true)}), "-6681465140380398258");
  EXPECT_EQ(hash({build::time(-1)}), "1198880999659211122");
  EXPECT_EQ(hash({text("a"), integer(1)}), "-688699560716440409");
  EXPECT_EQ(hash({decimal("1.50")}), hash({decimal("1.5")}));
  EXPECT_EQ(hash({number(-0.0)}), hash({number(0.0)}));
  EXPECT_NE(hash({integer(1)}), hash({number(1)}));
  EXPECT_NE(hash({text("a"), text("b")}), hash({text("ab"), text("")}));
  EXPECT_EQ(hash({integer(1), null(Type::int64())}), "null");
}

}    // namespace
}    // namespace cepheid::nfa
