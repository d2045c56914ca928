#include "patterns/syntax/parse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "patterns/source/limits.hpp"
#include "tests/unit/syntax/tree_printer.hpp"

namespace cepheid::patterns {
namespace {

using syntax::Address;
using syntax::Derived;
using syntax::LinkWord;
using syntax::Modifier;
using syntax::Pattern;
using syntax::Sink;
using syntax::Stream;
using syntax::UnknownStatement;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::vector<std::string> mistakes_in_pattern(const std::string& body) {
  return Parsed("pattern p on e {\n" + body + "\n}").mistakes();
}

std::string repeat(const std::string& text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

TEST(Parse, ReadsAPattern) {
  const Parsed parsed(R"(pattern p on a, when {
    key x, y.z
    when x > 1
    begin s of a where x == 1 where y == 2 one_or_more greedy until z
    next t times(2, 3) within 5m of_previous
    not_followed_by (begin u followed_by_any v optional) times(4)
    followed_by g ( begin w times_or_more(1) consecutive ) zero_or_more allow_combinations
    within 1h30m
    after_match skip_to_last s or_fail
    emit count = 1, sum = s.x, where = 2
    on_timeout emit key = 1
  })");
  ASSERT_THAT(parsed.mistakes(), IsEmpty());
  const Pattern& pattern = parsed.statement<Pattern>();
  EXPECT_FALSE(pattern.broken);
  EXPECT_EQ(pattern.name.text, "p");
  ASSERT_THAT(pattern.inputs, SizeIs(2));
  EXPECT_EQ(pattern.inputs[1].text, "when");
  ASSERT_THAT(pattern.key, SizeIs(2));
  EXPECT_EQ(print(pattern.key[1]), "y.z");
  EXPECT_EQ(print(*pattern.when), "(> x 1)");
  EXPECT_EQ(pattern.within->ms, 5'400'000);
  EXPECT_EQ(pattern.after_match->step->text, "s");
  EXPECT_TRUE(pattern.after_match->or_fail);
  EXPECT_THAT(*pattern.emit, SizeIs(3));
  EXPECT_THAT(*pattern.timeout_emit, SizeIs(1));

  const std::vector<syntax::Element>& elements = pattern.sequence->elements;
  ASSERT_THAT(elements, SizeIs(4));
  EXPECT_EQ(elements[0].of->text, "a");
  ASSERT_THAT(elements[0].modifiers, SizeIs(5));
  EXPECT_EQ(elements[0].modifiers[4].kind, Modifier::Kind::until);
  EXPECT_EQ(elements[1].link, LinkWord::next);
  EXPECT_EQ(elements[1].modifiers[0].from, 2);
  EXPECT_EQ(elements[1].modifiers[0].to, 3);
  EXPECT_EQ(elements[1].modifiers[1].kind, Modifier::Kind::within_previous);
  EXPECT_EQ(elements[1].modifiers[1].from, 300'000);
  EXPECT_EQ(elements[2].link, LinkWord::not_followed_by);
  EXPECT_FALSE(elements[2].name);
  ASSERT_THAT(elements[2].group->elements, SizeIs(2));
  EXPECT_EQ(elements[2].group->elements[1].modifiers[0].kind, Modifier::Kind::optional);
  EXPECT_EQ(elements[3].name->text, "g");
  EXPECT_EQ(parsed.source.text(elements[3].span),
            "followed_by g ( begin w times_or_more(1) consecutive ) zero_or_more allow_combinations");
}

TEST(Parse, ReadsAStream) {
  const Parsed parsed(R"(stream s {
    from kafka "t" brokers "b" group "g" start earliest option "a" = "b" option "c" = "d"
    from postgres "url" table "t"
    from stdin
    format avro
    schema type string, time timestamp, a.b decimal(2), `key` bool, channel int, x double, format string
    time time
    lateness 30s  idle 1m
    late to late_s  invalid to bad_s
    require type, a
  })");
  ASSERT_THAT(parsed.mistakes(), IsEmpty());
  const Stream& stream = parsed.statement<Stream>();
  ASSERT_THAT(stream.from, SizeIs(3));
  EXPECT_EQ(stream.from[0].kind, Address::Kind::kafka);
  EXPECT_EQ(stream.from[0].group->text, "g");
  EXPECT_EQ(stream.from[0].start_earliest, true);
  EXPECT_THAT(stream.from[0].options, SizeIs(2));
  EXPECT_EQ(stream.from[1].table->text, "t");
  EXPECT_EQ(stream.from[2].kind, Address::Kind::stdin_);
  EXPECT_EQ(stream.format->kind, syntax::Format::Kind::avro);
  ASSERT_THAT(stream.schema, SizeIs(7));
  EXPECT_EQ(stream.schema[2].type.scale, 2);
  EXPECT_EQ(stream.schema[3].path.parts[0].text, "key");
  EXPECT_EQ(stream.schema[6].path.parts[0].text, "format");
  EXPECT_EQ(stream.lateness->ms, 30'000);
  EXPECT_EQ(stream.idle->ms, 60'000);
  EXPECT_EQ(stream.late_to->text, "late_s");
  EXPECT_EQ(stream.invalid_to->text, "bad_s");
  EXPECT_THAT(stream.require, SizeIs(2));
}

TEST(Parse, ReadsDerivedStreamsAndSinks) {
  const Parsed parsed(R"(stream d = from a, b where x select *, y, z = {q = 1} where z lateness 5s
    sink o from d, a where x > 1 select x, s.y to kafka "t" brokers "b" key x, y format json option "a" = "b" to stdout)");
  ASSERT_THAT(parsed.mistakes(), IsEmpty());
  const Derived& derived = parsed.statement<Derived>(0);
  EXPECT_THAT(derived.inputs, SizeIs(2));
  ASSERT_THAT(derived.stages, SizeIs(4));
  EXPECT_EQ(print(derived.stages[1].select[2]), "z=(object q=1)");
  EXPECT_EQ(derived.stages[3].lateness.ms, 5'000);
  const Sink& sink = parsed.statement<Sink>(1);
  EXPECT_THAT(sink.inputs, SizeIs(2));
  EXPECT_THAT(*sink.select, SizeIs(2));
  ASSERT_THAT(sink.to, SizeIs(2));
  EXPECT_THAT(sink.to[0].address.key, SizeIs(2));
  EXPECT_THAT(sink.to[0].address.options, SizeIs(1));
  EXPECT_EQ(sink.to[1].address.kind, Address::Kind::stdout_);
}

TEST(Parse, ReadsExpressionsInTextFormats) {
  const Parsed parsed(R"(sink o from a to stdout format text "x ${a.b + 1}, $${c} ${if(d == '}', {e = 1}, f)}")");
  ASSERT_THAT(parsed.mistakes(), IsEmpty());
  const std::vector<syntax::TemplatePart>& parts = parsed.statement<Sink>().to[0].format->text;
  ASSERT_THAT(parts, SizeIs(4));
  EXPECT_EQ(parts[0].text, "x ");
  EXPECT_EQ(print(*parts[1].expr), "(+ a.b 1)");
  EXPECT_EQ(parsed.source.text(parts[1].expr->span), "a.b + 1");
  EXPECT_EQ(parts[2].text, ", ${c} ");
  EXPECT_EQ(print(*parts[3].expr), "(if (== d '}') (object e=1) f)");

  EXPECT_THAT(
      Parsed(R"(sink o from a to stdout format text "${a b} ${} ${c")").mistakes(),
      ElementsAre("1:42 syntax: expected an operator or `}`, found `b`",
                  "1:47 syntax: expected a value, found the end of `${…}`", "1:49 unclosed: `${` is not closed"));
}

TEST(Parse, ReadsAChoice) {
  const Parsed parsed(
      "pattern p on e { begin a next any_of (begin b next c) other (begin d) times(2) until x next f }");
  ASSERT_THAT(parsed.mistakes(), IsEmpty());
  const auto& elements = parsed.statement<Pattern>().sequence->elements;
  ASSERT_THAT(elements, SizeIs(3));
  EXPECT_FALSE(elements[1].name);
  ASSERT_THAT(elements[1].any_of, SizeIs(2));
  EXPECT_THAT(elements[1].any_of[0].elements, SizeIs(2));
  EXPECT_EQ(elements[1].any_of[1].elements[0].name->text, "d");
  EXPECT_THAT(elements[1].modifiers, SizeIs(2));
}

TEST(Parse, ReadsASet) {
  const Parsed parsed(
      "pattern p on e { begin all_of (x of s where max(a, b) == 1 where c in (1, 2), y, z where c) consecutive next f "
      "}");
  ASSERT_THAT(parsed.mistakes(), IsEmpty());
  const auto& elements = parsed.statement<Pattern>().sequence->elements;
  ASSERT_THAT(elements, SizeIs(2));
  ASSERT_THAT(elements[0].all_of, SizeIs(3));
  EXPECT_EQ(elements[0].all_of[0].of->text, "s");
  EXPECT_THAT(elements[0].all_of[0].modifiers, SizeIs(2));
  EXPECT_THAT(elements[0].all_of[1].modifiers, IsEmpty());
  EXPECT_EQ(print(elements[0].all_of[2].modifiers[0].expr), "c");
  EXPECT_EQ(elements[0].modifiers.at(0).kind, Modifier::Kind::consecutive);
}

TEST(Parse, ReadsBoundsOfAPart) {
  const Parsed parsed(
      "pattern p on e { begin a next b within 5m of a within 1s of_previous within 6m of a within 1h }");
  ASSERT_THAT(parsed.mistakes(), IsEmpty());
  const auto& modifiers = parsed.statement<Pattern>().sequence->elements.at(1).modifiers;
  ASSERT_THAT(modifiers, SizeIs(3));
  EXPECT_EQ(modifiers[0].kind, Modifier::Kind::within_of);
  EXPECT_EQ(modifiers[0].from, 300'000);
  EXPECT_EQ(modifiers[0].step->text, "a");
  EXPECT_EQ(modifiers[1].kind, Modifier::Kind::within_previous);
  EXPECT_EQ(parsed.statement<Pattern>().within->ms, 3'600'000);
}

TEST(Parse, ReadsAnAbsence) {
  const Parsed parsed("pattern p on e { key a absent h where b == 1 where for for 5m shadow }");
  ASSERT_THAT(parsed.mistakes(), IsEmpty());
  const Pattern& pattern = parsed.statement<Pattern>();
  EXPECT_EQ(pattern.absent->name.text, "h");
  EXPECT_THAT(pattern.absent->where, SizeIs(2));
  EXPECT_EQ(pattern.absent->duration_ms, 300'000);
  EXPECT_TRUE(pattern.shadow);
}

TEST(Parse, ReadsALimit) {
  using syntax::Limit;
  const auto limit_of = [](const std::string& text) {
    const Parsed parsed("pattern p on e { begin a\n" + text + "}");
    EXPECT_THAT(parsed.mistakes(), IsEmpty());
    return *parsed.statement<Pattern>().limit;
  };
  const Limit limit = limit_of("limit partial_matches 10_000 per key then drop_oldest");
  EXPECT_EQ(limit.most, 10'000);
  EXPECT_TRUE(limit.per_key);
  EXPECT_EQ(limit.then, Limit::Then::drop_oldest);
  EXPECT_FALSE(limit_of("limit partial_matches 1 then fail").per_key);
  EXPECT_EQ(limit_of("limit partial_matches 1 then fail").then, Limit::Then::fail);
  EXPECT_EQ(limit_of("limit partial_matches 1 then drop_newest").then, Limit::Then::drop_newest);
  EXPECT_EQ(limit_of("limit partial_matches 1 then block_start").then, Limit::Then::block_start);
}

TEST(Parse, MistakesInNewClausesStayInThem) {
  EXPECT_THAT(mistakes_in_pattern("begin a next all_of (x where b = 1, 3, y whre z) next d"),
              ElementsAre("2:32 syntax: unexpected `=`", "2:37 syntax: expected a step's name, found `3`",
                          "2:42 syntax: unexpected `whre`"));
  EXPECT_THAT(mistakes_in_pattern("begin any_of (begin a where) (next b) next c"),
              ElementsAre("2:28 syntax: expected a value, found `)`", "2:31 syntax: expected `begin`, found `next`"));
  EXPECT_THAT(
      mistakes_in_pattern("limit partial 3 then fail\nlimit partial_matches 3 else fail"),
      ElementsAre("2:7 syntax: expected `partial_matches`, found `partial`", "3:1 duplicate-clause: a second `limit`",
                  "3:25 syntax: expected `per key` or `then`, found `else`"));
  EXPECT_THAT(mistakes_in_pattern("absent h where a = 1 for 5m"),
              ElementsAre("2:18 syntax: expected `for`, found `=`"));
  EXPECT_THAT(mistakes_in_pattern("begin a shadow shadow"), ElementsAre("2:16 duplicate-clause: a second `shadow`"));
}

TEST(Parse, WordsOfNewClausesAreReservedWhereTheyCouldStand) {
  for (const std::string word : {"any_of", "all_of", "absent", "limit", "shadow"}) {
    EXPECT_THAT(mistakes_in_pattern("begin a next " + word + " where x == 1").size(), 1u) << word;
    EXPECT_THAT(mistakes_in_pattern("key a, " + word + " begin `" + word + "` where " + word + " == 1"), IsEmpty())
        << word;
  }
}

TEST(Parse, AConditionBeforeAMistakeIsGivenUp) {
  const Parsed parsed("pattern p on e { when a = 1 begin a where b = 1 until c d } stream s = from e where a = 1");
  EXPECT_THAT(parsed.mistakes(), SizeIs(4));
  EXPECT_FALSE(parsed.statement<Pattern>(0).when);
  EXPECT_THAT(parsed.statement<Pattern>(0).sequence->elements.at(0).modifiers, IsEmpty());
  EXPECT_THAT(parsed.statement<Derived>(1).stages, IsEmpty());
}

TEST(Parse, ReadsALookup) {
  const Parsed parsed("stream d = from a lookup t as_of x on (a = b, c = d + 1) as r select a lookup u on (id = id)");
  ASSERT_THAT(parsed.mistakes(), IsEmpty());
  const auto& stages = parsed.statement<Derived>().stages;
  ASSERT_THAT(stages, SizeIs(3));
  EXPECT_EQ(stages[0].lookup.table.text, "t");
  EXPECT_EQ(print(*stages[0].lookup.as_of), "x");
  ASSERT_THAT(stages[0].lookup.key, SizeIs(2));
  EXPECT_EQ(print(stages[0].lookup.key[1].value), "(+ d 1)");
  EXPECT_EQ(stages[0].lookup.as->text, "r");
  EXPECT_FALSE(stages[2].lookup.as);
}

TEST(Parse, ReportsTenMistakesOfOneFile) {
  const Parsed parsed(R"(stream events {
    latness 5s
    from fil "x"
    schema id int, ts timestmp
    late too x
}
patern p on events { begin a }
pattern q on events {
    begin a wher x == 1
    next b where x ==
    next c times(x) optional
    within soon
    emit v 1
}
sink o from q to file "a" format yaml
sink k from p, q to stdout
)");
  EXPECT_THAT(
      parsed.mistakes_with_hints(),
      ElementsAre("2:5 syntax: unexpected `latness` | did you mean `lateness`?",
                  "3:10 syntax: expected `file`, `stdin`, `kafka`, `http`, `redis` or `postgres`, found `fil` | did "
                  "you mean `file`?",
                  "4:23 syntax: expected a type: `bool`, `int`, `double`, `decimal(…)`, `string` or `timestamp`, found "
                  "`timestmp` | did you mean `timestamp`?",
                  "5:10 syntax: expected `to`, found `too` | did you mean `to`?",
                  "7:1 syntax: unexpected `patern` | did you mean `pattern`?",
                  "9:13 syntax: unexpected `wher` | did you mean `where`?",
                  "11:5 syntax: expected a value, found `next`", "11:18 syntax: expected a whole number, found `x`",
                  "12:12 syntax: expected a duration, found `soon`", "13:12 syntax: expected `=`, found `1`",
                  "15:34 syntax: expected `json`, `csv` or `text`, found `yaml`"));
  ASSERT_THAT(parsed.file.statements, SizeIs(5));
  EXPECT_EQ(parsed.statement<UnknownStatement>(1).name.text, "p");
  EXPECT_TRUE(parsed.statement<Pattern>(2).broken);
  EXPECT_THAT(parsed.statement<Pattern>(2).sequence->elements, SizeIs(3));
  EXPECT_FALSE(parsed.statement<Sink>(4).broken);
}

TEST(Parse, GoesOnAfterAMistakeInAHead) {
  EXPECT_THAT(
      Parsed("pattern p un e {\nbegin a where x y\n}\nsink from p to stdout\nstream {\nfrom nowhere }").mistakes(),
      ElementsAre("1:11 syntax: expected `on`, found `un`", "2:17 syntax: unexpected `y`",
                  "4:11 syntax: expected `from`, found `p`", "5:8 syntax: expected a stream's name, found `{`",
                  "6:6 syntax: expected `file`, `stdin`, `kafka`, `http`, `redis` or `postgres`, found `nowhere`"));
}

TEST(Parse, ReportsReservedWordsAsNames) {
  EXPECT_THAT(
      mistakes_in_pattern("begin where where x\nnext b of not"),
      ElementsAre("2:7 reserved-word: `where` is a reserved word", "3:11 reserved-word: `not` is a reserved word"));
  EXPECT_THAT(mistakes_in_pattern("begin where x == 1"),
              ElementsAre("2:7 syntax: expected a step's name, found `where`"));
}

TEST(Parse, ReportsClausesOutOfPlaceOrTwice) {
  EXPECT_THAT(mistakes_in_pattern("begin a\nwithin 5m\nnext b next c\nwithin 6m\nselect x"),
              ElementsAre("4:1 syntax: unexpected `next`", "5:1 duplicate-clause: a second `within`",
                          "6:1 syntax: unexpected `select`"));
  EXPECT_THAT(mistakes_in_pattern("begin a next (begin b key x) optional"),
              ElementsAre("2:23 syntax: unexpected `key`"));
  EXPECT_THAT(mistakes_in_pattern("next a"), ElementsAre("2:1 syntax: unexpected `next`"));
  EXPECT_THAT(Parsed("sink o from a key x to stdout").mistakes(), ElementsAre("1:15 syntax: unexpected `key`"));
}

TEST(Parse, MendsBracketsThatAreNotClosed) {
  EXPECT_THAT(mistakes_in_pattern("begin a where (x == 1\nfollowed_by b where f(x y)\nwithin 5m"),
              ElementsAre("2:15 unclosed: `(` is not closed", "3:25 syntax: expected `,` or `)`, found `y`"));
  EXPECT_THAT(mistakes_in_pattern("begin a next ( begin b next c\nwithin 5m\nemit x = 1"),
              ElementsAre("2:14 unclosed: `(` is not closed"));
  const Parsed parsed("pattern p on e {\nbegin a\npattern q on e { begin b }");
  EXPECT_THAT(parsed.mistakes(), ElementsAre("1:16 unclosed: `{` is not closed"));
  EXPECT_THAT(parsed.file.statements, SizeIs(2));
}

TEST(Parse, RefusesTextThatIsNotUtf8) {
  EXPECT_THAT(Parsed("# ok\n\xC3\x28").mistakes(), ElementsAre("2:1 syntax: this is not UTF-8"));
  EXPECT_THAT(Parsed("\xEF\xBB\xBFstream s { from stdin }\r\n").mistakes(), IsEmpty());
  EXPECT_THAT(Parsed("").mistakes(), IsEmpty());
}

TEST(ParseBounds, NestingOfBracketsIsBounded) {
  const auto nested = [](std::size_t depth) {
    return mistakes_in_pattern("begin a where " + repeat("(", depth) + "x" + repeat(")", depth));
  };
  EXPECT_THAT(nested(kMaxNesting), IsEmpty());
  EXPECT_THAT(nested(kMaxNesting + 1), ElementsAre("2:215 too-large: brackets are nested more than 200 deep"));
  EXPECT_THAT(nested(100'000), SizeIs(1));
  EXPECT_THAT(mistakes_in_pattern("begin a where " + repeat("(", 100'000)), SizeIs(1));
  EXPECT_THAT(mistakes_in_pattern(repeat("begin (", 100'000) + "begin a" + repeat(")", 100'000)),
              ElementsAre(StartsWith("2:1407 too-large")));
}

TEST(ParseBounds, UnaryOperatorsAreBounded) {
  EXPECT_THAT(mistakes_in_pattern("begin a where " + repeat("not ", kMaxNesting) + "x"), IsEmpty());
  EXPECT_THAT(mistakes_in_pattern("begin a where " + repeat("not ", kMaxNesting + 1) + "x"), SizeIs(1));
  EXPECT_THAT(mistakes_in_pattern("begin a where " + repeat("- ", 100'000) + "x"),
              ElementsAre(StartsWith("2:415 too-large")));
}

TEST(ParseBounds, ChainsOfOperatorsAreBoundedButNotThoseOfOr) {
  EXPECT_THAT(mistakes_in_pattern("begin a where " + repeat("x + ", kMaxExpressionHeight - 1) + "x"), IsEmpty());
  EXPECT_THAT(mistakes_in_pattern("begin a where " + repeat("x + ", kMaxExpressionHeight) + "x"), SizeIs(1));
  EXPECT_THAT(mistakes_in_pattern("begin a where " + repeat("x + ", 50'000) + "x"), SizeIs(1));
  EXPECT_THAT(mistakes_in_pattern("begin a where " + repeat("x or ", 10'000) + "x"), IsEmpty());
}

TEST(ParseBounds, NodesOfAnExpressionAreBounded) {
  EXPECT_THAT(mistakes_in_pattern("begin a where x in (" + repeat("1,", kMaxExpressionNodes) + "1)"),
              ElementsAre(StartsWith("2:200")));
}

TEST(ParseBounds, NamesAreBounded) {
  EXPECT_THAT(mistakes_in_pattern("begin " + repeat("a", kMaxNameBytes)), IsEmpty());
  EXPECT_THAT(mistakes_in_pattern("begin " + repeat("a", kMaxNameBytes + 1)),
              ElementsAre("2:7 too-large: a name of more than 1000 bytes"));
}

TEST(ParseBounds, FilesAreBounded) {
  EXPECT_THAT(Parsed(std::string(kMaxFileBytes, ' ')).mistakes(), IsEmpty());
  EXPECT_THAT(Parsed(std::string(kMaxFileBytes + 1, ' ')).mistakes(), SizeIs(1));
}

}    // namespace
}    // namespace cepheid::patterns
