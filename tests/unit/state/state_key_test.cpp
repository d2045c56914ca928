#include "runtime/state/state_key.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "nfa/expr/compare.hpp"
#include "nfa/row/deep_copy.hpp"

namespace cepheid::runtime {
namespace {

using nfa::Datum;

std::string key_of(const Datum& datum, const Type& type) {
  std::string bytes;
  append_state_key(bytes, datum, type);
  return bytes;
}

/// Each pair of values stands to each other as their bytes do; the values are given in their order.
void expect_in_order(const std::vector<Datum>& values, const Type& type) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = 0; j < values.size(); ++j) {
      EXPECT_EQ(key_of(values[i], type) < key_of(values[j], type), i < j) << to_string(type) << " " << i << " " << j;
    }
  }
}

TEST(StateKey, BytesAreInTheOrderOfTheValues) {
  using Limits = std::numeric_limits<double>;
  expect_in_order({Datum(), Datum::of_bool(false), Datum::of_bool(true)}, Type::boolean());
  std::vector<Datum> ints = {Datum()};
  for (const std::int64_t number :
       {std::numeric_limits<std::int64_t>::min(), std::int64_t{-256}, std::int64_t{-1}, std::int64_t{0},
        std::int64_t{1}, std::int64_t{255}, std::int64_t{256}, std::numeric_limits<std::int64_t>::max()}) {
    ints.push_back(Datum::of_int(number));
  }
  expect_in_order(ints, Type::int64());
  expect_in_order(ints, Type::timestamp());
  std::vector<Datum> doubles = {Datum()};
  for (const double number :
       {-Limits::infinity(), -1e300, -1.5, -1e-300, 0.0, 1e-300, 1.5, 1e300, Limits::infinity(), Limits::quiet_NaN()}) {
    doubles.push_back(Datum::of_double(number));
  }
  expect_in_order(doubles, Type::float64());
  std::vector<Datum> decimals = {Datum()};
  const Int128 large = Int128{1} << 100;
  for (const Int128 units : {-large, Int128{-1}, Int128{0}, Int128{1}, large})
    decimals.push_back(Datum::of_decimal(units));
  expect_in_order(decimals, Type::decimal(2));
  nfa::Arena arena;
  std::vector<Datum> texts = {Datum()};
  for (const std::string& text : {std::string(), std::string("\0", 1), std::string("\0\0", 2), std::string("\0\1", 2),
                                  std::string("\1"), std::string("a"), std::string("a\0", 2), std::string("a\0b", 3),
                                  std::string("a\1"), std::string("aa"), std::string("b"), std::string("\xc3\xa4")}) {
    texts.push_back(Datum::of_text(arena.copy_text(text)));
  }
  expect_in_order(texts, Type::string());
}

TEST(StateKey, ZeroHasOneSign) {
  EXPECT_EQ(key_of(Datum::of_double(0.0), Type::float64()), key_of(Datum::of_double(-0.0), Type::float64()));
}

TEST(StateKey, AKeyBeginsWithItsFirstPartsAndNoOthers) {
  nfa::Arena arena;
  std::mt19937 random(7);
  const auto random_text = [&] {
    std::string text;
    for (std::size_t i = random() % 4; i-- > 0;) text.push_back(std::string("\0\1\xff", 3)[random() % 3]);
    return text;
  };
  for (int i = 0; i < 20'000; ++i) {
    const std::string first = random_text();
    const std::string other = random_text();
    std::string key = key_of(Datum::of_text(arena.copy_text(first)), Type::string());
    append_state_key(key, Datum::of_text(arena.copy_text(random_text())), Type::string());
    EXPECT_EQ(key.starts_with(key_of(Datum::of_text(arena.copy_text(other)), Type::string())), first == other);
  }
}

TEST(StateKey, ListsAreToldApart) {
  const std::vector<Datum> items = {Datum::of_int(1), Datum::of_int(2), Datum()};
  const Type type = Type::list_of(Type::int64());
  std::vector<std::string> keys;
  for (std::size_t size = 0; size <= items.size(); ++size) {
    const nfa::Composite list{.size = size, .items = items.data()};
    keys.push_back(key_of(Datum::of_composite(&list), type));
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    for (std::size_t j = 0; j < keys.size(); ++j) EXPECT_EQ(keys[i].starts_with(keys[j]), i == j);
  }
}

}    // namespace
}    // namespace cepheid::runtime
