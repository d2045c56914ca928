#include "cepheid/decimal.hpp"

#include <random>

#include <gtest/gtest.h>

#include "nfa/row/decimal_math.hpp"
#include "nfa/row/number_text.hpp"

namespace cepheid {
namespace {

constexpr Int128 kLargest = ~(Int128{1} << 127);
constexpr Int128 kSmallest = -kLargest - 1;

TEST(Decimal, IsWrittenWithAllDigitsOfItsScale) {
  EXPECT_EQ(to_string({-1250}, 2), "-12.50");
  EXPECT_EQ(to_string({0}, 0), "0");
  EXPECT_EQ(to_string({0}, 2), "0.00");
  EXPECT_EQ(to_string({-5}, 2), "-0.05");
  EXPECT_EQ(to_string({7}, 0), "7");
  EXPECT_EQ(to_string({1}, 38), "0.00000000000000000000000000000000000001");
  EXPECT_EQ(to_string({kLargest}, 38), "1.70141183460469231731687303715884105727");
  EXPECT_EQ(to_string({kSmallest}, 0), "-170141183460469231731687303715884105728");
}

TEST(Decimal, IsReadExactly) {
  struct Case {
    const char* text;
    int scale;
    bool round;
    const char* value;    // "" is nothing
  };
  const Case kCases[] = {
      {"12.5", 2, false, "12.50"},
      {"-0", 2, false, "0.00"},
      {"0.1", 1, false, "0.1"},
      {"12.505", 2, false, ""},
      {"12.500", 2, false, ""},
      {"12.505", 2, true, "12.51"},
      {"-12.505", 2, true, "-12.51"},
      {"12.5049", 2, true, "12.50"},
      {"0.5", 0, true, "1"},
      {"0.4999", 0, true, "0"},
      {"0.05", 0, true, "0"},
      {"9.99", 1, true, "10.0"},
      {"1.25e1", 1, false, "12.5"},
      {"1e2", 2, false, "100.00"},
      {"1E+2", 0, false, "100"},
      {"125e-2", 2, false, "1.25"},
      {"125e-3", 2, false, ""},
      {"0e999999999999999999999", 2, true, "0.00"},
      {"1e999999999999999999999", 2, true, ""},
      {"1e-999999999999999999999", 2, true, "0.00"},
      {"170141183460469231731687303715884105727", 0, false, "170141183460469231731687303715884105727"},
      {"170141183460469231731687303715884105728", 0, false, ""},
      {"-170141183460469231731687303715884105728", 0, false, "-170141183460469231731687303715884105728"},
      {"-170141183460469231731687303715884105729", 0, false, ""},
      {"170141183460469231731687303715884105727.5", 0, true, ""},
      {"000000000000000000000000000000000000000000001", 0, false, "1"},
      {"+1", 0, true, ""},
      {"1.", 0, true, ""},
      {".5", 1, true, ""},
      {"1.e2", 0, true, ""},
      {"", 0, true, ""},
      {"-", 0, true, ""},
      {"1e", 0, true, ""},
      {"1 ", 0, true, ""},
      {"0x1", 0, true, ""},
      {"1.2.3", 2, true, ""},
      {"NaN", 2, true, ""},
  };
  for (const Case& c : kCases) {
    const auto value = parse_decimal(c.text, c.scale, c.round);
    EXPECT_EQ(value ? to_string(*value, c.scale) : "", c.value) << c.text << " at scale " << c.scale;
  }
}

TEST(Decimal, ReadsBackWhatItWrites) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 10'000; ++i) {
    Int128 units = static_cast<Int128>((static_cast<nfa::UInt128>(random()) << 64) | random());
    units >>= random() % 127;
    const int scale = static_cast<int>(random() % 39);
    const auto back = parse_decimal(to_string({units}, scale), scale, false);
    ASSERT_TRUE(back.has_value() && back->units == units) << to_string({units}, scale);
  }
}

TEST(DecimalMath, RescalesHalfAwayFromZero) {
  using nfa::rescale;
  EXPECT_TRUE(rescale(125, 2, 1) == Int128{13});
  EXPECT_TRUE(rescale(-125, 2, 1) == Int128{-13});
  EXPECT_TRUE(rescale(124, 2, 1) == Int128{12});
  EXPECT_TRUE(rescale(5, 1, 0) == Int128{1});
  EXPECT_TRUE(rescale(12, 0, 3) == Int128{12000});
  EXPECT_TRUE(rescale(kLargest, 0, 0) == kLargest);
  EXPECT_FALSE(rescale(kLargest, 0, 1).has_value());
  EXPECT_TRUE(rescale(kSmallest, 38, 0) == Int128{-2});
}

TEST(DecimalMath, GivesTheNearestDouble) {
  EXPECT_EQ(nfa::decimal_to_double(1, 1), 0.1);
  EXPECT_EQ(nfa::decimal_to_double(-1250, 2), -12.5);
  EXPECT_EQ(nfa::decimal_to_double(1, 38), 1e-38);
  EXPECT_EQ(nfa::decimal_to_double(0, 38), 0.0);
  EXPECT_EQ(nfa::decimal_to_double(kSmallest, 0), -170141183460469231731687303715884105728.0);
  EXPECT_EQ(nfa::decimal_to_double((Int128{1} << 53) + 1, 0), 9007199254740992.0);
  EXPECT_EQ(nfa::decimal_to_double((Int128{1} << 53) + 3, 0), 9007199254740996.0);
}

TEST(NumberText, WritesTheFewestDigitsThatReadBackTheSame) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t bits = random();
    double value = 0;
    static_assert(sizeof(bits) == sizeof(value));
    __builtin_memcpy(&value, &bits, sizeof(value));
    if (value - value != 0) continue;    // not finite
    char buffer[nfa::kMaxDoubleText];
    const std::string_view text(buffer, static_cast<std::size_t>(nfa::write_double(value, buffer) - buffer));
    ASSERT_EQ(nfa::double_of_text(text), value) << text;
  }
}

}    // namespace
}    // namespace cepheid
