#include "loaded_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nfa/expr/typed_expr.hpp"

// What type an expression has, and which have none.

namespace cepheid::patterns {
namespace {

using testing::ElementsAre;

LoadedRules load_item(const std::string& expression) {
  return load(events_stream() + "stream d = from events select v = " + expression);
}

struct Typing {
  const char* expression;
  const char* type;
};

class ExpressionType : public testing::TestWithParam<Typing> {};

TEST_P(ExpressionType, IsThatOfTheLanguage) {
  const LoadedRules loaded = load_item(GetParam().expression);
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  EXPECT_EQ(to_string(loaded.relation("d").layout->schema().fields()[0].type), GetParam().type);
}

INSTANTIATE_TEST_SUITE_P(
    Arithmetic, ExpressionType,
    testing::Values(Typing{"i + j", "int"}, Typing{"i + x", "double"}, Typing{"i * 2.5", "double"},
                    Typing{"i / j", "double"}, Typing{"p / q", "double"}, Typing{"p + i", "decimal(2)"},
                    Typing{"p + q", "decimal(4)"}, Typing{"p % q", "decimal(4)"}, Typing{"p * q", "decimal(6)"},
                    Typing{"p * 1.5", "decimal(3)"}, Typing{"p * 1.50e1", "decimal(3)"}, Typing{"p - x", "double"},
                    Typing{"p * i", "decimal(2)"}, Typing{"-p", "decimal(2)"}, Typing{"-1.5 + p", "decimal(2)"},
                    Typing{"0.1 + 0.2", "double"}, Typing{"i + null", "int"}, Typing{"null - p", "decimal(2)"},
                    Typing{"u - ts", "int"}, Typing{"u + 1h", "timestamp"}, Typing{"i + u", "timestamp"},
                    Typing{"u - i", "timestamp"}, Typing{"u - null", "timestamp"}, Typing{"10m / 1s", "double"}));

INSTANTIATE_TEST_SUITE_P(Choice, ExpressionType,
                         testing::Values(Typing{"if(b, i, x)", "double"}, Typing{"if(b, 0.3, 0)", "double"},
                                         Typing{"if(b, p, 0.125)", "decimal(3)"}, Typing{"if(null, 1, 2)", "int"},
                                         Typing{"coalesce(null, i)", "int"}, Typing{"coalesce(p, 0)", "decimal(2)"},
                                         Typing{"least(p, q, i)", "decimal(4)"}, Typing{"greatest(u, ts)", "timestamp"},
                                         Typing{"greatest(s, \"m\")", "string"}, Typing{"least(p, x)", "double"},
                                         Typing{"[1, 2.5]", "list of double"}, Typing{"[s, null]", "list of string"},
                                         Typing{"{ i, c = [s] }", "{i: int, c: list of string}"}));

INSTANTIATE_TEST_SUITE_P(
    Functions, ExpressionType,
    testing::Values(Typing{"abs(p)", "decimal(2)"}, Typing{"floor(p)", "decimal(0)"}, Typing{"round(x)", "double"},
                    Typing{"round(i, -1)", "int"}, Typing{"round(p, 1)", "decimal(2)"}, Typing{"sqrt(i)", "double"},
                    Typing{"pow(p, 2)", "double"}, Typing{"concat(i, \"/\", p)", "string"}, Typing{"length(s)", "int"},
                    Typing{"length(split(s, \",\"))", "int"}, Typing{"split(s, \",\")", "list of string"},
                    Typing{"contains(split(s, \",\"), s)", "bool"}, Typing{"hour(u, \"Asia/Seoul\")", "int"},
                    Typing{"date(0)", "string"}, Typing{"format_time(u, \"HH:mm\")", "string"},
                    Typing{"event_time()", "timestamp"}, Typing{"hash(u)", "int"},
                    Typing{"haversine_km(0, x, p, null)", "double"}, Typing{"int(u)", "int"},
                    Typing{"decimal(s, 3)", "decimal(3)"}, Typing{"timestamp(i)", "timestamp"},
                    Typing{"string(b)", "string"}, Typing{"double(\"1.5\")", "double"}));

INSTANTIATE_TEST_SUITE_P(Conditions, ExpressionType,
                         testing::Values(Typing{"i < p", "bool"}, Typing{"u < 0", "bool"}, Typing{"b == null", "bool"},
                                         Typing{"i in (1, 2.5, null)", "bool"}, Typing{"s in split(s, \",\")", "bool"},
                                         Typing{"s not like \"a%\"", "bool"}, Typing{"p between 0.1 and 9", "bool"},
                                         Typing{"null is not null", "bool"}, Typing{"not (b or null)", "bool"},
                                         Typing{"[1] == [2]", "bool"}));

TEST(ExpressionNull, HasATypeOnlyAmongOthers) {
  EXPECT_EQ(load_item("null").relation("d").layout->schema().fields()[0].type, Type::null());
  EXPECT_EQ(load_item("coalesce(null, null)").relation("d").layout->schema().fields()[0].type, Type::null());
}

TEST(ExpressionObject, OfAPathIsNullWhereTheObjectIsMissing) {
  const LoadedRules loaded = load_item("data");
  EXPECT_EQ(fields_of(*loaded.relation("d").layout), "v {amount: double, user: {id: int}}");
  EXPECT_THAT(fields_of(*loaded.relation("events").layout), testing::EndsWith("?data bool, ?data.user bool"));
  const nfa::TypedExpr& value = loaded.body<DerivedPlan>("d").stages[0].items[0].value;
  ASSERT_EQ(value.function, nfa::Function::if_);
  EXPECT_EQ(value.args[0].field, *loaded.relation("events").layout->schema().find_presence("data"));
}

TEST(ExpressionLiteral, BesideADecimalIsExact) {
  const LoadedRules loaded = load_item("p == 0.10");
  const nfa::TypedExpr& literal = loaded.body<DerivedPlan>("d").stages[0].items[0].value.args[1];
  EXPECT_EQ(literal.type, Type::decimal(2));
  EXPECT_EQ(std::get<DecimalValue>(literal.constant.state).decimal.units, 10);
}

TEST(ExpressionLiteral, IsExactInAListWithADecimal) {
  const LoadedRules loaded = load_item("0.1 in (p, 0.3)");
  const auto& args = loaded.body<DerivedPlan>("d").stages[0].items[0].value.args;
  EXPECT_EQ(args[0].type, Type::decimal(1));
  EXPECT_EQ(args[2].type, Type::decimal(1));
}

TEST(ExpressionLimit, BetweenInBetweenDoesNotDoubleWithoutEnd) {
  std::string nested = "b";
  for (int depth = 0; depth < 50; ++depth) nested = "(" + nested + " between false and true)";
  EXPECT_THAT(load_item(nested).messages(), ElementsAre("too large a value before `between`"));
}

TEST(ExpressionConversion, OfAConstantThatFailsIsNullWithAWarningWhereItStandsAlone) {
  const LoadedRules loaded = load_item("int(\"4.5\")");
  EXPECT_TRUE(loaded.plan);
  EXPECT_EQ(loaded.diagnostics->warnings(), 1u);
  EXPECT_THAT(loaded.messages(), ElementsAre("a constant that does not convert to int"));
}

struct Refused {
  const char* expression;
  const char* message;
  const char* marked;
};

class RefusedExpression : public testing::TestWithParam<Refused> {};

TEST_P(RefusedExpression, IsReportedOnceAtItsPlace) {
  const LoadedRules loaded = load_item(GetParam().expression);
  EXPECT_FALSE(loaded.plan);
  EXPECT_THAT(loaded.messages(), ElementsAre(GetParam().message));
  EXPECT_EQ(loaded.marked(), GetParam().marked);
}

INSTANTIATE_TEST_SUITE_P(
    Types, RefusedExpression,
    testing::Values(Refused{"i == \"1\"", "int and string do not compare", "i == \"1\""},
                    Refused{"u == \"2024-01-01\"", "timestamp and string do not compare", "u == \"2024-01-01\""},
                    Refused{"u < 1.5", "timestamp and double do not compare", "u < 1.5"},
                    Refused{"[1] < [2]", "list of int and list of int do not compare", "[1] < [2]"},
                    Refused{"i between 1 and \"5\"", "int and string do not compare", "\"5\""},
                    Refused{"i in (1, s)", "int and string do not compare", "s"},
                    Refused{"s + 1", "`+` needs numbers, not string", "s"},
                    Refused{"b * 2", "`*` needs numbers, not bool", "b"},
                    Refused{"u + u", "`+` needs numbers, not timestamp", "u"},
                    Refused{"-s", "`-` needs a number, not string", "s"},
                    Refused{"i and b", "`and` needs conditions, not int", "i"},
                    Refused{"not i", "`not` needs conditions, not int", "i"},
                    Refused{"i like \"1%\"", "`like` needs strings, not int", "i"},
                    Refused{"if(b, 1, \"x\")", "string does not fit the int before it in `if`", "\"x\""},
                    Refused{"least(i, s)", "string does not fit the int before it in `least`", "s"},
                    Refused{"length(i)", "`length` needs a string or a list, not int", "i"},
                    Refused{"hour(s)", "`hour` needs a timestamp, not string", "s"},
                    Refused{"int(b)", "bool does not convert to int", "b"},
                    Refused{"q * q * q * q * q * q * q * q * q * q", "this product has 40 digits after its point",
                            "q * q * q * q * q * q * q * q * q * q"}));

INSTANTIATE_TEST_SUITE_P(
    Names, RefusedExpression,
    testing::Values(Refused{"ii", "unknown field `ii` in stream `events`", "ii"},
                    Refused{"data.amuont", "unknown field `data.amuont` in stream `events`", "data.amuont"},
                    Refused{"median(i)", "unknown function `median`", "median"},
                    Refused{"sum(i)", "`sum` is over the events of a step, and no step can be named here", "sum"},
                    Refused{"events[0].i", "`events` is no step: an index picks an event of a step", "events"}));

INSTANTIATE_TEST_SUITE_P(Arguments, RefusedExpression,
                         testing::Values(Refused{"abs()", "`abs` takes 1 value, not 0", "abs()"},
                                         Refused{"if(b, 1)", "`if` takes 3 values, not 2", "if(b, 1)"},
                                         Refused{"substr(s)", "`substr` takes 2 to 3 values, not 1", "substr(s)"},
                                         Refused{"decimal(s, i)",
                                                 "the scale of `decimal` must be a constant from 0 to 38", "i"},
                                         Refused{"hour(u, s)", "the zone of `hour` must be a constant string", "s"}));

INSTANTIATE_TEST_SUITE_P(
    Constants, RefusedExpression,
    testing::Values(Refused{"hour(u, \"Asia/Soul\")", "unknown time zone `Asia/Soul`", "\"Asia/Soul\""},
                    Refused{"i + int(\"4.5\")", "a constant that does not convert to int", "\"4.5\""},
                    Refused{"u > timestamp(\"soon\")", "a constant that does not convert to timestamp", "\"soon\""}));

TEST(ExpressionMistake, IsSaidOnceHoweverDeepItStands) {
  const LoadedRules loaded = load_item("if(nosuch > 1, nosuch2, 3) + length(s)");
  EXPECT_THAT(loaded.messages(),
              ElementsAre("unknown field `nosuch` in stream `events`", "unknown field `nosuch2` in stream `events`"));
}

TEST(ExpressionMistake, RegularExpressionIsCheckedWhenRulesAreLoaded) {
  const LoadedRules loaded = load_item("s matches \"a(?=b)\"");
  EXPECT_FALSE(loaded.plan);
  EXPECT_EQ(loaded.marked(), "\"a(?=b)\"");
}

}    // namespace
}    // namespace cepheid::patterns
