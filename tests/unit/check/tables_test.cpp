#include "loaded_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Tables and look-ups.

namespace cepheid::patterns {
namespace {

using nfa::TypedExpr;
using testing::ElementsAre;
using testing::IsEmpty;

const std::string kRates =
    "table rates { from file \"r.csv\" format csv schema shop string, day int, rate double, price decimal(2) "
    "key day, shop default rate = 3, price = 0.5 refresh 1m }\n";

LoadedRules load_with_rates(const std::string& rules) {
  return load(events_stream() + kRates + rules);
}

TEST(Table, HoldsWhatItsClausesSay) {
  const LoadedRules loaded = load_with_rates("");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  ASSERT_EQ(loaded.plan->tables.size(), 1u);
  const TablePlan& table = loaded.plan->tables[0];
  EXPECT_EQ(table.name, "rates");
  EXPECT_EQ(fields_of(*table.layout), "shop string, day int, rate double, price decimal(2)");
  EXPECT_THAT(table.key, ElementsAre(1u, 0u));
  EXPECT_EQ(table.from->target, "r.csv");
  EXPECT_EQ(table.format, SourceFormat::csv);
  EXPECT_EQ(table.refresh_ms, 60'000);
  ASSERT_EQ(table.defaults.size(), 2u);
  EXPECT_EQ(table.defaults[0].first, 2u);
  EXPECT_EQ(table.defaults[0].second.type, Type::float64());
  EXPECT_EQ(table.defaults[1].second.type, Type::decimal(2));
  EXPECT_FALSE(table.missing);
}

TEST(Table, AddressThatIsOffIsNotThere) {
  const LoadedRules loaded = load(
      "table a { from kafka \"t\" brokers \"\" schema i int key i missing from http \"\" }\n"
      "table b { schema i int key i missing from http \"http://x\" }");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  EXPECT_FALSE(loaded.plan->tables[0].from);
  EXPECT_FALSE(loaded.plan->tables[0].missing);
  EXPECT_EQ(loaded.plan->tables[1].missing->target, "http://x");
}

TEST(Table, OfTheLatestRowsHasTheFieldsOfItsStreams) {
  const LoadedRules loaded = load("stream a { schema i int, s string } table t latest from a { key s }");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  const TablePlan& table = loaded.plan->tables[0];
  EXPECT_EQ(fields_of(*table.layout), "i int, s string");
  EXPECT_EQ(table.latest_from[0].relation, 0u);
  EXPECT_THAT(table.key, ElementsAre(1u));
}

TEST(Table, MistakesAreReported) {
  EXPECT_THAT(load("table t { schema i int }").messages(), ElementsAre("table `t` has no key"));
  EXPECT_THAT(load("table t { key i }").messages(), ElementsAre("table `t` has no schema"));
  EXPECT_THAT(load("table t { schema i int, s string key j, i, i default s = 1, i = 2, k = 3 }").messages(),
              ElementsAre("unknown column `j` in table `t`", "`i` twice in one key", "column `s` is string, not int",
                          "a default of column `i`, which is in the key", "unknown column `k` in table `t`"));
  EXPECT_THAT(load("table t { schema i int, p decimal(1), j int key i default p = 0.25, j = i }").messages(),
              ElementsAre("column `p` is decimal(1), not double", "`i` in a default, which is constant"));
  EXPECT_THAT(load("table t { schema i int key i missing from file \"x\" }").messages(),
              ElementsAre("`missing from` asks an HTTP service"));
  EXPECT_THAT(load("stream s { schema i int } table t latest from s { from file \"x\" key i }").messages(),
              ElementsAre("`from` in a table that streams feed"));
}

TEST(Table, IsNoStream) {
  EXPECT_THAT(load_with_rates("stream d = from rates").messages(),
              ElementsAre("`rates` is a table: it is read by `lookup`"));
}

TEST(Lookup, FindsARowBesideTheRowAtHand) {
  const LoadedRules loaded = load_with_rates(
      "stream d = from events lookup rates on (shop = s, day = i + 1) as r where r.rate > x "
      "lookup rates on (shop = \"a\", day = r.day) select *, y = r.rate, z = rates.price lookup rates on (shop = s, "
      "day = 1)");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  const auto& stages = loaded.body<DerivedPlan>("d").stages;
  ASSERT_EQ(stages.size(), 5u);
  ASSERT_TRUE(stages[0].lookup);
  EXPECT_EQ(stages[0].lookup->key[0].type, Type::int64());    // the table's order
  EXPECT_EQ(stages[0].lookup->key[1].type, Type::string());
  EXPECT_EQ(stages[0].lookup->side, 0u);
  EXPECT_EQ(stages[1].where->args[0].kind, TypedExpr::Kind::side_field);
  EXPECT_EQ(stages[1].where->args[0].field, 2u);
  EXPECT_EQ(stages[2].lookup->side, 1u);
  EXPECT_EQ(stages[2].lookup->key[0].kind, TypedExpr::Kind::side_field);
  EXPECT_EQ(stages[3].items.back().value.side, 1u);
  EXPECT_EQ(stages[4].lookup->side, 0u);
  EXPECT_EQ(fields_of(*loaded.relation("d").layout).substr(0, 14), "b bool, i int,");
}

TEST(Lookup, TableMayStandAfterIt) {
  EXPECT_THAT(load(events_stream() + "stream d = from events lookup rates on (shop = s, day = i)" + kRates).messages(),
              IsEmpty());
}

TEST(Lookup, MistakesAreReported) {
  const auto messages = [](const std::string& stages) {
    return load_with_rates("stream d = from events " + stages).messages();
  };
  EXPECT_THAT(messages("lookup rats on (shop = s)"), ElementsAre("unknown table `rats`"));
  EXPECT_THAT(messages("lookup events on (shop = s)"), ElementsAre("`events` is no table"));
  EXPECT_THAT(messages("lookup rates on (shop = s)"),
              ElementsAre("nothing is said about column `day` of the key of table `rates`"));
  EXPECT_THAT(messages("lookup rates on (shop = s, day = s)"), ElementsAre("column `day` is int, not string"));
  EXPECT_THAT(messages("lookup rates on (shp = s, rate = 1, day = i, day = j)"),
              ElementsAre("unknown column `shp` in table `rates`", "column `rate` is not in the key of table `rates`",
                          "`day` twice"));
  EXPECT_THAT(messages("lookup rates as_of ts on (shop = s, day = 1)"),
              ElementsAre("`as_of` needs a table that a stream feeds, which `rates` is not"));
  EXPECT_THAT(messages("lookup rates on (shop = s, day = 1) as r where r.rat > 1 select r, t = q.rate"),
              ElementsAre("unknown field `rat` in table `rates`", "`r` is a whole row",
                          "unknown field `q.rate` in stream `events`"));
  EXPECT_THAT(messages("lookup rates on (shop = s, day = 1) lookup rates on (shop = s, day = 2)"),
              ElementsAre("a second look-up `rates`"));
}

TEST(Table, KeyIsMadeOfSingleValues) {
  EXPECT_THAT(load(events_stream() + "stream tagged = from events select s, tags = split(s, \",\")\n"
                                     "table t latest from tagged { key s, tags }")
                  .messages(),
              ElementsAre("a key is one value, not list of string"));
}

TEST(Lookup, AsOfATimeNeedsATimestamp) {
  const std::string rules = events_stream() + "table t latest from events { key i }\n";
  const LoadedRules loaded = load(rules + "stream d = from events lookup t as_of u on (i = j)");
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics->render();
  EXPECT_EQ(loaded.body<DerivedPlan>("d").stages[0].lookup->as_of->type, Type::timestamp());
  EXPECT_THAT(load(rules + "stream d = from events lookup t as_of s on (i = j)").messages(),
              ElementsAre("the time of `as_of` is timestamp, not string"));
}

}    // namespace
}    // namespace cepheid::patterns
