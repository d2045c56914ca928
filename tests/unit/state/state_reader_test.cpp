#include "runtime/state/state_reader.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/unit/state/fake_state.hpp"

namespace cepheid::runtime {
namespace {

std::string line_of(const std::string& place, std::int64_t number, double amount) {
  return fmt::format("{{\"key\":{{\"place\":\"{}\",\"number\":{}}},\"value\":{{\"amount\":{}}}}}\n", place, number,
                     amount);
}

class StateReaderTest : public testing::Test {
 protected:
  /// All pages of a question.
  std::string read_all(const std::vector<StateKeyPart>& parts, std::size_t page_keys) {
    const Result<std::string> prefix = reader_.prefix_of(0, parts);
    EXPECT_TRUE(prefix);
    std::string lines;
    std::optional<std::string> after;
    do {
      StatePage page = reader_.read(0, *prefix, after, page_keys);
      EXPECT_TRUE(!page.next || !page.lines.empty()) << "a page without an end";
      lines += page.lines;
      after = std::move(page.next);
    } while (after);
    return lines;
  }
  std::string refusal(const std::vector<StateKeyPart>& parts) {
    const Result<std::string> prefix = reader_.prefix_of(0, parts);
    return prefix ? "" : prefix.error().message;
  }

  FakeState state_;
  PassGate gate_;
  StateReader reader_{{&state_}, gate_};
};

TEST_F(StateReaderTest, OneKeyAPrefixAndAllAreFound) {
  state_.add({"b", 2, {1}});
  state_.add({"a", 10, {2}});
  state_.add({"a", 9, {3, 4}});
  EXPECT_EQ(read_all({{"place", "a"}, {"number", "10"}}, 10), line_of("a", 10, 2));
  EXPECT_EQ(read_all({{"number", "10"}, {"place", "a"}}, 10), line_of("a", 10, 2)) << "in whatever order";
  EXPECT_EQ(read_all({{"place", "a"}}, 10), line_of("a", 9, 3) + line_of("a", 9, 4) + line_of("a", 10, 2));
  EXPECT_EQ(read_all({}, 10), line_of("a", 9, 3) + line_of("a", 9, 4) + line_of("a", 10, 2) + line_of("b", 2, 1));
  EXPECT_EQ(read_all({{"place", "c"}}, 10), "");
  EXPECT_EQ(read_all({{"place", std::nullopt}}, 10), "") << "null is another value";
  EXPECT_EQ(reader_.count(0), 3u);
}

TEST_F(StateReaderTest, PagesTogetherAreWhatIsThere) {
  std::mt19937 random(3);
  std::vector<std::tuple<std::string, std::int64_t, double>> all;
  for (std::int64_t i = 0; i < 700; ++i) {
    const std::string place(1, static_cast<char>('a' + random() % 3));
    const double amount = static_cast<double>(random() % 100);
    state_.add({place, i * 7919 % 701 - 350, {amount}});
    all.emplace_back(place, i * 7919 % 701 - 350, amount);
  }
  std::ranges::sort(all);
  for (const std::string& place : {std::string(), std::string("a"), std::string("b"), std::string("c")}) {
    std::string expected;
    for (const auto& [of_place, number, amount] : all) {
      if (place.empty() || of_place == place) expected += line_of(of_place, number, amount);
    }
    const std::vector<StateKeyPart> parts =
        place.empty() ? std::vector<StateKeyPart>{} : std::vector<StateKeyPart>{{"place", place}};
    for (const std::size_t page_keys : {std::size_t{1}, std::size_t{7}, kStatePieceKeys - 1, kStatePieceKeys,
                                        kStatePieceKeys + 1, 2 * kStatePieceKeys, std::size_t{1000}}) {
      EXPECT_EQ(read_all(parts, page_keys), expected) << place << " " << page_keys;
    }
  }
}

TEST_F(StateReaderTest, APageGoesOnWhereTheLastOneEndedWhateverHasGone) {
  for (std::int64_t i = 0; i < 10; ++i) state_.add({"a", i, {0}});
  const StatePage first = reader_.read(0, "", std::nullopt, 4);
  state_.remove(3);
  state_.remove(4);
  state_.add({"a", -1, {0}});
  EXPECT_EQ(reader_.read(0, "", first.next, 2).lines, line_of("a", 5, 0) + line_of("a", 6, 0));
}

TEST_F(StateReaderTest, WhatDoesNotFitTheKeyIsRefused) {
  EXPECT_EQ(refusal({{"number", "1"}}),
            "`number` can be asked for only with `place`, which comes before it in the key");
  EXPECT_EQ(refusal({{"amount", "1"}}), "the key of `amounts` has no field `amount`, but `place`, `number`");
  EXPECT_EQ(refusal({{"place", "a"}, {"number", "1.5"}}), "`number`: `1.5` does not convert to int");
  EXPECT_EQ(refusal({{"place", "a"}, {"number", ""}}), "`number`: `` does not convert to int");
  EXPECT_EQ(refusal({{"place", "a"}, {"place", "b"}}), "`place` is asked for twice");
}

}    // namespace
}    // namespace cepheid::runtime
