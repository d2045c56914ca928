#include "cepheid/type.hpp"

#include <gtest/gtest.h>

#include "cepheid/schema.hpp"

namespace cepheid {
namespace {

TEST(Type, IsWrittenAsInARuleFile) {
  EXPECT_EQ(to_string(Type::decimal(2)), "decimal(2)");
  EXPECT_EQ(to_string(Type::list_of(Type::int64())), "list of int");
  EXPECT_EQ(to_string(Type::object_of({{"a", Type::float64()}, {"b", Type::list_of(Type::timestamp())}})),
            "{a: double, b: list of timestamp}");
  EXPECT_EQ(to_string(Type::object_of({})), "{}");
}

TEST(Type, IsTheSameDownToScalesElementsAndNames) {
  const std::vector<Type> kTypes = {
      Type::null(),
      Type::boolean(),
      Type::int64(),
      Type::float64(),
      Type::decimal(0),
      Type::decimal(2),
      Type::string(),
      Type::timestamp(),
      Type::list_of(Type::int64()),
      Type::list_of(Type::decimal(2)),
      Type::list_of(Type::list_of(Type::int64())),
      Type::object_of({{"a", Type::int64()}}),
      Type::object_of({{"b", Type::int64()}}),
      Type::object_of({{"a", Type::string()}}),
      Type::object_of({{"a", Type::int64()}, {"b", Type::int64()}}),
  };
  for (std::size_t a = 0; a < kTypes.size(); ++a) {
    for (std::size_t b = 0; b < kTypes.size(); ++b) EXPECT_EQ(kTypes[a] == kTypes[b], a == b) << a << ' ' << b;
  }
  EXPECT_EQ(Type::list_of(Type::int64()), Type::list_of(Type::int64()));
}

TEST(Schema, FindsFieldsAndPresenceFieldsApart) {
  const Schema schema({{"data", Type::boolean(), true}, {"data.amount", Type::int64()}, {"id", Type::int64()}});
  EXPECT_EQ(schema.find("data.amount"), 1U);
  EXPECT_EQ(schema.find("id"), 2U);
  EXPECT_EQ(schema.find("data"), std::nullopt);
  EXPECT_EQ(schema.find_presence("data"), 0U);
  EXPECT_EQ(schema.find_presence("id"), std::nullopt);
}

}    // namespace
}    // namespace cepheid
