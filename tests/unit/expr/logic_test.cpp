#include <gtest/gtest.h>

#include "tests/unit/expr/build_expr.hpp"
#include "tests/unit/expr/expect_facts.hpp"

namespace cepheid::nfa {
namespace {

using namespace build;    // NOLINT: the words of the tables
using F = Function;

const char* name_of(int truth) {
  return truth == 0 ? "false" : truth == 1 ? "true" : "null";
}
TypedExpr truth_value(int truth) {
  return truth == 2 ? null(Type::boolean()) : boolean(truth == 1);
}

TEST(Logic, AndOrNotFollowTheThreeValuesOfSql) {
  const int kAnd[3][3] = {{0, 0, 0}, {0, 1, 2}, {0, 2, 2}};
  const int kOr[3][3] = {{0, 1, 2}, {1, 1, 1}, {2, 1, 2}};
  std::vector<Fact> facts;
  for (int a = 0; a < 3; ++a) {
    facts.push_back({test(F::not_, {truth_value(a)}), name_of(a == 2 ? 2 : 1 - a)});
    for (int b = 0; b < 3; ++b) {
      facts.push_back({test(F::and_, {truth_value(a), truth_value(b)}), name_of(kAnd[a][b])});
      facts.push_back({test(F::or_, {truth_value(a), truth_value(b)}), name_of(kOr[a][b])});
      for (int c = 0; c < 3; ++c) {
        facts.push_back(
            {test(F::and_, {truth_value(a), truth_value(b), truth_value(c)}), name_of(kAnd[kAnd[a][b]][c])});
        facts.push_back({test(F::or_, {truth_value(a), truth_value(b), truth_value(c)}), name_of(kOr[kOr[a][b]][c])});
      }
    }
  }
  expect_facts(facts);
}

TEST(Logic, ABareNullIsNullInEveryPlace) {
  expect_facts({
      {test(F::and_, {null(), boolean(false)}), "false"},
      {test(F::and_, {boolean(true), null()}), "null"},
      {test(F::or_, {null(), null()}), "null"},
      {test(F::not_, {null()}), "null"},
      {test(F::equal, {null(), null()}), "null"},
      {test(F::less, {integer(1), null()}), "null"},
      {test(F::is_null, {null()}), "true"},
      {call(F::add, Type::int64(), {null(), integer(1)}), "null"},
      {call(F::if_, Type::null(), {null(), null(), null()}), "null"},
      {call(F::least, Type::null(), {null(), null()}), "null"},
      {call(F::greatest, Type::int64(), {null(), integer(2)}), "2"},
      {call(F::to_text, Type::string(), {null()}), "null"},
      {call(F::hash, Type::int64(), {null()}), "null"},
      {test(F::in_values, {null(), integer(1)}), "null"},
  });
}

// What a part that turned out constant left behind must go with the jump before it.
TEST(Logic, APartThatIsNullOnlyAfterReadingAFieldLeavesNoJumpBehind) {
  Rows rows(Schema({{"i", Type::int64()}}));
  const TypedExpr i = field(rows.schema(), "i");
  const TypedExpr above_null = test(F::less_equal, {i, null(Type::int64())});
  const Row row = rows.add({{std::int64_t{5}}});
  const auto value_of = [&](const TypedExpr& expression) {
    EvalScratch scratch;
    const ExprProgram program = compile_expression(expression, {.row = &rows.layout(), .taken = nullptr, .sides = {}});
    return as_text(program.evaluate({.row = row}, scratch), expression.type);
  };
  EXPECT_EQ(value_of(test(F::and_, {test(F::greater_equal, {i, integer(1)}), above_null})), "null");
  EXPECT_EQ(value_of(test(F::and_, {test(F::greater_equal, {i, integer(9)}), above_null})), "false");
  EXPECT_EQ(value_of(test(F::or_, {test(F::greater_equal, {i, integer(9)}), above_null})), "null");
  EXPECT_EQ(value_of(call(F::coalesce, Type::boolean(), {above_null, boolean(true)})), "true");
}

TEST(Logic, InIsAnOrOfEqualities) {
  expect_facts({
      {test(F::in_values, {integer(1), integer(1), null()}), "true"},
      {test(F::in_values, {integer(1), integer(2), null()}), "null"},
      {test(F::in_values, {integer(1), null(Type::int64()), integer(2)}), "null"},
      {test(F::in_values, {integer(3), integer(1), integer(2)}), "false"},
      {test(F::in_values, {null(Type::int64()), integer(1), integer(2)}), "null"},
      {test(F::in_values, {integer(3), number(1.0), number(2.0), number(3.0)}), "true"},
      {test(F::in_values, {decimal("0.10"), number(0.1), decimal("0.1")}), "true"},
      {test(F::in_values, {text("b"), text("a"), text("b")}), "true"},
      {test(F::in_values, {boolean(false), boolean(true), null(Type::boolean())}), "null"},
  });
}

TEST(Logic, InFindsAmongManyConstants) {
  const Schema schema({{"s", Type::string()}, {"i", Type::int64()}});
  Rows rows(schema);
  const auto find = [&](const Row row, std::string_view name, std::vector<TypedExpr> values) {
    values.insert(values.begin(), field(schema, name));
    return evaluate(test(F::in_values, values), {.row = &rows.layout()}, {.row = row});
  };
  const std::vector<TypedExpr> texts = {text("a"), text("b"), text(""), text("한"), text("e")};
  const std::vector<TypedExpr> ints = {integer(1), number(2.0), number(2.5), decimal("7.0"), integer(5), null()};
  const Row row = rows.add({{std::string("한")}, {std::int64_t{7}}});
  const Row other = rows.add({{std::string("x")}, {std::int64_t{3}}});
  const Row nothing = rows.add({});
  EXPECT_EQ(find(row, "s", texts), "true");
  EXPECT_EQ(find(other, "s", texts), "false");
  EXPECT_EQ(find(nothing, "s", texts), "null");
  EXPECT_EQ(find(row, "i", ints), "true");
  EXPECT_EQ(find(other, "i", ints), "null");
}

TEST(Logic, InAndContainsTakeALists) {
  const TypedExpr list = make_list(Type::int64(), {integer(1), null(Type::int64()), integer(3)});
  const TypedExpr full = make_list(Type::string(), {text("a"), text("b")});
  expect_facts({
      {test(F::in_list, {integer(3), list}), "true"},
      {test(F::in_list, {integer(2), list}), "null"},
      {test(F::in_list, {number(1.0), list}), "true"},
      {test(F::in_list, {text("c"), full}), "false"},
      {test(F::in_list, {null(Type::string()), full}), "null"},
      {test(F::contains, {full, text("b")}), "true"},
      {test(F::contains, {list, integer(2)}), "false"},
      {call(F::length, Type::int64(), {list}), "3"},
      {test(F::equal, {full, make_list(Type::string(), {text("a"), text("b")})}), "true"},
      {test(F::not_equal, {full, make_list(Type::string(), {text("b"), text("a")})}), "true"},
  });
}

TEST(Logic, IfTakesTheSecondValueOfANullCondition) {
  const auto choose = [](TypedExpr condition) {
    return call(F::if_, Type::int64(), {std::move(condition), integer(1), integer(2)});
  };
  expect_facts({
      {choose(boolean(true)), "1"},
      {choose(boolean(false)), "2"},
      {choose(null(Type::boolean())), "2"},
      {choose(test(F::less, {integer(1), integer(2)})), "1"},
      {call(F::if_, Type::string(), {choose(boolean(true)).args[0], null(), text("x")}), "null"},
      {call(F::add, Type::int64(), {choose(boolean(false)), choose(boolean(true))}), "3"},
  });
}

TEST(Logic, CoalesceLeastAndGreatestLeaveNullsOut) {
  const TypedExpr none = null(Type::int64());
  const auto of_ints = [](Function function, std::vector<TypedExpr> args) {
    return call(function, Type::int64(), std::move(args));
  };
  expect_facts({
      {of_ints(F::coalesce, {none, integer(2), integer(3)}), "2"},
      {of_ints(F::coalesce, {none, null(), none}), "null"},
      {of_ints(F::coalesce, {integer(1)}), "1"},
      {of_ints(F::coalesce, {none, none, integer(3)}), "3"},
      {of_ints(F::least, {integer(2), none, integer(-3)}), "-3"},
      {of_ints(F::greatest, {integer(2), none, integer(-3)}), "2"},
      {of_ints(F::least, {none, none}), "null"},
      {call(F::greatest, Type::string(), {text("a"), text("é"), text("z")}), "é"},
      {call(F::least, Type::decimal(2), {decimal("1.50"), decimal("-0.01")}), "-0.01"},
      {call(F::greatest, Type::float64(), {number(-1), number(2.5)}), "2.5"},
  });
}

}    // namespace
}    // namespace cepheid::nfa
