#include "nfa/row/row_bytes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace cepheid::nfa {
namespace {

const Type kPoint = Type::object_of({{"name", Type::string()}, {"at", Type::list_of(Type::decimal(3))}});

/// More fields than there are null bits in a byte, the last a presence field.
RowLayout all_kinds() {
  return RowLayout(Schema({{"b", Type::boolean()},
                           {"i", Type::int64()},
                           {"p", Type::decimal(2)},
                           {"s", Type::string()},
                           {"x", Type::float64()},
                           {"t", Type::timestamp()},
                           {"points", Type::list_of(kPoint)},
                           {"point", kPoint},
                           {"n", Type::int64()},
                           {"point", kPoint, true},
                           {"counts", Type::map_of(Type::int64())}}));
}

std::vector<Value> full_row() {
  const ValueList at = {{DecimalValue{{1500}, 3}}, {}, {DecimalValue{{-1}, 3}}};
  const Value first = {ValueObject{{"name", {std::string("the old mill")}}, {"at", {at}}}};
  const Value second = {ValueObject{{"name", {}}, {"at", {ValueList{}}}}};
  return {{true},
          {std::int64_t{-5}},
          {DecimalValue{{-(Int128{1} << 100)}, 2}},
          {std::string("h\xc3\xa9llo\0!", 8)},
          {-0.5},
          {Timestamp{-1}},
          {ValueList{first, {}, second}},
          second,
          {},
          {true},
          {ValueObject{{"click", {std::int64_t{2}}}, {"", {}}}}};
}

class RowBytes : public testing::Test {
 protected:
  Row row_of(const std::vector<Value>& values) {
    words_.assign(layout_.words(), 0);
    layout_.clear(words_.data());
    for (std::uint32_t i = 0; i < values.size(); ++i) layout_.set(words_.data(), i, datum_of(values[i], i));
    return words_.data();
  }
  std::string bytes_of(Row row) {
    std::string bytes;
    ByteWriter out(bytes);
    write_row(out, layout_, row);
    return bytes;
  }
  Type type_of(std::uint32_t field) {
    const Field& of = layout_.schema().fields()[field];
    return of.presence ? Type::boolean() : of.type;
  }
  Datum datum_of(const Value& value, std::uint32_t field) { return from_value(value, type_of(field), arena_); }

  RowLayout layout_ = all_kinds();
  Arena arena_;
  std::vector<std::uint64_t> words_;
};

TEST_F(RowBytes, GiveTheSameRowBack) {
  for (const std::vector<Value>& values : {full_row(), std::vector<Value>(11)}) {
    const std::string bytes = bytes_of(row_of(values));
    ByteReader in{std::string_view(bytes)};
    std::vector<std::uint64_t> read(layout_.words());
    Arena arena;
    read_row(in, layout_, read.data(), arena);
    EXPECT_TRUE(in.ok());
    EXPECT_EQ(in.remaining(), 0u);
    for (std::uint32_t i = 0; i < values.size(); ++i) {
      EXPECT_TRUE(same_value(read_field(read.data(), layout_.slot(i)), datum_of(values[i], i), type_of(i))) << i;
    }
    EXPECT_EQ(bytes_of(read.data()), bytes);
  }
}

TEST_F(RowBytes, CutOffAnywhereAreAFailure) {
  const std::string bytes = bytes_of(row_of(full_row()));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ByteReader in{std::string_view(bytes).substr(0, size)};
    std::vector<std::uint64_t> read(layout_.words());
    Arena arena;
    read_row(in, layout_, read.data(), arena);
    EXPECT_FALSE(in.ok()) << size;
    bytes_of(read.data());    // may be looked at
  }
}

TEST_F(RowBytes, ChangedAtRandomAreARowOrAFailureAndMakeLittleMemory) {
  const std::string bytes = bytes_of(row_of(full_row()));
  std::mt19937_64 random(1);
  for (int round = 0; round < 20'000; ++round) {
    std::string changed = bytes;
    for (std::size_t n = 1 + random() % 3; n > 0; --n) changed[random() % changed.size()] = static_cast<char>(random());
    ByteReader in{std::string_view(changed)};
    std::vector<std::uint64_t> read(layout_.words());
    Arena arena;
    read_row(in, layout_, read.data(), arena);
    bytes_of(read.data());
    EXPECT_LE(arena.capacity(), 100'000u);
  }
}

}    // namespace
}    // namespace cepheid::nfa
