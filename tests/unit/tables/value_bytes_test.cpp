#include "runtime/tables/value_bytes.hpp"

#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "nfa/expr/compare.hpp"
#include "tests/unit/expr/build_expr.hpp"

namespace cepheid::runtime {
namespace {

struct Typed {
  nfa::Datum datum;
  Type type;
};

/// Numbers that are alike, and ends of ranges.
std::vector<Typed> numbers() {
  std::vector<Typed> all;
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{-3}, std::int64_t{1} << 53, (std::int64_t{1} << 53) + 1,
        std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    all.push_back({nfa::Datum::of_int(value), Type::int64()});
    for (const int scale : {0, 1, 3}) {
      Int128 units = value;
      for (int i = 0; i < scale; ++i) units *= 10;
      all.push_back({nfa::Datum::of_decimal(units), Type::decimal(scale)});
      all.push_back({nfa::Datum::of_decimal(units + 1), Type::decimal(scale)});
    }
    all.push_back({nfa::Datum::of_double(static_cast<double>(value)), Type::float64()});
  }
  for (const double value : {-0.0, 0.5, -2.125, 0.1, 1e300, std::numeric_limits<double>::infinity(),
                             std::numeric_limits<double>::denorm_min()}) {
    all.push_back({nfa::Datum::of_double(value), Type::float64()});
  }
  all.push_back({nfa::Datum::of_decimal(5), Type::decimal(1)});
  all.push_back({nfa::Datum::of_decimal(-2125), Type::decimal(3)});
  return all;
}

TEST(ValueBytes, NumbersOfAnyTypesAreEqualAsTheirComparisonSays) {
  const std::vector<Typed> all = numbers();
  std::size_t equal = 0;
  for (const Typed& from : all) {
    for (const Typed& to : all) {
      const std::optional<nfa::Datum> value = equal_value(from.datum, from.type, to.type);
      const bool is_equal = nfa::compare_values(from.datum, from.type, to.datum, to.type) == nfa::kEqual;
      std::string a;
      std::string b;
      if (value) append_value(a, *value, to.type);
      append_value(b, to.datum, to.type);
      EXPECT_EQ(value && a == b, is_equal)
          << nfa::build::as_text(from.datum, from.type) << " as " << to_string(from.type) << ", "
          << nfa::build::as_text(to.datum, to.type) << " as " << to_string(to.type);
      equal += is_equal ? 1 : 0;
    }
  }
  EXPECT_GT(equal, all.size());
}

TEST(ValueBytes, ValuesInARowAreToldApart) {
  nfa::Arena arena;
  const auto bytes = [&](const Value& x, const Value& y) {
    std::string text;
    append_value(text, nfa::from_value(x, Type::string(), arena), Type::string());
    append_value(text, nfa::from_value(y, Type::string(), arena), Type::string());
    return text;
  };
  EXPECT_NE(bytes({std::string("ab")}, {std::string("c")}), bytes({std::string("a")}, {std::string("bc")}));
  EXPECT_NE(bytes({std::string("")}, {}), bytes({}, {std::string("")}));
}

}    // namespace
}    // namespace cepheid::runtime
