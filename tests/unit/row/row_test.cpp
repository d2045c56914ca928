#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "nfa/row/arena.hpp"
#include "nfa/row/batch.hpp"
#include "nfa/row/datum.hpp"
#include "nfa/row/layout.hpp"

namespace cepheid::nfa {
namespace {

const Type kPoint = Type::object_of({{"name", Type::string()}, {"at", Type::list_of(Type::decimal(3))}});

Schema all_kinds() {
  return Schema({{"b", Type::boolean()},
                 {"i", Type::int64()},
                 {"p", Type::decimal(2)},
                 {"s", Type::string()},
                 {"x", Type::float64()},
                 {"t", Type::timestamp()},
                 {"points", Type::list_of(kPoint)},
                 {"data", Type::boolean(), true}});
}

Value decimal_value(Int128 units, int scale) {
  return {DecimalValue{{units}, scale}};
}

std::vector<Value> some_values() {
  ValueObject first = {{"name", {std::string("north of the old mill")}},
                       {"at", {ValueList{decimal_value(1500, 3), Value{}, decimal_value(-1, 3)}}}};
  ValueObject second = {{"name", {}}, {"at", {}}};
  return {{true},
          {std::numeric_limits<std::int64_t>::min()},
          decimal_value(-(Int128{1} << 126), 2),
          {std::string("héllo\0!", 8)},
          {-0.5},
          {Timestamp{-1}},
          {ValueList{{first}, {}, {second}}},
          {true}};
}

void fill(const RowLayout& layout, std::uint64_t* row, const std::vector<Value>& values, Arena& arena) {
  layout.clear(row);
  for (std::uint32_t i = 0; i < values.size(); ++i) {
    layout.set(row, i, from_value(values[i], layout.schema().fields()[i].type, arena));
  }
}

void expect_row(const RowLayout& layout, Row row, const std::vector<Value>& values) {
  Arena arena;
  for (std::uint32_t i = 0; i < values.size(); ++i) {
    const Type& type = layout.schema().fields()[i].type;
    EXPECT_TRUE(same_value(read_field(row, layout.slot(i)), from_value(values[i], type, arena), type)) << "field " << i;
  }
}

TEST(Arena, GivesPiecesAlignedTo16BytesThatDoNotOverlap) {
  Arena arena;
  std::vector<std::pair<unsigned char*, std::size_t>> pieces;
  for (std::size_t i = 0; i < 2'000; ++i) {
    const std::size_t size = (i * 37) % 500;
    auto* piece = static_cast<unsigned char*>(arena.allocate(size));
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(piece) % 16, 0U);
    if (size > 0) std::memset(piece, static_cast<int>(i % 251), size);
    pieces.emplace_back(piece, size);
  }
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    for (std::size_t k = 0; k < pieces[i].second; ++k) ASSERT_EQ(pieces[i].first[k], i % 251);
  }
}

TEST(Arena, KeepsItsBlocksWhenCleared) {
  Arena arena;
  EXPECT_EQ(arena.capacity(), 0U);
  const auto use = [&] {
    for (int i = 0; i < 1'000; ++i) (void)arena.allocate(100);
    (void)arena.allocate(3'000'000);
    (void)arena.allocate(10);
  };
  use();
  const std::size_t warm = arena.capacity();
  for (int round = 0; round < 5; ++round) {
    arena.clear();
    use();
    EXPECT_EQ(arena.capacity(), warm);
  }
}

TEST(Arena, FindsALargeBlockBehindSmallOnes) {
  Arena arena;
  (void)arena.allocate(10);
  (void)arena.allocate(100'000);
  const std::size_t warm = arena.capacity();
  arena.clear();
  (void)arena.allocate(100'000);
  EXPECT_EQ(arena.capacity(), warm);
}

TEST(Arena, CopiesText) {
  Arena arena;
  EXPECT_EQ(arena.copy_text("abc")->view(), "abc");
  EXPECT_EQ(arena.copy_text("")->view(), "");
}

TEST(RowLayout, GivesEachFieldItsWordsAndItsNullBit) {
  std::vector<Field> fields(70, {"", Type::int64()});
  fields[1].type = Type::decimal(0);
  for (std::size_t i = 0; i < fields.size(); ++i) fields[i].name = "f" + std::to_string(i);
  const RowLayout layout{Schema(fields)};
  EXPECT_EQ(layout.words(), 2U + 71U);
  std::vector<std::uint64_t> row(layout.words());
  layout.clear(row.data());
  for (std::uint32_t i = 0; i < 70; ++i) EXPECT_TRUE(read_field(row.data(), layout.slot(i)).null);
  layout.set(row.data(), 1, Datum::of_decimal(-7));
  layout.set(row.data(), 69, Datum::of_int(69));
  for (std::uint32_t i = 0; i < 70; ++i) {
    EXPECT_EQ(read_field(row.data(), layout.slot(i)).null, i != 1 && i != 69);
  }
  EXPECT_TRUE(read_field(row.data(), layout.slot(1)).units == -7);
  EXPECT_EQ(read_field(row.data(), layout.slot(69)).integer, 69);
  layout.set(row.data(), 69, Datum());
  EXPECT_TRUE(read_field(row.data(), layout.slot(69)).null);
}

TEST(RowLayout, RowsWithoutFieldsTakeNoWords) {
  const RowLayout layout{Schema()};
  EXPECT_EQ(layout.words(), 0U);
  EXPECT_EQ(layout.copy_size(nullptr), 0U);
}

TEST(RowLayout, ADeepCopyOutlivesItsOrigin) {
  const RowLayout layout(all_kinds());
  const std::vector<Value> values = some_values();
  std::unique_ptr<char[]> copy;
  {
    Arena arena;
    std::vector<std::uint64_t> row(layout.words());
    fill(layout, row.data(), values, arena);
    expect_row(layout, row.data(), values);
    const std::size_t size = layout.copy_size(row.data());
    copy.reset(new char[size + 16]);
    std::memset(copy.get() + size, 0x5a, 16);
    layout.copy_to(row.data(), copy.get());
    for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(copy[size + i], 0x5a) << "written behind the block";
  }
  const Row row = reinterpret_cast<Row>(copy.get());
  expect_row(layout, row, values);
  // and a copy of the copy
  const std::unique_ptr<char[]> second(new char[layout.copy_size(row)]);
  layout.copy_to(row, second.get());
  copy.reset();
  expect_row(layout, reinterpret_cast<Row>(second.get()), values);
}

TEST(RowLayout, ACopyOfNullsIsOnlyItsWords) {
  const RowLayout layout(all_kinds());
  std::vector<std::uint64_t> row(layout.words());
  layout.clear(row.data());
  EXPECT_EQ(layout.copy_size(row.data()), (layout.words() * 8 + 15) / 16 * 16);
  expect_row(layout, row.data(), std::vector<Value>(8));
}

TEST(Datum, ComesBackFromAValueAsItWent) {
  Arena arena;
  const std::vector<Value> values = some_values();
  const Schema schema = all_kinds();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Type& type = schema.fields()[i].type;
    const Datum datum = from_value(values[i], type, arena);
    Arena other;
    EXPECT_TRUE(same_value(datum, from_value(to_value(datum, type), type, other), type));
    EXPECT_TRUE(same_value(datum, copy_datum(datum, type, other), type));
    EXPECT_FALSE(same_value(datum, Datum(), type));
    EXPECT_TRUE(to_value(Datum(), type).is_null());
  }
}

TEST(Datum, AValueOfAnotherTypeBecomesNullUnlessItIsANumberThatFits) {
  Arena arena;
  EXPECT_TRUE(from_value({std::string("1")}, Type::int64(), arena).null);
  EXPECT_TRUE(from_value({true}, Type::string(), arena).null);
  EXPECT_EQ(from_value({std::int64_t{3}}, Type::float64(), arena).number, 3.0);
  EXPECT_TRUE(from_value({std::int64_t{3}}, Type::decimal(2), arena).units == 300);
  EXPECT_TRUE(from_value(decimal_value(15, 1), Type::decimal(3), arena).units == 1500);
}

TEST(Datum, SameValueGroupsAsSqlDoes) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(same_value(Datum(), Datum(), Type::int64()));
  EXPECT_FALSE(same_value(Datum(), Datum::of_int(0), Type::int64()));
  EXPECT_TRUE(same_value(Datum::of_double(nan), Datum::of_double(nan), Type::float64()));
  EXPECT_TRUE(same_value(Datum::of_double(0.0), Datum::of_double(-0.0), Type::float64()));
  EXPECT_FALSE(same_value(Datum::of_double(nan), Datum::of_double(1), Type::float64()));
}

TEST(Batch, KeepsRowsTimesAndAdvances) {
  Batch batch(std::make_shared<const RowLayout>(all_kinds()));
  for (std::int64_t i = 0; i < 100; ++i) {
    std::uint64_t* row = batch.append(i * 10, static_cast<std::uint64_t>(i));
    batch.layout().set(row, 3, Datum::of_text(batch.arena().copy_text(std::to_string(i))));
    if (i == 49) batch.advance(400, 49);
  }
  batch.append(1'000, 100);
  batch.drop_last();
  ASSERT_EQ(batch.size(), 100U);
  EXPECT_EQ(batch.time_ms(99), 990);
  EXPECT_EQ(batch.sequence(99), 99U);
  EXPECT_EQ(batch.advances()[0].rows_before, 50U);
  for (std::size_t i = 0; i < 100; ++i) {
    EXPECT_EQ(read_field(batch.row(i), batch.layout().slot(3)).text->view(), std::to_string(i));
    EXPECT_TRUE(read_field(batch.row(i), batch.layout().slot(1)).null);
  }
  batch.clear();
  EXPECT_TRUE(batch.empty());
}

TEST(Batch, ShowsBorrowedRowsAsItsOwnUntilItIsCleared) {
  const auto layout = std::make_shared<const RowLayout>(Schema({{"i", Type::int64()}, {"s", Type::string()}}));
  Batch owner(layout);
  for (std::int64_t i = 0; i < 5; ++i) {
    layout->set(owner.append(100 + i, 0), 0, Datum::of_int(i));
  }
  Batch batch(layout);
  batch.append(7, 7);
  batch.clear();
  batch.borrow_rows(owner, 1, 4, 20);
  ASSERT_EQ(batch.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(batch.row(i), owner.row(1 + i));
    EXPECT_EQ(batch.time_ms(i), static_cast<TimeMs>(101 + i));
    EXPECT_EQ(batch.sequence(i), 20 + i);
  }
  batch.clear();
  EXPECT_TRUE(batch.empty());
  layout->set(batch.append(1, 1), 0, Datum::of_int(42));
  EXPECT_EQ(read_field(batch.row(0), layout->slot(0)).integer, 42);
  EXPECT_TRUE(read_field(batch.row(0), layout->slot(1)).null);
  EXPECT_EQ(read_field(owner.row(1), layout->slot(0)).integer, 1);
}

TEST(Batch, NotesWhereRowsMoveTheWatermark) {
  const auto layout = std::make_shared<const RowLayout>(Schema({{"i", Type::int64()}}));
  Batch batch(layout);
  for (const TimeMs time_ms : {5, 3, 5, 9, 4, 12}) batch.append(time_ms, 10 + batch.size());
  TimeMs low_ms = 5;
  batch.advance_by_rows(1, low_ms, [&low_ms](TimeMs time_ms) { return low_ms = std::max(low_ms, time_ms); });
  ASSERT_EQ(batch.advances().size(), 2u);
  EXPECT_EQ(batch.advances()[0].rows_before, 4u);
  EXPECT_EQ(batch.advances()[0].sequence, 13u);
  EXPECT_EQ(batch.advances()[0].low_ms, 9);
  EXPECT_EQ(batch.advances()[1].rows_before, 6u);
  EXPECT_EQ(batch.advances()[1].low_ms, 12);
}

}    // namespace
}    // namespace cepheid::nfa
