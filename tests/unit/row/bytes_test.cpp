#include "nfa/row/bytes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace cepheid::nfa {
namespace {

TEST(Bytes, NumbersComeBackAtTheEndsOfTheirRanges) {
  const std::vector<std::uint64_t> numbers = {0, 1, 127, 128, 16'383, 16'384, 1ull << 63, ~0ull};
  const std::vector<std::int64_t> signed_numbers = {
      0, -1, 1, -64, 64, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};
  std::string bytes;
  ByteWriter out(bytes);
  for (const std::uint64_t number : numbers) {
    out.varint(number);
    out.fixed64(number);
  }
  for (const std::int64_t number : signed_numbers) out.signed_varint(number);
  out.number(-0.0);
  out.number(std::numeric_limits<double>::quiet_NaN());

  ByteReader in(bytes);
  for (const std::uint64_t number : numbers) {
    EXPECT_EQ(in.varint(), number);
    EXPECT_EQ(in.fixed64(), number);
  }
  for (const std::int64_t number : signed_numbers) EXPECT_EQ(in.signed_varint(), number);
  EXPECT_TRUE(std::signbit(in.number()));
  EXPECT_TRUE(std::isnan(in.number()));
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.remaining(), 0u);
}

TEST(Bytes, AreTheSameOnEveryMachine) {
  std::string bytes;
  ByteWriter out(bytes);
  out.varint(300);
  out.signed_varint(-2);
  out.fixed64(0x0102030405060708);
  out.text("ab");
  EXPECT_EQ(bytes, std::string("\xac\x02"
                               "\x03"
                               "\x08\x07\x06\x05\x04\x03\x02\x01"
                               "\x02"
                               "ab"));
  EXPECT_EQ(checksum("a state of 20 bytes."), 7863710041886348971ull);
}

TEST(Bytes, AFailureStays) {
  ByteReader in(
      std::string_view("\x05"
                       "abc"));
  EXPECT_EQ(in.text(), "");
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.byte(), 0);
  EXPECT_EQ(in.fixed64(), 0u);
  EXPECT_EQ(in.remaining(), 0u);
}

TEST(Bytes, AVarintOfMoreThan64BitsIsAFailure) {
  for (const char* last : {"\x01", "\x02", "\x80\x01"}) {
    const std::string bytes = std::string(9, '\xff') + last;
    ByteReader reader{std::string_view(bytes)};
    const std::uint64_t number = reader.varint();
    EXPECT_EQ(reader.ok(), last == std::string("\x01"));
    EXPECT_EQ(number, reader.ok() ? ~0ull : 0ull);
  }
}

TEST(Bytes, ACountIsBoundByTheBytesThatFollow) {
  std::string bytes;
  ByteWriter out(bytes);
  out.varint(5);
  bytes.append(10, 'x');
  EXPECT_EQ(ByteReader(std::string_view(bytes)).count(2), 5u);
  ByteReader too_few{std::string_view(bytes)};
  EXPECT_EQ(too_few.count(3), 0u);
  EXPECT_FALSE(too_few.ok());
}

TEST(Bytes, ABlockIsReadByItselfAndTheRestBehindIt) {
  std::string bytes;
  ByteWriter out(bytes);
  const std::size_t outer = out.begin_block();
  out.text("first");
  const std::size_t inner = out.begin_block();
  out.varint(7);
  out.end_block(inner);
  out.end_block(outer);
  out.text("behind");

  ByteReader in{std::string_view(bytes)};
  ByteReader block = in.block();
  EXPECT_EQ(block.text(), "first");
  EXPECT_EQ(block.block().varint(), 7u);
  EXPECT_EQ(block.remaining(), 0u);
  EXPECT_EQ(in.text(), "behind");
  EXPECT_TRUE(in.ok());
}

TEST(Bytes, ABlockWithAnyBitChangedOrByteMissingIsAFailure) {
  std::string bytes;
  ByteWriter out(bytes);
  const std::size_t block = out.begin_block();
  out.text("some words, and some more of them");
  out.end_block(block);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(ByteReader(std::string_view(bytes).substr(0, size)).block().ok()) << size;
  }
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(ByteReader(std::string_view(changed)).block().ok()) << bit;
  }
}

}    // namespace
}    // namespace cepheid::nfa
