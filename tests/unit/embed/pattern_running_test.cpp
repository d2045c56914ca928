// Built patterns in an engine: their conditions in C++ are asked for the rows that come.

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "cepheid/cepheid.hpp"

namespace cepheid {
namespace {

using namespace std::chrono_literals;

Stream payments() {
  return Stream("payments")
      .field("user", Type::string())
      .field("amount", Type::int64())
      .field("at", Type::timestamp())
      .time("at");
}

bool is_round(const RowView& row) {
  return row["amount"].as_int() % 100 == 0;
}

/// Pushes amounts of one user, a millisecond apart; gives the amounts that matches took, a text each.
struct PaymentRun {
  explicit PaymentRun(const std::vector<Pattern>& patterns)
      : rules(Rules::make({payments()}, patterns)),
        engine(rules.value(), {.on_match = [this](const Match& match) { note(match); }}),
        batch(rules.value(), {}) {}

  void note(const Match& match) {
    std::string text(match.pattern());
    for (std::size_t i = 0; i < match.size(); ++i) text += " " + to_string(match.event(i).row["amount"]);
    matches.push_back(std::move(text));
  }
  void push(std::int64_t amount) {
    batch.clear();
    batch.add().set("user", "ann").set("amount", amount).set("at", ++now);
    engine.push(StreamId{}, batch[0]);
  }

  Result<Rules> rules;
  Engine engine;
  RowBatch batch;
  std::int64_t now = 0;
  std::vector<std::string> matches;
};

TEST(BuiltPatternRunning, ConditionsInCppOfSeveralPatternsAreEachTheirOwn) {
  const Pattern rising = Pattern::begin("first")
                             .where("is it?", is_round)
                             .next("then")
                             .where("is it?", [](const RowView& row) { return row["amount"].as_int() > 500; })
                             .where(field("amount") > step("first")["amount"])
                             .name("rising")
                             .on("payments")
                             .key(field("user"))
                             .within(1min);
  const Pattern odd = Pattern::begin("one")
                          .where("is it?", [](const RowView& row) { return row["amount"].as_int() % 2 != 0; })
                          .when("is it?", [](const RowView& row) { return row["amount"].as_int() < 600; })
                          .name("odd")
                          .on("payments");
  PaymentRun run({rising, odd});
  for (const std::int64_t amount : {300, 700, 501, 601, 200, 400}) run.push(amount);
  EXPECT_TRUE(run.engine.finish());
  EXPECT_EQ(run.matches, (std::vector<std::string>{"rising 300 700", "odd 501"}));
}

TEST(BuiltPatternRunning, WhatAConditionThrowsLeavesThePushOfItsRow) {
  const Pattern pattern = Pattern::begin("a")
                              .where("breaks at 13",
                                     [](const RowView& row) {
                                       if (row["amount"].as_int() == 13) throw std::runtime_error("thirteen");
                                       return true;
                                     })
                              .name("p")
                              .on("payments");
  PaymentRun run({pattern});
  run.push(12);
  EXPECT_THROW(
      {
        run.push(13);
        run.engine.finish();
      },
      std::runtime_error);
  run.push(14);
  EXPECT_TRUE(run.engine.finish());
  EXPECT_EQ(run.matches, (std::vector<std::string>{"p 12", "p 14"}));
}

TEST(BuiltPatternRunning, WhatIsWrongIsSaidWithItsPlaceInTheText) {
  const Result<Rules> rules =
      Rules::make({payments()}, {Pattern::begin("a").where(field("amuont") > 1).name("p").on("payments")});
  ASSERT_FALSE(rules);
  EXPECT_NE(rules.error().message.find("begin a where amuont > 1"), std::string::npos) << rules.error().message;
  EXPECT_NE(rules.error().message.find("did you mean `amount`?"), std::string::npos) << rules.error().message;
}

}    // namespace
}    // namespace cepheid
