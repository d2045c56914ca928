// Lines that come together are read off an index of all of them, a line by itself is not: both must give the same.
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/codec/decoding.hpp"

namespace cepheid::runtime {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Schema many_fields() {
  return Schema({{"i", Type::int64()},
                 {"a_rather_long_name", Type::int64()},
                 {"x", Type::float64()},
                 {"s", Type::string()},
                 {"d", Type::decimal(2)},
                 {"t", Type::timestamp()},
                 {"b", Type::boolean()},
                 {"o.p", Type::int64()},
                 {"o.q", Type::string()},
                 {"o", Type::boolean(), true}});
}

/// Each line decoded by itself, without a line end.
DecodedText decode_one_by_one(const std::vector<std::string>& lines, const std::vector<std::uint32_t>& required) {
  DecodedText all;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const DecodedText one = decode_text(TextFormat::json, many_fields(), lines[i], required);
    all.rows.insert(all.rows.end(), one.rows.begin(), one.rows.end());
    for (const std::string& record : one.invalid) {
      all.invalid.push_back(std::to_string(i + 1) + record.substr(record.find(':')));
    }
  }
  return all;
}

DecodedText decode_together(const std::vector<std::string>& lines, const std::vector<std::uint32_t>& required) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return decode_text(TextFormat::json, many_fields(), text, required);
}

void expect_same(const std::vector<std::string>& lines, const std::vector<std::uint32_t>& required = {}) {
  const DecodedText alone = decode_one_by_one(lines, required);
  const DecodedText together = decode_together(lines, required);
  EXPECT_EQ(together.rows, alone.rows);
  EXPECT_EQ(together.invalid, alone.invalid);
}

/// Random records, most of them good, some with a few bytes changed.
class RecordMaker {
 public:
  explicit RecordMaker(std::uint32_t seed) : random_(seed) {}

  std::string line() {
    std::string made = object(0);
    if (one_in(4)) made.insert(0, one_of({" ", "\t", "", "  "}));
    if (one_in(4)) made += one_of({" ", "\r", "\t\r", " 1", "{}", "}"});
    for (; one_in(3) && !made.empty();) {
      const std::size_t at = random_() % made.size();
      switch (random_() % 3) {
        case 0: made.erase(at, 1); break;
        case 1: made[at] = character(); break;
        default: made.insert(at, 1, character()); break;
      }
    }
    return made;
  }

 private:
  bool one_in(std::uint32_t n) { return random_() % n == 0; }
  std::string one_of(std::initializer_list<std::string_view> list) {
    return std::string(list.begin()[random_() % list.size()]);
  }
  char character() {
    constexpr std::string_view kCommon = "{}[]:,, \t\r0123456789-+.eEntf/ux";
    return one_in(30) ? one_of({"\"", "\\", "\x01", "\xff"})[0] : kCommon[random_() % kCommon.size()];
  }
  std::string number() {
    return one_of({"0",
                   "-0",
                   "7",
                   "-12",
                   "12345678",
                   "123456789",
                   "1700000000001",
                   "999999999999999999",
                   "9223372036854775807",
                   "-9223372036854775807",
                   "-9223372036854775808",
                   "9223372036854775808",
                   "12345678901234567890123",
                   "01",
                   "1.5",
                   "-0.0",
                   "227.68",
                   "0.1234567890123456",
                   "123456789.123456",
                   "1234567890123456789.5",
                   "3.00",
                   "1e3",
                   "1.5E-7",
                   "1e400",
                   "1e-400",
                   "5e-324",
                   "-",
                   "1.",
                   ".5",
                   "12.345",
                   "0.000000000000001",
                   "4.35",
                   "9007199254740993"});
  }
  std::string text() {
    return one_of({R"("")", R"("a")", R"("u74578")", R"("8 bytes.")", R"("9 bytes..")", R"("twenty-four bytes of it.")",
                   R"("twenty-five bytes of text")", R"("a longer text that has more than thirty-two bytes in it")",
                   R"("é")", R"("\u00e9")", R"("a\\b")", R"("a\qb")", R"("{\"i\":1}")", R"("1970-01-02")",
                   R"("2023-11-14T22:13:20.001Z")", R"("12.5")", R"("true")", R"("]],}:")"});
  }
  std::string scalar() {
    return one_in(2)   ? number()
           : one_in(3) ? one_of({"true", "false", "null", "nul", "truex", "NaN", "null null"})
                       : text();
  }
  std::string value(const std::string& name, int depth) {
    if (one_in(12)) return one_in(2) ? scalar() : object(depth + 1);
    if (name == "o") return object(depth + 1);
    if (name == "s" || name == "q") return text();
    if (name == "b") return one_of({"true", "false", "null"});
    if (name == "t") return one_in(3) ? text() : number();
    if (name == "z") return one_of({"[]", "[1,[2],{\"i\":3}]", "{\"a\":{\"b\":[1]}}", "[1 2]", "[}", "\"z\"", "@", ""});
    return number();
  }
  std::string object(int depth) {
    std::string made = "{";
    const auto space = [&] { return one_in(5) ? one_of({" ", "\t", "  "}) : std::string(); };
    for (std::uint32_t left = depth > 2 ? 0 : random_() % 8; left-- > 0;) {
      const std::string name = one_of({"i", "a_rather_long_name", "a_rather", "a_rather_long_nam", "x", "s", "d", "t",
                                       "b", "o", "z", "p", "q", "ii", "", R"(\u0069)"});
      made += space() + "\"" + name + "\"" + space() + ":" + space() + value(name, depth) + space();
      if (left != 0) made += ",";
    }
    return made + "}";
  }

  std::mt19937 random_;
};

TEST(PlainJson, RandomLinesReadTheSameTogetherAndAlone) {
  for (std::uint32_t seed = 0; seed < 400; ++seed) {
    RecordMaker maker(seed);
    std::vector<std::string> lines;
    for (int i = 0; i < 60; ++i) lines.push_back(maker.line());
    expect_same(lines, seed % 4 == 0 ? std::vector<std::uint32_t>{0} : std::vector<std::uint32_t>());
    if (HasFailure()) {
      ADD_FAILURE() << "seed " << seed;
      return;
    }
  }
}

TEST(PlainJson, ALineThatIsNotWholeDoesNotTakeFromTheNext) {
  const std::vector<std::string> lines{R"({"i":1)", R"({"i":2})", R"({"i":3,)",   R"("s":"a"})", R"({"i":)",
                                       R"(4})",     R"({"z":[)",  R"({"i":5}]})", R"({"i":6})"};
  expect_same(lines);
  const DecodedText got =
      decode_text(TextFormat::json, Schema({{"i", Type::int64()}}), "{\"i\":1\n,\"i\":2}\n{\"i\":3}\n");
  EXPECT_THAT(got.rows, ElementsAre(R"({"i":3})"));
  EXPECT_THAT(got.invalid, ElementsAre("1: not JSON: it ends too early", testing::StartsWith("2: not")));
}

TEST(PlainJson, AStringThatDoesNotEndSpoilsItsOwnLineOnly) {
  expect_same(
      {R"({"i":1,"s":"a"})", R"({"i":2,"s":"a)", R"({"i":3,"s":"b"})", "{\"i\":4,\"s\":\"\xff\"}", R"({"i":5})"});
}

TEST(PlainJson, DeeplyNestedValuesThatNobodyAsksForAreSkipped) {
  const std::string deep = "{\"z\":" + std::string(3000, '[') + std::string(3000, ']') + ",\"i\":1}";
  expect_same({deep, R"({"i":2})", deep});
}

TEST(PlainJson, NumbersAreTheNearestDoubles) {
  std::mt19937_64 random(7);
  std::vector<std::string> lines;
  for (int i = 0; i < 3000; ++i) {
    const std::string digits = std::to_string(random() >> (random() % 60));
    const std::size_t point = random() % (digits.size() + 1);
    const std::string whole = point == 0 ? "0" : digits.substr(0, point);
    lines.push_back("{\"x\":" + std::string(random() % 2 == 0 ? "-" : "") + whole +
                    (point == digits.size() ? "" : "." + digits.substr(point)) + "}");
  }
  expect_same(lines);
}

TEST(PlainJson, ManyLinesKeepTheirNumbers) {
  std::string text;
  for (int i = 1; i <= 5000; ++i) text += i % 1000 == 0 ? "bad\n" : "{\"i\":" + std::to_string(i) + "}\n";
  const DecodedText got = decode_text(TextFormat::json, Schema({{"i", Type::int64()}}), text);
  EXPECT_THAT(got.rows, SizeIs(4995));
  EXPECT_EQ(got.rows.back(), R"({"i":4999})");
  EXPECT_THAT(got.invalid,
              ElementsAre(testing::StartsWith("1000:"), testing::StartsWith("2000:"), testing::StartsWith("3000:"),
                          testing::StartsWith("4000:"), testing::StartsWith("5000:")));
}

}    // namespace
}    // namespace cepheid::runtime
