#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/syntax/tree_printer.hpp"

namespace cepheid::patterns {
namespace {

using ::testing::ElementsAre;

struct Case {
  std::string text;
  std::string tree;
};

class Expression : public ::testing::TestWithParam<Case> {};

TEST_P(Expression, IsReadAs) {
  EXPECT_EQ(parse_expression(GetParam().text), GetParam().tree) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Precedence, Expression,
    ::testing::Values(
        Case{"a or b and not c == d + e * -f", "(or a (and b (not (== c (+ d (* e (neg f)))))))"},
        Case{"a or b or c and d and e", "(or a b (and c d e))"}, Case{"(a or b) and c", "(and (or a b) c)"},
        Case{"a - b - c", "(- (- a b) c)"}, Case{"a - (b - c)", "(- a (- b c))"}, Case{"24 / 4 / 2", "(/ (/ 24 4) 2)"},
        Case{"7 % -3", "(% 7 (neg 3))"}, Case{"- - 1", "(neg (neg 1))"}, Case{"not not a", "(not (not a))"},
        Case{"a + 1 between b - 1 and c and d", "(and (between (+ a 1) (- b 1) c) d)"},
        Case{"a not between 1 and 2 or b", "(or (not-between a 1 2) b)"},
        Case{"a is null and b is not null", "(and (null? a) (not-null? b))"},
        Case{"a in (1, 2 + 3)", "(in a 1 (+ 2 3))"},
        Case{"a not in split('x', ',') and b", "(and (not-in a (split 'x' ',')) b)"},
        Case{"a in [1, 2]", "(in a (list 1 2))"},
        Case{"a like 'x%' or a not like 'y'", "(or (like a 'x%') (not-like a 'y'))"},
        Case{"a matches '^x' and a not matches b", "(and (matches a '^x') (not-matches a b))"},
        Case{"a != 1 and b <= 2 and c >= 3 and d < 4 and e > 5", "(and (!= a 1) (<= b 2) (>= c 3) (< d 4) (> e 5))"}));

INSTANTIATE_TEST_SUITE_P(
    Parts, Expression,
    ::testing::Values(Case{"a.b.`c d` == view[0].x - view[-1].x.y", "(== a.b.c d (- view[0].x view[-1].x.y))"},
                      Case{"f() or g(1, h(x))", "(or (f) (g 1 (h x)))"},
                      Case{"sum(x where c > 1) > count(where c)", "(> (sum x where (> c 1)) (count where c))"},
                      Case{"{a, b.c, d = 1, *} == []", "(== (object a b.c d=1 *) (list))"},
                      Case{"true == false or null", "(or (== true false) null)"},
                      Case{"1_000_000 + 2.5 + 1e-3 + 1_0.5E+2", "(+ (+ (+ 1000000 2.5) 1e-3) 10.5E+2)"},
                      Case{"1h30m + 250ms + 1d2s", "(+ (+ 5400000ms 250ms) 86402000ms)"},
                      Case{"9223372036854775807", "9223372036854775807"},
                      Case{"if(type == 1, user, id) == events.name", "(== (if (== type 1) user id) events.name)"},
                      Case{"timestamp(timestamp) > hour(time)", "(> (timestamp timestamp) (hour time))"},
                      Case{"key == within and next > emit.where", "(and (== key within) (> next emit.where))"},
                      Case{"a # b\n == # c", "4:1 syntax: expected a value, found `}`"},
                      Case{"`in` == `or`", "(== in or)"}));

INSTANTIATE_TEST_SUITE_P(
    Strings, Expression,
    ::testing::Values(Case{R"("it's" == 'a"b')", R"((== 'it's' 'a"b'))"}, Case{R"('a\nb\t\\\/\"\'')", "'a\nb\t\\/\"''"},
                      Case{R"("\u00e9\ud83d\ude00")", "'é😀'"},
                      Case{R"("${CEP_WORD} ${NO:-red} ${CEP_EMPTY:-none} $${x}")", "'blue red none ${x}'"},
                      Case{R"("${CEP_EVIL}")", "'${CEP_WORD}\\n\" or'"},
                      Case{R"("${file:secret}|${CEP_EMPTY}")", "'a\nb|'"}, Case{R"("${NO:-a\tb${c}d}")", "'a\tb${cd}'"},
                      Case{R"("^x$" == "$5")", "(== '^x$' '$5')"}, Case{R"("# no comment")", "'# no comment'"}));

INSTANTIATE_TEST_SUITE_P(
    Mistakes, Expression,
    ::testing::Values(
        Case{"a < b < c", "2:7 chained-comparison: comparisons do not chain"},
        Case{"a is null == b", "2:11 chained-comparison: comparisons do not chain"},
        Case{"a == not b", "2:6 syntax: expected a value, found `not`"},
        Case{"in == 1", "2:1 reserved-word: `in` is a reserved word"},
        Case{"a.in == 1", "2:3 reserved-word: `in` is a reserved word"},
        Case{"a + or", "2:5 reserved-word: `or` is a reserved word"},
        Case{"a or or b", "2:6 syntax: expected a value, found `or`"},
        Case{"a in ()", "2:7 syntax: expected a value, found `)`"},
        Case{"a not b", "2:7 syntax: expected `in`, `like`, `matches` or `between`, found `b`"},
        Case{"a between 1 or 2", "2:13 syntax: expected `and`, found `or`"},
        Case{"a is 3", "2:6 syntax: expected `null` or `not null`, found `3`"},
        Case{"a[i].x", "2:3 syntax: expected a whole number as index, found `i`"},
        Case{"f(a b)", "2:5 syntax: expected `,` or `)`, found `b`"},
        Case{"(a b)", "2:4 syntax: expected an operator or `)`, found `b`"},
        Case{"(a", "2:1 unclosed: `(` is not closed"},
        Case{"f(a, [1", "2:2 unclosed: `(` is not closed; 2:6 unclosed: `[` is not closed"},
        Case{"a)", "2:2 syntax: `)` closes nothing"}, Case{"f(a]", "2:4 syntax: `(` is closed by `]`"},
        Case{"a == 'x", "2:6 unclosed: this string is not closed"},
        Case{"f('x)", "2:3 unclosed: this string is not closed"},
        Case{"a == `x", "2:6 unclosed: this name is not closed"},
        Case{"12abc == 1", "2:1 bad-number: `12abc` is not a number"},
        Case{"1__0 == 1", "2:1 bad-number: `1__0` is not a number"},
        Case{"9223372036854775808", "2:1 bad-number: `9223372036854775808` is too large"},
        Case{"5min", "2:1 bad-duration: `5min` is not a duration"},
        Case{"99999999999999d", "2:1 bad-duration: `99999999999999d` is too long"},
        Case{R"("a\qb")", R"(2:3 bad-escape: `\q` is not an escape)"},
        Case{R"("\u12")", R"(2:2 bad-escape: `\u` needs four hexadecimal digits)"},
        Case{R"("\ud83d!")", "2:2 bad-escape: half of a surrogate pair"},
        Case{R"("ab${NO}")", "2:4 missing-environment: the environment variable `NO` is not set"},
        Case{R"("${file:none}")", "2:2 missing-environment: the file `none` cannot be read"},
        Case{R"("${NO")", "2:2 unclosed: `${` is not closed"}, Case{"a && b", "2:3 syntax: unexpected `&&`"},
        Case{"!a", "2:1 syntax: expected a value, found `!`"}, Case{"a = 1", "2:3 syntax: unexpected `=`"},
        Case{"{a + 1} == b", "2:2 syntax: this value has no name"}, Case{"`` == b", "2:1 syntax: a name is empty"}));

// A span covers an expression with its brackets and nothing more.
TEST(ExpressionSpans, CoverTheText) {
  const Parsed parsed("pattern p on e { begin a where (x + 1) * f(y) > 2 or z }");
  ASSERT_THAT(parsed.mistakes(), ElementsAre());
  const syntax::Expr& either = parsed.statement<syntax::Pattern>().sequence->elements[0].modifiers[0].expr;
  const syntax::Expr& greater = either.args[0];
  EXPECT_EQ(parsed.source.text(either.span), "(x + 1) * f(y) > 2 or z");
  EXPECT_EQ(parsed.source.text(greater.operator_span), ">");
  EXPECT_EQ(parsed.source.text(greater.args[0].span), "(x + 1) * f(y)");
  EXPECT_EQ(parsed.source.text(greater.args[0].args[0].span), "(x + 1)");
}

}    // namespace
}    // namespace cepheid::patterns
