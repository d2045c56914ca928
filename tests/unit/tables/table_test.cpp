#include "runtime/tables/table.hpp"

#include <map>
#include <optional>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/expr/build_expr.hpp"

namespace cepheid::runtime {
namespace {

namespace build = nfa::build;

const Schema kRates({{"merchant", Type::string()}, {"method", Type::int64()}, {"rate", Type::float64()}});

patterns::TablePlan make_plan() {
  patterns::TablePlan plan;
  plan.name = "rates";
  plan.layout = std::make_shared<const nfa::RowLayout>(kRates);
  plan.key = {0, 1};
  plan.defaults = {{2, build::number(0.03)}};
  return plan;
}

/// A table with what a test asks of it.
class Rates {
 public:
  explicit Rates(patterns::TablePlan plan, bool keeps_versions = false)
      : plan_(std::move(plan)), table_(plan_, keeps_versions, {}) {}

  void put(Value merchant, Value method, Value rate, TimeMs time_ms = 0, std::uint64_t sequence = 0) {
    table_.put(rows_.add({std::move(merchant), std::move(method), std::move(rate)}), time_ms, sequence);
  }
  std::string rate(const Value& merchant, const Value& method, std::uint64_t sequence = 0) {
    return as_text(table_.find(key(merchant, method), sequence));
  }
  std::string rate_as_of(TimeMs time_ms, const Value& merchant, const Value& method, std::uint64_t sequence) {
    return as_text(table_.find_as_of(key(merchant, method), time_ms, sequence));
  }
  Table& table() { return table_; }

 private:
  std::vector<nfa::Datum> key(const Value& merchant, const Value& method) {
    return {nfa::from_value(merchant, Type::string(), arena_), nfa::from_value(method, Type::int64(), arena_)};
  }
  std::string as_text(nfa::Row row) const {
    return build::as_text(nfa::read_field(row, plan_.layout->slot(2)), Type::float64());
  }

  patterns::TablePlan plan_;
  Table table_;
  build::Rows rows_{kRates};
  nfa::Arena arena_;
};

const Value kM{std::string("m")};
const Value kOne{std::int64_t{1}};
const Value kTwo{std::int64_t{2}};

TEST(Table, TheLastRowOfAKeyHolds) {
  Rates rates(make_plan());
  rates.put(kM, kOne, {0.5});
  rates.put(kM, kTwo, {0.25});
  rates.put(kM, kOne, {0.75});
  EXPECT_EQ(rates.rate(kM, kOne), "0.75");
  EXPECT_EQ(rates.rate(kM, kTwo), "0.25");
  EXPECT_EQ(rates.table().counters().rows.get(), 2u);
}

TEST(Table, DefaultsStandInForRowsThatAreNotThereAndForNulls) {
  Rates rates(make_plan());
  rates.put(kM, kOne, {});
  EXPECT_EQ(rates.rate(kM, kOne), "0.03");
  EXPECT_EQ(rates.rate(kM, kTwo), "0.03");
  EXPECT_EQ(rates.rate({}, kOne), "0.03");
  patterns::TablePlan without = make_plan();
  without.defaults.clear();
  EXPECT_EQ(Rates(without).rate(kM, kOne), "null");
}

TEST(Table, RowsWithANullInTheirKeyAreSkippedAndCounted) {
  Rates rates(make_plan());
  rates.put(kM, {}, {0.5});
  EXPECT_EQ(rates.rate(kM, {}), "0.03");
  EXPECT_EQ(rates.table().counters().skipped.get(), 1u);
  EXPECT_EQ(rates.table().counters().rows.get(), 0u);
}

TEST(Table, ALookUpSeesWhatHadComeByItsSequence) {
  patterns::TablePlan plan = make_plan();
  plan.latest_from = {{.relation = 0, .fields = {0, 1, 2}}};
  Rates rates(plan);
  rates.put(kM, kOne, {0.1}, 0, 3);
  rates.table().begin_pass();
  rates.put(kM, kOne, {0.2}, 0, 10);
  rates.put(kM, kOne, {0.3}, 0, 12);
  EXPECT_EQ(rates.rate(kM, kOne, 9), "0.1");
  EXPECT_EQ(rates.rate(kM, kOne, 10), "0.2");
  EXPECT_EQ(rates.rate(kM, kOne, 11), "0.2");
  EXPECT_EQ(rates.rate(kM, kOne, 12), "0.3");
  rates.table().begin_pass();
  EXPECT_EQ(rates.rate(kM, kOne, 20), "0.3");
  rates.put(kM, kTwo, {0.9}, 0, 22);
  EXPECT_EQ(rates.rate(kM, kTwo, 21), "0.03") << "not there yet";
}

TEST(Table, AsOfFindsTheRowOfThatTimeHoweverLateItCame) {
  patterns::TablePlan plan = make_plan();
  plan.latest_from = {{.relation = 0, .fields = {0, 1, 2}}};
  Rates rates(plan, true);
  rates.put(kM, kOne, {0.3}, 300, 1);
  rates.put(kM, kOne, {0.1}, 100, 2);
  rates.put(kM, kOne, {0.2}, 200, 3);
  rates.put(kM, kOne, {0.25}, 200, 4);
  EXPECT_EQ(rates.rate_as_of(99, kM, kOne, 9), "0.03");
  EXPECT_EQ(rates.rate_as_of(100, kM, kOne, 9), "0.1");
  EXPECT_EQ(rates.rate_as_of(200, kM, kOne, 9), "0.25");
  EXPECT_EQ(rates.rate_as_of(200, kM, kOne, 3), "0.2");
  EXPECT_EQ(rates.rate_as_of(1000, kM, kOne, 9), "0.3");
  EXPECT_EQ(rates.rate(kM, kOne, 9), "0.25") << "the one that came last";
}

/// A row that came for a table.
struct Came {
  std::int64_t method;
  std::optional<double> rate;
  TimeMs time_ms;
  std::uint64_t sequence;
};

/// What a look-up finds by looking at all rows that came; `as_of_ms`: the one with the largest time up to it.
std::string reference(const std::vector<Came>& all, std::int64_t method, std::uint64_t sequence,
                      std::optional<TimeMs> as_of_ms) {
  const Came* found = nullptr;
  for (const Came& came : all) {
    if (came.method != method || came.sequence > sequence || (as_of_ms && came.time_ms > *as_of_ms)) continue;
    if (found == nullptr || !as_of_ms || came.time_ms >= found->time_ms) found = &came;
  }
  const double rate = found == nullptr ? 0.03 : found->rate.value_or(0.03);
  return build::as_text(nfa::Datum::of_double(rate), Type::float64());
}

TEST(Table, LookUpsAmongLateAndOutOfOrderRowsFindWhatLookingAtAllRowsFinds) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&](std::uint32_t n) { return static_cast<std::int64_t>(random() % n); };
    patterns::TablePlan plan = make_plan();
    plan.latest_from = {{.relation = 0, .fields = {0, 1, 2}}};
    Rates rates(plan, true);
    std::vector<Came> all;
    std::uint64_t sequence = 0;
    for (int pass = 0; pass < 8; ++pass) {
      // In a pass all rows come before the look-ups, which see only those with no later sequence.
      rates.table().begin_pass();
      const std::uint64_t begin = sequence;
      for (std::int64_t rows = below(12); rows-- > 0; sequence += 1 + random() % 2) {
        const Came came{.method = below(3),
                        .rate = below(5) == 0 ? std::nullopt : std::optional(static_cast<double>(all.size())),
                        .time_ms = pass * 3 + below(20),
                        .sequence = sequence};
        rates.put(kM, Value(came.method), came.rate ? Value(*came.rate) : Value(), came.time_ms, came.sequence);
        all.push_back(came);
      }
      for (int look_up = 0; look_up < 20; ++look_up) {
        const std::int64_t method = below(4);
        const std::uint64_t at = begin + random() % (sequence - begin + 1);
        const TimeMs as_of_ms = below(50);
        ASSERT_EQ(rates.rate(kM, Value(method), at), reference(all, method, at, std::nullopt)) << "seed " << seed;
        ASSERT_EQ(rates.rate_as_of(as_of_ms, kM, Value(method), at), reference(all, method, at, as_of_ms))
            << "seed " << seed;
      }
    }
  }
}

TEST(Table, KeepsSoManyVersionsOfAKeyAndNoMore) {
  patterns::TablePlan plan = make_plan();
  plan.latest_from = {{.relation = 0, .fields = {0, 1, 2}}};
  Rates rates(plan, true);
  const auto more = static_cast<TimeMs>(kMaxVersionsOfKey) + 1;
  for (TimeMs time = 0; time < more; ++time) {
    rates.put(kM, kOne, {static_cast<double>(time)}, time, static_cast<std::uint64_t>(time));
  }
  rates.table().begin_pass();
  EXPECT_EQ(rates.rate_as_of(0, kM, kOne, 1'000'000), "0.03");
  EXPECT_EQ(rates.rate_as_of(1, kM, kOne, 1'000'000), "1");
}

TEST(Table, AllRowsAreReplacedAtOnce) {
  Rates rates(make_plan());
  rates.put(kM, kOne, {0.5});
  build::Rows rows(kRates);
  Table::Rows fresh = rates.table().make_rows();
  fresh.add(rows.add({kM, kTwo, {0.7}}));
  EXPECT_EQ(rates.rate(kM, kOne), "0.5");
  rates.table().replace(std::move(fresh));
  EXPECT_EQ(rates.rate(kM, kOne), "0.03");
  EXPECT_EQ(rates.rate(kM, kTwo), "0.7");
}

TEST(Table, ItsStateIsItsRowsInTheOrderOfTheirKeys) {
  Rates rates(make_plan());
  rates.table().keep_keys();
  const auto state = [&] {
    std::string text;
    for (const StateKeys::Key& found : rates.table().keys()->find("", std::nullopt, 10)) {
      rates.table().read(found.id, [&](nfa::Row key, nfa::Row value) {
        text += build::as_text(nfa::read_field(key, rates.table().layout().slot(1)), Type::int64()) + "=" +
                build::as_text(nfa::read_field(value, rates.table().layout().slot(2)), Type::float64()) + ";";
      });
    }
    return text;
  };
  rates.put(kM, kTwo, {0.2});
  rates.put(kM, kOne, {0.1});
  rates.put({}, kOne, {0.9});
  rates.put(kM, kTwo, {0.3});
  EXPECT_EQ(state(), "1=0.1;2=0.3;");
  build::Rows rows(kRates);
  Table::Rows fresh = rates.table().make_rows();
  fresh.add(rows.add({kM, kTwo, {0.7}}));
  rates.table().replace(std::move(fresh));
  EXPECT_EQ(state(), "2=0.7;");
  EXPECT_EQ(rates.table().shape().key.fields, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(rates.table().shape().value.fields, (std::vector<std::uint32_t>{2}));
}

/// Knows some answers, and counts how often it was asked.
class KnownAnswers final : public MissingRows {
 public:
  KnownAnswers(std::map<std::string, std::string> answers, int& asked) : answers_(std::move(answers)), asked_(asked) {}

  Result<std::optional<std::string>> ask(std::span<const MissingColumn> key) override {
    ++asked_;
    std::string name;
    for (const MissingColumn& column : key) name += column.name + "=" + column.value + ";";
    const auto found = answers_.find(name);
    if (found == answers_.end()) return std::optional<std::string>();
    if (found->second == "down") return Error{"nobody is there"};
    return std::optional(found->second);
  }

 private:
  std::map<std::string, std::string> answers_;
  int& asked_;
};

TEST(Table, AnswersOfMissingAreKeptAndThatThereIsNoneForTheRefresh) {
  patterns::TablePlan plan = make_plan();
  plan.refresh_ms = 100;
  Rates rates(plan);
  int asked = 0;
  rates.table().set_missing(std::make_unique<KnownAnswers>(
      std::map<std::string, std::string>{{"merchant=m;method=1;", "{\"rate\":0.5,\"more\":[1]}"},
                                         {"merchant=m;method=3;", "down"}},
      asked));
  rates.table().set_now(1000);
  EXPECT_EQ(rates.rate(kM, kOne), "0.5");
  EXPECT_EQ(rates.rate(kM, kOne), "0.5");
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(rates.rate(kM, kTwo), "0.03");
  rates.table().set_now(1099);
  EXPECT_EQ(rates.rate(kM, kTwo), "0.03");
  EXPECT_EQ(asked, 2);
  rates.table().set_now(1100);
  EXPECT_EQ(rates.rate(kM, kTwo), "0.03");
  EXPECT_EQ(asked, 3);
  const Value three{std::int64_t{3}};
  EXPECT_EQ(rates.rate(kM, three), "0.03");
  EXPECT_EQ(rates.rate(kM, three), "0.03");
  EXPECT_EQ(asked, 5) << "that nobody answered says nothing of the key";
  EXPECT_EQ(rates.rate({}, kOne), "0.03");
  EXPECT_EQ(asked, 5) << "a null key finds nothing, whoever is asked";
}

}    // namespace
}    // namespace cepheid::runtime
