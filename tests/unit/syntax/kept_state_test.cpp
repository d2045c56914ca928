#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "patterns/syntax/parse.hpp"
#include "tests/unit/syntax/tree_printer.hpp"

// Tables, aggregates, joins and ranks.

namespace cepheid::patterns {
namespace {

using syntax::Aggregate;
using syntax::Join;
using syntax::Rank;
using syntax::Table;
using syntax::Window;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(ParseTable, ReadsAllItsClauses) {
  const Parsed parsed(R"(table t {
    from kafka "x" brokers "" from file "y" format csv
    schema id string, missing.window double key id, entry
    default rate = 0.03, top = 1 refresh 1m missing from http "u"
  })");
  ASSERT_THAT(parsed.mistakes(), IsEmpty());
  const Table& table = parsed.statement<Table>();
  EXPECT_THAT(table.from, SizeIs(2));
  EXPECT_THAT(table.schema, SizeIs(2));
  ASSERT_THAT(table.key, SizeIs(2));
  EXPECT_EQ(table.key[1].text, "entry");
  EXPECT_THAT(table.defaults, SizeIs(2));
  EXPECT_EQ(table.refresh->ms, 60'000);
  EXPECT_EQ(table.missing->target.text, "u");
}

TEST(ParseTable, ReadsTheLatestOfStreams) {
  const Parsed parsed("table t latest from a, b { key k }");
  ASSERT_THAT(parsed.mistakes(), IsEmpty());
  EXPECT_THAT(parsed.statement<Table>().latest_from, SizeIs(2));
}

TEST(ParseAggregate, ReadsAllItsClauses) {
  const Parsed parsed(R"(aggregate a on s, t {
    key id, hour = hour(ts)
    window sliding 10m every 2m
    select id, top = top(3, item by sum desc where where > 1), n = count(where x), key = collect(by by having)
    having n > 0 and id > 1
    allowed_lateness 1m
    emit changes
  })");
  ASSERT_THAT(parsed.mistakes(), IsEmpty());
  const Aggregate& aggregate = parsed.statement<Aggregate>();
  EXPECT_THAT(aggregate.inputs, SizeIs(2));
  EXPECT_THAT(aggregate.key, SizeIs(2));
  EXPECT_EQ(aggregate.window->kind, Window::Kind::sliding);
  EXPECT_EQ(aggregate.window->size.ms, 600'000);
  EXPECT_EQ(aggregate.window->every.ms, 120'000);
  ASSERT_TRUE(aggregate.select);
  ASSERT_THAT(*aggregate.select, SizeIs(4));
  EXPECT_EQ(print((*aggregate.select)[1].value), "(top 3 item by sum desc where (> where 1))");
  EXPECT_EQ(print((*aggregate.select)[2].value), "(count where x)");
  EXPECT_EQ(print((*aggregate.select)[3].value), "(collect by by having)");
  EXPECT_TRUE(aggregate.having);
  EXPECT_EQ(aggregate.allowed_lateness->ms, 60'000);
  EXPECT_TRUE(aggregate.emit_changes);
}

TEST(ParseAggregate, ReadsEachWindow) {
  const auto window = [](const std::string& text) {
    const Parsed parsed("aggregate a on s { window " + text + " select n = count() }");
    EXPECT_THAT(parsed.mistakes(), IsEmpty()) << text;
    return *parsed.statement<Aggregate>().window;
  };
  EXPECT_EQ(window("none").kind, Window::Kind::none);
  EXPECT_EQ(window("tumbling 5m").size.ms, 300'000);
  EXPECT_EQ(window("session 1s").kind, Window::Kind::session);
  EXPECT_FALSE(window("daily").zone);
  EXPECT_EQ(window("daily \"Asia/Seoul\"").zone->text, "Asia/Seoul");
}

TEST(ParseJoin, ReadsItsClausesInAnyOrder) {
  const Parsed parsed(R"(join j { left c, clicks k
    keep left last select c.id, at = k.id within k 24h before c on c.id == k.id or c.x > 1 })");
  ASSERT_THAT(parsed.mistakes(), IsEmpty());
  const Join& join = parsed.statement<Join>();
  ASSERT_THAT(join.sides, SizeIs(2));
  EXPECT_EQ(join.sides[0].input.text, "left");
  EXPECT_EQ(join.sides[1].name.text, "k");
  EXPECT_TRUE(join.keep_left);
  EXPECT_EQ(join.keep, Join::Keep::last);
  EXPECT_EQ(join.within->earlier.text, "k");
  EXPECT_EQ(join.within->later.text, "c");
  EXPECT_EQ(print(*join.on), "(or (== c.id k.id) (> c.x 1))");
}

TEST(ParseRank, ReadsAllItsClauses) {
  const Parsed parsed(R"(rank r on s { key id, top id data.id leave when status != "A"
    top 10 by score desc, id, kind asc entry a, b = x select list = entries, total })");
  ASSERT_THAT(parsed.mistakes(), IsEmpty());
  const Rank& rank = parsed.statement<Rank>();
  EXPECT_THAT(rank.key, SizeIs(2));
  EXPECT_THAT(rank.id->parts, SizeIs(2));
  EXPECT_TRUE(rank.leave);
  EXPECT_EQ(rank.top, 10);
  ASSERT_THAT(rank.by, SizeIs(3));
  EXPECT_TRUE(rank.by[0].descending);
  EXPECT_FALSE(rank.by[1].descending);
  EXPECT_EQ(print(rank.by[2].value), "kind");
  EXPECT_THAT(rank.entry, SizeIs(2));
}

TEST(ParseKeptState, MistakesStayInTheirClause) {
  EXPECT_THAT(Parsed("table t {\nschema a int\nrefresh soon\nkey a key b\n}").mistakes(),
              ElementsAre("3:9 syntax: expected a duration, found `soon`", "4:7 duplicate-clause: a second `key`"));
  EXPECT_THAT(Parsed("aggregate a on s {\nwindow tumblin 5m\nselect n = count()\nemit n\n}").mistakes(),
              ElementsAre("2:8 syntax: expected `tumbling`, `sliding`, `session`, `daily` or `none`, found `tumblin`",
                          "4:6 syntax: expected `changes`, found `n`"));
  EXPECT_THAT(Parsed("join j {\na b\non a.x == b.x\nkeep lst\n}").mistakes(),
              ElementsAre("3:1 syntax: expected `,`, found `on`",
                          "4:6 syntax: expected `all`, `first` or `last`, found `lst`"));
  EXPECT_THAT(Parsed("rank r on s {\ntop by x\nleave x\n}").mistakes(),
              ElementsAre("2:5 syntax: expected a whole number, found `by`", "3:7 syntax: expected `when`, found `x`"));
}

}    // namespace
}    // namespace cepheid::patterns
