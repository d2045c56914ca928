#include <limits>

#include <gtest/gtest.h>

#include "tests/unit/expr/build_expr.hpp"

namespace cepheid::nfa {
namespace {

using namespace build;    // NOLINT: the words of the tables
using A = StepAggregate;

/// Step 0 took three events, step 1 none, step 2 one whose fields are null.
class Steps : public testing::Test {
 protected:
  Steps()
      : rows_(Schema({{"i", Type::int64()}, {"x", Type::float64()}, {"p", Type::decimal(2)}, {"s", Type::string()}})) {
    taken_.reset(3);
    taken_.add(0, rows_.add({{std::int64_t{4}}, {1.5}, {DecimalValue{{1050}, 2}}, {std::string("b")}}));
    taken_.add(0, rows_.add({{std::int64_t{-2}}, {}, {DecimalValue{{-25}, 2}}, {std::string("a")}}));
    taken_.add(0, rows_.add({{}, {2.5}, {DecimalValue{{1050}, 2}}, {}}));
    taken_.add(2, rows_.add({}));
  }

  std::string of(const TypedExpr& expression) {
    return evaluate(expression, {.row = &rows_.layout(), .taken = &rows_.layout()}, {.taken = &taken_});
  }
  std::string of(A aggregate, Type type, StepId step, std::string_view name = {}) {
    return of(step_aggregate(rows_.schema(), aggregate, std::move(type), step, name));
  }

  Rows rows_;
  TakenEvents taken_;
};

TEST_F(Steps, SummedUpWithoutNulls) {
  EXPECT_EQ(of(A::count, Type::int64(), 0), "3");
  EXPECT_EQ(of(A::sum, Type::int64(), 0, "i"), "2");
  EXPECT_EQ(of(A::sum, Type::float64(), 0, "x"), "4");
  EXPECT_EQ(of(A::sum, Type::decimal(2), 0, "p"), "20.75");
  EXPECT_EQ(of(A::avg, Type::float64(), 0, "i"), "1");
  EXPECT_EQ(of(A::avg, Type::float64(), 0, "x"), "2");
  EXPECT_EQ(of(A::min, Type::int64(), 0, "i"), "-2");
  EXPECT_EQ(of(A::max, Type::decimal(2), 0, "p"), "10.50");
  EXPECT_EQ(of(A::min, Type::string(), 0, "s"), "a");
  EXPECT_EQ(of(A::count_distinct, Type::int64(), 0, "p"), "2");
  EXPECT_EQ(of(A::count_distinct, Type::int64(), 0, "s"), "2");
}

TEST_F(Steps, DeviationIsThatOfASample) {
  EXPECT_EQ(of(A::stddev, Type::float64(), 0, "i").substr(0, 12), "4.2426406871");
  EXPECT_EQ(of(A::stddev, Type::float64(), 2, "i"), "null");
}

TEST_F(Steps, FirstAndLastGiveThatEventsValueAlsoNull) {
  EXPECT_EQ(of(A::first, Type::int64(), 0, "i"), "4");
  EXPECT_EQ(of(A::last, Type::int64(), 0, "i"), "null");
  EXPECT_EQ(of(A::last, Type::float64(), 0, "x"), "2.5");
}

TEST_F(Steps, OfNothingCountsAndSumsAreZeroAndAllElseIsNull) {
  for (const StepId step : {StepId{1}, StepId{2}}) {
    EXPECT_EQ(of(A::sum, Type::int64(), step, "i"), "0");
    EXPECT_EQ(of(A::sum, Type::decimal(2), step, "p"), "0.00");
    EXPECT_EQ(of(A::count_distinct, Type::int64(), step, "i"), "0");
    for (const A aggregate : {A::avg, A::min, A::max, A::stddev, A::first, A::last}) {
      EXPECT_EQ(of(aggregate, Type::int64(), step, "i"), "null");
    }
  }
  EXPECT_EQ(of(A::count, Type::int64(), 1), "0");
  EXPECT_EQ(of(A::count, Type::int64(), 2), "1");
}

TEST_F(Steps, ASumThatLeavesItsTypeIsNullWhateverTheOrder) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  taken_.add(1, rows_.add({{kMax}, {1e308}, {DecimalValue{{~(Int128{1} << 127)}, 2}}}));
  taken_.add(1, rows_.add({{std::int64_t{1}}, {1e308}, {DecimalValue{{1}, 2}}}));
  EXPECT_EQ(of(A::sum, Type::int64(), 1, "i"), "null");
  EXPECT_EQ(of(A::avg, Type::float64(), 1, "i"), "4.611686018427388e+18");
  EXPECT_EQ(of(A::sum, Type::float64(), 1, "x"), "null");
  EXPECT_EQ(of(A::sum, Type::decimal(2), 1, "p"), "null");
  taken_.add(1, rows_.add({{std::int64_t{-1}}}));
  EXPECT_EQ(of(A::sum, Type::int64(), 1, "i"), "9223372036854775807");
}

TEST_F(Steps, EventsAreCountedFromBothEnds) {
  const auto at = [&](std::int32_t index) { return of(step_field(rows_.schema(), 0, index, "s")); };
  EXPECT_EQ(at(0), "b");
  EXPECT_EQ(at(1), "a");
  EXPECT_EQ(at(-2), "a");
  EXPECT_EQ(at(-1), "null");
  EXPECT_EQ(at(3), "null");
  EXPECT_EQ(at(-4), "null");
  EXPECT_EQ(of(step_field(rows_.schema(), 1, -1, "s")), "null");
}

TEST_F(Steps, FilledFromTheLastEventAreReversedOnce) {
  taken_.reverse();
  EXPECT_EQ(of(step_field(rows_.schema(), 0, -1, "s")), "b");
}

TEST_F(Steps, ItemsAndSidesAreReadFromTheInput) {
  TypedExpr item;
  item.kind = TypedExpr::Kind::item;
  item.type = Type::int64();
  item.field = 1;
  const Datum items[] = {Datum::of_int(1), Datum::of_int(2)};
  EXPECT_EQ(evaluate(item, {}, {.items = items}), "2");

  TypedExpr side = field(rows_.schema(), "s");
  side.kind = TypedExpr::Kind::side_field;
  side.side = 1;
  const RowLayout* layouts[] = {&rows_.layout(), &rows_.layout()};
  const Row found[] = {nullptr, taken_.events(0)[0]};
  const Row missing[] = {nullptr, nullptr};
  EXPECT_EQ(evaluate(side, {.sides = layouts}, {.sides = found}), "b");
  EXPECT_EQ(evaluate(side, {.sides = layouts}, {.sides = missing}), "null");
}

}    // namespace
}    // namespace cepheid::nfa
