#include "cepheid/expression.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace cepheid {
namespace {

using namespace std::chrono_literals;

const Expression a = field("a");
const Expression b = field("b");
const Expression c = field("c");

std::string literal(const Expression& value) {
  return value.text();
}

TEST(Expression, LiteralsAreWrittenAsTheLanguageReadsThem) {
  EXPECT_EQ(literal(true), "true");
  EXPECT_EQ(literal(0), "0");
  EXPECT_EQ(literal(-7), "-7");
  EXPECT_EQ(literal(std::uint8_t{200}), "200");
  EXPECT_EQ(literal(std::numeric_limits<std::int64_t>::max()), "9223372036854775807");
  EXPECT_EQ(literal(1.0), "1.0");
  EXPECT_EQ(literal(-0.1), "-0.1");
  EXPECT_EQ(literal(0.1f), "0.10000000149011612");
  EXPECT_EQ(literal(1e300), "1e+300");
  EXPECT_EQ(literal(123456789012345680.0), "123456789012345680.0");
  EXPECT_EQ(literal(90min), "1h30m");
  EXPECT_EQ(literal(250ms), "250ms");
  EXPECT_EQ(literal(0s), "0ms");
  EXPECT_EQ(literal(-2s), "-2s");
  EXPECT_EQ(null().text(), "null");
  EXPECT_EQ(number("0.10").text(), "0.10");
  EXPECT_EQ(decimal("-12.50").text(), "decimal(\"-12.50\", 2)");
  EXPECT_EQ(timestamp_of(1700000000000).text(), "timestamp(1700000000000)");
  EXPECT_EQ(list_of({1, 2}).text(), "[1, 2]");
  EXPECT_EQ(object_of({{"x", a}, {"between", 1}}).text(), "{x = a, `between` = 1}");
}

TEST(Expression, TheSmallestIntIsWrittenWithoutItsDigits) {
  EXPECT_EQ(literal(std::numeric_limits<std::int64_t>::min()), "-9223372036854775807 - 1");
  EXPECT_EQ((a * std::numeric_limits<std::int64_t>::min()).text(), "a * (-9223372036854775807 - 1)");
}

TEST(Expression, StringsAreEscapedAndNeverPlaceholders) {
  EXPECT_EQ(literal("plain"), "\"plain\"");
  EXPECT_EQ(literal(std::string("a\"b\\c\nd\te\x01")), R"("a\"b\\c\nd\te\u0001")");
  EXPECT_EQ(literal("${HOME} $x $${y}"), R"("$${HOME} $x $$${y}")");
  EXPECT_EQ(literal("서울"), "\"서울\"");
}

TEST(Expression, NamesHaveBackTicksOnlyWhereNeeded) {
  EXPECT_EQ(field("user_id").text(), "user_id");
  EXPECT_EQ(field("location.latitude").text(), "location.latitude");
  EXPECT_EQ(field("time").text(), "time");
  EXPECT_EQ(field("end-of-day").text(), "`end-of-day`");
  EXPECT_EQ(field("between").text(), "`between`");
  EXPECT_EQ(field("next").text(), "`next`");
  EXPECT_EQ(field("data.next.in.2nd").text(), "data.next.`in`.`2nd`");
  EXPECT_EQ(step("greedy")["key"].text(), "`greedy`.key");
}

TEST(Expression, BracketsStandOnlyWherePrecedenceNeedsThem) {
  EXPECT_EQ((a + b * c).text(), "a + b * c");
  EXPECT_EQ(((a + b) * c).text(), "(a + b) * c");
  EXPECT_EQ((a - b - c).text(), "a - b - c");
  EXPECT_EQ((a - (b - c)).text(), "a - (b - c)");
  EXPECT_EQ((a / (b * c)).text(), "a / (b * c)");
  EXPECT_EQ((a % b / c).text(), "a % b / c");
  EXPECT_EQ((-a * -3).text(), "-a * -3");
  EXPECT_EQ((-(a + b)).text(), "-(a + b)");
  EXPECT_EQ((a - -3).text(), "a - -3");
  EXPECT_EQ(((a == 1 && b < 2) || c >= 3).text(), "a == 1 and b < 2 or c >= 3");
  EXPECT_EQ((a == 1 && (b != 2 || c <= 3)).text(), "a == 1 and (b != 2 or c <= 3)");
  EXPECT_EQ((a && (b && c)).text(), "a and b and c");
  EXPECT_EQ((!a && b).text(), "not a and b");
  EXPECT_EQ((!(a == b)).text(), "not a == b");
  EXPECT_EQ((!(a && b)).text(), "not (a and b)");
  EXPECT_EQ(((!a) == b).text(), "(not a) == b");
  EXPECT_EQ(((a > b) == c).text(), "(a > b) == c");
}

TEST(Expression, TestsReadAsInTheLanguage) {
  EXPECT_EQ(a.in({1, 2}).text(), "a in (1, 2)");
  EXPECT_EQ(a.in({"x", "y"}).text(), "a in (\"x\", \"y\")");
  EXPECT_EQ((a + 1).not_in({b}).text(), "a + 1 not in (b)");
  EXPECT_EQ(a.between(b - 1, b + 1).text(), "a between b - 1 and b + 1");
  EXPECT_EQ(a.not_between(1, b && c).text(), "a not between 1 and (b and c)");
  EXPECT_EQ((a == b).is_null().text(), "(a == b) is null");
  EXPECT_EQ((!a.is_not_null()).text(), "not a is not null");
  EXPECT_EQ(a.like("x%").text(), "a like \"x%\"");
  EXPECT_EQ(a.not_like("x%").text(), "a not like \"x%\"");
  EXPECT_EQ(a.matches("^x").text(), "a matches \"^x\"");
  EXPECT_EQ(a.not_matches("^x").text(), "a not matches \"^x\"");
}

TEST(Expression, StepsAndTheirEvents) {
  const StepRef view = step("view");
  EXPECT_EQ(view["price"].text(), "view.price");
  EXPECT_EQ(view.at(-1)["data.price"].text(), "view[-1].data.price");
  EXPECT_EQ(view.at(0).field("price").text(), "view[0].price");
  EXPECT_EQ(count(view).text(), "count(view)");
  EXPECT_EQ((sum(view["x"]) + avg(view["x"]) + min(view["x"]) + max(view["x"])).text(),
            "sum(view.x) + avg(view.x) + min(view.x) + max(view.x)");
  EXPECT_EQ((stddev(view["x"]) + first(view["x"]) + last(view["x"]) + count_distinct(view["x"])).text(),
            "stddev(view.x) + first(view.x) + last(view.x) + count_distinct(view.x)");
}

TEST(Expression, EveryFunctionOfTheLanguage) {
  const Expression t = field("t");
  EXPECT_EQ(list_of({abs(a), floor(a), ceil(a), round(a), round(a, 2), sqrt(a), pow(a, b), ln(a), exp(a)}).text(),
            "[abs(a), floor(a), ceil(a), round(a), round(a, 2), sqrt(a), pow(a, b), ln(a), exp(a)]");
  EXPECT_EQ(list_of({least(a, 1, b), greatest(a, b), coalesce(a, 0), if_(a > 1, "x", "y"), hash(a)}).text(),
            "[least(a, 1, b), greatest(a, b), coalesce(a, 0), if(a > 1, \"x\", \"y\"), hash(a)]");
  EXPECT_EQ(list_of({lower(a), upper(a), length(a), contains(a, b), starts_with(a, "x"), ends_with(a, "x")}).text(),
            "[lower(a), upper(a), length(a), contains(a, b), starts_with(a, \"x\"), ends_with(a, \"x\")]");
  EXPECT_EQ(list_of({concat(a, "-", 1), substr(a, 1), substr(a, 1, 2), split(a, ",")}).text(),
            "[concat(a, \"-\", 1), substr(a, 1), substr(a, 1, 2), split(a, \",\")]");
  EXPECT_EQ(list_of({event_time(), hour(t), hour(t, "Asia/Seoul"), minute(t), minute(t, "UTC")}).text(),
            "[event_time(), hour(t), hour(t, \"Asia/Seoul\"), minute(t), minute(t, \"UTC\")]");
  EXPECT_EQ(list_of({day_of_week(t), day_of_week(t, "UTC"), date(t), date(t, "UTC"), format_time(t, "HH"),
                     format_time(t, "HH", "UTC")})
                .text(),
            "[day_of_week(t), day_of_week(t, \"UTC\"), date(t), date(t, \"UTC\"), format_time(t, \"HH\"), "
            "format_time(t, \"HH\", \"UTC\")]");
  EXPECT_EQ(haversine_km(a, b, 1.5, 2).text(), "haversine_km(a, b, 1.5, 2)");
  EXPECT_EQ(list_of({to_int(a), to_double(a), to_decimal(a, 2), to_text(a), to_timestamp(a)}).text(),
            "[int(a), double(a), decimal(a, 2), string(a), timestamp(a)]");
  EXPECT_EQ(call("pow", a, 2).text(), "pow(a, 2)");
}

TEST(Expression, WhatCannotBeSaidIsAQuestionMarkWithAReason) {
  const auto expect_mistake = [](const Expression& expression, std::string_view text, std::string_view mistake) {
    EXPECT_EQ(expression.text(), text);
    EXPECT_EQ(expression.mistake(), mistake);
  };
  expect_mistake(a < std::numeric_limits<double>::infinity(), "a < ?", "a double that is not finite");
  expect_mistake(std::numeric_limits<std::uint64_t>::max(), "?", "an integer beyond 64 bits with sign");
  expect_mistake(field("a`b") == 1, "? == 1", "a name has a back-tick or a line end in it");
  expect_mistake(field("data."), "data.?", "a name is empty");
  expect_mistake(abs(a == "\xff"), "abs(a == ?)", "text that is not UTF-8");
  expect_mistake(a.in({}), "a in ?", "`in` of no values");
  expect_mistake(number("1.") + 1, "? + 1", "what `number` got is no number");
  expect_mistake(decimal("1e2"), "?", "what `decimal` got is no decimal number");
  expect_mistake(count(step("")), "count(?)", "a name is empty");
  EXPECT_EQ((a < 1).mistake(), "");
}

}    // namespace
}    // namespace cepheid
