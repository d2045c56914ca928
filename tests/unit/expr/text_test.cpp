#include <gtest/gtest.h>

#include "nfa/expr/constants.hpp"
#include "tests/unit/expr/build_expr.hpp"
#include "tests/unit/expr/expect_facts.hpp"

namespace cepheid::nfa {
namespace {

using namespace build;    // NOLINT: the words of the tables
using F = Function;

TypedExpr texts(Function function, std::vector<TypedExpr> args) {
  return call(function, Type::string(), std::move(args));
}

TEST(Like, IsAboutTheWholeText) {
  struct Case {
    const char* text;
    const char* pattern;
    bool matches;
  };
  const Case kCases[] = {
      {"abc", "abc", true},   {"abcd", "abc", false},   {"abc", "a%", true},     {"abc", "%c", true},
      {"abc", "%b%", true},   {"abc", "A%", false},     {"", "", true},          {"", "%", true},
      {"a", "", false},       {"a", "_", true},         {"é", "_", true},        {"a😀", "__", true},
      {"a😀", "_", false},     {"한국어", "한%", true},  {"abcbc", "a%bc", true}, {"abcbc", "a%b", false},
      {"abc", "a%b%c", true}, {"a_c", "a\\_c", true},   {"axc", "a\\_c", false}, {"100%", "%\\%", true},
      {"100", "%\\%", false}, {"a\\b", "a\\\\b", true}, {"a\\", "a\\", true},    {"a\nb", "a%b", true},
      {"a\nb", "a_b", true},  {"abcbc", "_bc", false},  {"abc", "%%b%%", true},  {"aé", "%_é", true},
      {"é", "%_é", false},    {"a*", "a*", true},       {"aaab", "%a_b", true},  {"a.c", "a.c", true},
      {"abc", "a.c", false},  {"ab", "a__%", false},    {"xé", "%é", true},      {"%", "\\%", true},
  };
  std::vector<Fact> facts;
  for (const Case& c : kCases) {
    facts.push_back({test(F::like, {text(c.text), text(c.pattern)}), c.matches ? "true" : "false"});
    // with a field and a constant pattern, which is prepared
    const Schema schema({{"s", Type::string()}});
    Rows rows(schema);
    const Row row = rows.add({{std::string(c.text)}});
    EXPECT_EQ(evaluate(test(F::like, {field(schema, "s"), text(c.pattern)}), {.row = &rows.layout()}, {.row = row}),
              c.matches ? "true" : "false")
        << c.text << " like " << c.pattern;
  }
  facts.push_back({test(F::like, {null(Type::string()), text("a")}), "null"});
  facts.push_back({test(F::like, {text("a"), null(Type::string())}), "null"});
  expect_facts(facts);
}

TEST(Matches, LooksAnywhereInTheText) {
  expect_facts({
      {test(F::matches, {text("xabcx"), text("b")}), "true"},
      {test(F::matches, {text("naïve"), text("^\\p{L}+$")}), "true"},
      {test(F::matches, {text("a\n"), text("^a$")}), "false"},
      {test(F::matches, {text(""), text("")}), "true"},
      {test(F::matches, {text("ab"), text("(")}), "null"},
      {test(F::matches, {null(Type::string()), text("a")}), "null"},
  });
}

TEST(Constants, OfRe2AndZonesAreCheckedBeforehand) {
  std::string why;
  EXPECT_TRUE(is_valid_regex("^a(b|c)*$", &why));
  EXPECT_FALSE(is_valid_regex("(?=a)", &why));
  EXPECT_FALSE(why.empty());
  EXPECT_FALSE(is_valid_regex("(", nullptr));
  EXPECT_TRUE(is_known_zone("Asia/Seoul"));
  EXPECT_TRUE(is_known_zone("UTC"));
  EXPECT_FALSE(is_known_zone("Mars/Olympus"));
  EXPECT_FALSE(is_known_zone(""));
  EXPECT_FALSE(is_known_zone("../etc/passwd"));
}

TEST(Text, CountsCodePoints) {
  const auto length = [](const char* s) { return call(F::length, Type::int64(), {text(s)}); };
  expect_facts({
      {length(""), "0"},
      {length("a😀b"), "3"},
      {length("héllo"), "5"},
      {length("\xff\xfe"), "2"},
  });
}

TEST(Text, UsesUnicodesSimpleMappings) {
  expect_facts({
      {texts(F::upper, {text("Привет ß ı é 😀")}), "ПРИВЕТ ß I É 😀"},
      {texts(F::lower, {text("ΑΒΓ ÜÏ \xff")}), "αβγ üï \xff"},
      {texts(F::upper, {text("ɐⱥ")}), "ⱯȺ"},
      {texts(F::lower, {text("ȺȺȺ")}), "ⱥⱥⱥ"},
      {texts(F::lower, {null(Type::string())}), "null"},
  });
}

TEST(Text, SubstrCountsPositionsOutside) {
  const auto from = [](const char* s, std::int64_t at) { return texts(F::substr, {text(s), integer(at)}); };
  const auto some = [](const char* s, std::int64_t at, std::int64_t count) {
    return texts(F::substr, {text(s), integer(at), integer(count)});
  };
  constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  expect_facts({
      {from("hello", 2), "ello"},
      {from("hello", 0), "hello"},
      {from("hello", -1), "hello"},
      {from("hello", 6), ""},
      {from("hello", 100), ""},
      {from("hello", kMin), "hello"},
      {some("abc", -1, 3), "a"},
      {some("😀é한a", 0, 2), "😀"},
      {some("😀é한a", 2, 2), "é한"},
      {some("hello", 3, 100), "llo"},
      {some("hello", -5, 2), ""},
      {some("hello", 1, 0), ""},
      {some("hello", 2, -1), "null"},
      {some("hello", 2, kMax), "ello"},
      {some("hello", kMin, kMax), ""},
      {texts(F::substr, {text("a"), integer(1), null(Type::int64())}), "null"},
      {texts(F::substr, {null(Type::string()), integer(1)}), "null"},
  });
}

TEST(Text, SplitGivesAtLeastOnePart) {
  const auto split = [](const char* s, const char* separator) {
    return call(F::split, Type::list_of(Type::string()), {text(s), text(separator)});
  };
  expect_facts({
      {split("a,b,,c", ","), R"(["a","b","","c"])"},
      {split("", ","), R"([""])"},
      {split("ab", ""), R"(["ab"])"},
      {split("a--b-", "--"), R"(["a","b-"])"},
      {split(",", ","), R"(["",""])"},
      {test(F::in_list, {text("b"), split("a,b", ",")}), "true"},
  });
}

TEST(Text, ConcatLeavesNullsOutAndTakesAnyType) {
  expect_facts({
      {texts(F::concat, {text("a"), null(), text("b")}), "ab"},
      {texts(F::concat, {null(), null(Type::string())}), ""},
      {texts(F::concat, {text("x="), number(0.5), text(" "), integer(-1), boolean(true)}), "x=0.5 -1true"},
      {texts(F::concat, {decimal("100.00"), text("/"), time(0)}), "100.00/1970-01-01T00:00:00.000Z"},
      {texts(F::concat, {}), ""},
  });
}

TEST(Text, PartsAreFound) {
  expect_facts({
      {test(F::contains, {text("😀 smile"), text("😀")}), "true"},
      {test(F::contains, {text("a"), text("")}), "true"},
      {test(F::contains, {text(""), text("a")}), "false"},
      {test(F::starts_with, {text("Привет"), text("Прив")}), "true"},
      {test(F::starts_with, {null(Type::string()), text("")}), "null"},
      {test(F::ends_with, {text("한국어"), text("어")}), "true"},
      {test(F::ends_with, {text("a"), text("ba")}), "false"},
  });
}

}    // namespace
}    // namespace cepheid::nfa
