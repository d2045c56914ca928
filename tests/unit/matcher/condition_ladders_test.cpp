#include "nfa/matcher/condition_ladders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>

#include "tests/unit/expr/build_expr.hpp"

namespace cepheid::nfa {
namespace {

using namespace build;    // NOLINT: the words of the expressions
using testing::ElementsAre;
using testing::IsEmpty;

Schema sales() {
  return Schema({{"price", Type::float64()}, {"level", Type::int64()}, {"name", Type::string()}});
}
TypedExpr price(Function function, double than) {
  return test(function, {field(sales(), "price"), number(than)});
}
TypedExpr level(Function function, std::int64_t than) {
  return test(function, {field(sales(), "level"), integer(than)});
}
TypedExpr name(Function function, const char* than) {
  return test(function, {field(sales(), "name"), text(than)});
}

/// Conditions and rows to ask them of.
class Asked {
 public:
  explicit Asked(std::vector<std::vector<TypedExpr>> conditions)
      : conditions_(std::move(conditions)), ladders_(conditions_, rows_.layout()) {}

  /// Which conditions hold, in their order, by asking all together and one by one.
  std::pair<std::vector<std::uint32_t>, std::vector<std::uint32_t>> ask(std::vector<Value> values) {
    const Row row = rows_.add(std::move(values));
    ranges_.clear();
    ladders_.find(row, 0, scratch_, ranges_);
    std::vector<std::uint32_t> together;
    for (std::size_t i = 0; i < ranges_.size(); ++i) {
      EXPECT_LT(ranges_[i].first, ranges_[i].end);
      EXPECT_TRUE(i == 0 || ranges_[i].first > ranges_[i - 1].end);
      for (std::uint32_t place = ranges_[i].first; place < ranges_[i].end; ++place) {
        together.push_back(ladders_.order()[place]);
      }
    }
    std::ranges::sort(together);
    std::vector<std::uint32_t> alone;
    for (std::uint32_t i = 0; i < conditions_.size(); ++i) {
      const bool holds = std::ranges::all_of(conditions_[i], [&](const TypedExpr& part) {
        return compile_expression(part, {.row = &rows_.layout()}).holds({.row = row}, scratch_);
      });
      if (holds) alone.push_back(i);
    }
    return {together, alone};
  }
  [[nodiscard]] std::size_t ranges() const { return ranges_.size(); }
  [[nodiscard]] const ConditionLadders& ladders() const { return ladders_; }

 private:
  std::vector<std::vector<TypedExpr>> conditions_;
  Rows rows_{sales()};
  ConditionLadders ladders_;
  EvalScratch scratch_;
  std::vector<ConditionLadders::Range> ranges_;
};

TEST(ConditionLadders, FindThoseThatHoldSideBySide) {
  Asked asked({{price(Function::greater, 5)}, {price(Function::greater, 1)}, {price(Function::greater, 3)}});
  EXPECT_THAT(asked.ladders().order(), ElementsAre(1, 2, 0));
  EXPECT_THAT(asked.ask({{4.0}}).first, ElementsAre(1, 2));
  EXPECT_EQ(asked.ranges(), 1u);
  EXPECT_THAT(asked.ask({{1.0}}).first, IsEmpty());
  EXPECT_THAT(asked.ask({Value{}}).first, IsEmpty());
}

TEST(ConditionLadders, FindWhatAskingOneByOneFinds) {
  using enum Function;
  std::mt19937_64 random(5);
  static constexpr Function kComparisons[] = {less, less_equal, greater, greater_equal, equal, not_equal};
  static constexpr const char* kNames[] = {"a", "b", "c", "d"};
  for (int round = 0; round < 200; ++round) {
    // Of some rounds all conditions have two parts.
    const bool two = round % 4 == 0;
    std::vector<std::vector<TypedExpr>> conditions;
    for (std::uint64_t n = random() % 12 + 1; n > 0; --n) {
      const Function function = kComparisons[round % 3 == 0 ? random() % 2 : random() % 6];
      std::vector<TypedExpr>& parts = conditions.emplace_back();
      switch (round % 5) {
        case 0: parts.push_back(level(function, static_cast<std::int64_t>(random() % 5))); break;
        case 1: parts.push_back(name(function, kNames[random() % 4])); break;
        case 2:
          parts.push_back(test(or_, {price(function, 2), level(function, static_cast<std::int64_t>(random() % 4))}));
          break;
        default: parts.push_back(price(function, static_cast<double>(random() % 8) / 2)); break;
      }
      if (two) parts.push_back(name(random() % 2 == 0 ? equal : not_equal, kNames[random() % 2]));
    }
    Asked asked(conditions);
    for (int row = 0; row < 30; ++row) {
      const auto null_or = [&](Value value) { return random() % 8 == 0 ? Value{} : value; };
      const auto [together, alone] =
          asked.ask({null_or({static_cast<double>(random() % 8) / 2}),
                     null_or({static_cast<std::int64_t>(random() % 5)}), null_or({std::string(kNames[random() % 4])})});
      ASSERT_EQ(together, alone) << "round " << round;
    }
  }
}

}    // namespace
}    // namespace cepheid::nfa
