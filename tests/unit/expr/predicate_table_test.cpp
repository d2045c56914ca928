#include "nfa/expr/predicate_table.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/unit/expr/build_expr.hpp"

namespace cepheid::nfa {
namespace {

using namespace build;    // NOLINT: short words for trees
using F = Function;

TypedExpr above(const Schema& schema, std::int64_t bound) {
  return build::test(F::greater, {field(schema, "i"), integer(bound)});
}

TEST(PredicateTable, GivesEqualConditionsOneNumber) {
  const Schema schema({{"i", Type::int64()}});
  const RowLayout layout(schema);
  PredicateTable table(layout);
  const PredicateId first = table.add(above(schema, 1));
  EXPECT_NE(table.add(above(schema, 2)), first);
  EXPECT_EQ(table.add(above(schema, 1)), first);
  EXPECT_EQ(table.size(), 2U);
}

TEST(PredicateBits, HoldEachOutcomeForOneRow) {
  const Schema schema({{"i", Type::int64()}});
  Rows rows(schema);
  PredicateTable table(rows.layout());
  std::vector<PredicateId> ids;
  for (std::int64_t bound = 0; bound < 130; ++bound) ids.push_back(table.add(above(schema, bound)));

  PredicateBits bits(table);
  EvalScratch scratch;
  for (const std::int64_t value : {std::int64_t{65}, std::int64_t{0}, std::int64_t{129}, std::int64_t{64}}) {
    bits.begin(rows.add({{value}}), 0);
    for (int twice = 0; twice < 2; ++twice) {
      for (std::size_t bound = 0; bound < ids.size(); bound += 3) {
        EXPECT_EQ(bits.test(ids[bound], scratch), value > static_cast<std::int64_t>(bound));
      }
    }
  }
  bits.begin(rows.add({}), 0);
  EXPECT_FALSE(bits.test(ids[0], scratch));
}

// The row is looked at when a condition is first asked for, and not again: changing it behind the bits shows that.
TEST(PredicateBits, KnowAnOutcomeOnceItWasAskedFor) {
  const Schema schema({{"i", Type::int64()}});
  const RowLayout layout(schema);
  PredicateTable table(layout);
  const PredicateId asked = table.add(above(schema, 1));
  const PredicateId later = table.add(above(schema, 2));
  std::vector<std::uint64_t> row(layout.words());
  layout.set(row.data(), 0, Datum::of_int(5));

  PredicateBits bits(table);
  EvalScratch scratch;
  bits.begin(row.data(), 0);
  EXPECT_TRUE(bits.test(asked, scratch));
  layout.set(row.data(), 0, Datum::of_int(0));
  EXPECT_TRUE(bits.test(asked, scratch));
  EXPECT_FALSE(bits.test(later, scratch));
  bits.begin(row.data(), 0);
  EXPECT_FALSE(bits.test(asked, scratch));
}

// Found by the text, whatever the way in which they say it, and beside the equality with one of the texts.
TEST(PredicateBits, HoldConditionsThatSayOneOfSeveralTexts) {
  const Schema schema({{"s", Type::string()}, {"t", Type::string()}});
  Rows rows(schema);
  const auto is = [&](const char* name, const char* value) {
    return build::test(F::equal, {field(schema, name), text(value)});
  };
  PredicateTable table(rows.layout());
  const PredicateId listed =
      table.add(build::test(F::in_values, {field(schema, "s"), text("a"), text("a longer text"), text("a")}));
  const PredicateId either =
      table.add(build::test(F::or_, {is("s", "b"), build::test(F::or_, {is("s", "a"), is("s", "c")})}));
  const PredicateId of_two_fields = table.add(build::test(F::or_, {is("s", "a"), is("t", "b")}));
  const PredicateId equal = table.add(is("s", "a"));
  EXPECT_EQ(table.families().size(), 1U);
  EXPECT_EQ(table.family_of(listed), 0);
  EXPECT_EQ(table.family_of(either), 0);
  EXPECT_LT(table.family_of(of_two_fields), 0);

  PredicateBits bits(table);
  EvalScratch scratch;
  const auto expect = [&](const Value& s, const Value& t, const std::vector<PredicateId>& holding) {
    const Row row = rows.add({s, t});
    bits.begin(row, 0);
    std::uint64_t outcomes = 0;
    bits.find_cheap({&row, 1}, &outcomes);
    for (const PredicateId id : {listed, either, of_two_fields, equal}) {
      const bool holds = std::ranges::find(holding, id) != holding.end();
      EXPECT_EQ(bits.test(id, scratch), holds) << id;
      EXPECT_EQ((outcomes >> id & 1) != 0, holds && id != of_two_fields) << id;    // which is dear
    }
  };
  expect({"a"}, {"z"}, {listed, either, of_two_fields, equal});
  expect({"b"}, {"b"}, {either, of_two_fields});
  expect({"c"}, {}, {either});
  expect({"a longer text"}, {"b"}, {listed, of_two_fields});
  expect({"a longer tex"}, {"z"}, {});
  expect({}, {"z"}, {});
}

TEST(Fingerprint, TellsExpressionsApart) {
  const Schema schema({{"i", Type::int64()}, {"j", Type::int64()}});
  const std::vector<TypedExpr> kDifferent = {
      above(schema, 1),
      above(schema, 12),
      build::test(F::greater, {field(schema, "j"), integer(1)}),
      build::test(F::less, {field(schema, "i"), integer(1)}),
      build::test(F::greater, {integer(1), field(schema, "i")}),
      build::test(F::greater, {field(schema, "i"), number(1)}),
      build::test(F::greater, {field(schema, "i"), decimal("1.0")}),
      build::test(F::greater, {field(schema, "i"), null(Type::int64())}),
      step_field(schema, 0, -1, "i"),
      step_field(schema, 0, 0, "i"),
      step_field(schema, 1, 0, "i"),
      step_aggregate(schema, StepAggregate::count, Type::int64(), 0),
      step_aggregate(schema, StepAggregate::sum, Type::int64(), 0, "i"),
      call(F::concat, Type::string(), {text("a"), text("b")}),
      call(F::concat, Type::string(), {text("a1 b")}),
      call(F::concat, Type::string(), {text("ab")}),
  };
  for (std::size_t a = 0; a < kDifferent.size(); ++a) {
    for (std::size_t b = 0; b < kDifferent.size(); ++b) {
      EXPECT_EQ(fingerprint(kDifferent[a]) == fingerprint(kDifferent[b]), a == b) << a << ' ' << b;
    }
  }
}

TEST(LooksBack, AtStepsItemsAndSidesAnywhereInside) {
  const Schema schema({{"i", Type::int64()}});
  EXPECT_FALSE(looks_back(above(schema, 1)));
  EXPECT_TRUE(looks_back(step_field(schema, 0, -1, "i")));
  EXPECT_TRUE(looks_back(build::test(
      F::and_, {above(schema, 1),
                build::test(F::equal, {integer(1), step_aggregate(schema, StepAggregate::count, Type::int64(), 0)})})));
}

}    // namespace
}    // namespace cepheid::nfa
