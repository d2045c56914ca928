#include <chrono>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cepheid/pattern.hpp"
#include "cepheid/stream.hpp"

namespace cepheid {
namespace {

using namespace std::chrono_literals;

/// A pattern of one step with one thing more, without its first and last line and their indentation.
std::string clauses_of(Pattern pattern) {
  const std::string text = pattern.name("p").on("s").text();
  const std::string head = "pattern p on s {\n";
  EXPECT_TRUE(text.starts_with(head) && text.ends_with("}\n")) << text;
  return text.substr(head.size(), text.size() - head.size() - 2);
}

TEST(PatternText, OneClauseALine) {
  const Pattern funnel = Pattern::begin("login")
                             .where(field("action") == "login")
                             .followed_by("view")
                             .where(field("action") == "view")
                             .one_or_more()
                             .greedy()
                             .followed_by("purchase")
                             .where(field("action") == "purchase" && field("amount") > avg(step("view")["amount"]))
                             .within(10min)
                             .after_match(skip_past_last())
                             .limit_partial_matches(10'000, LimitScope::per_key, OverLimit::drop_oldest)
                             .shadow()
                             .emit("user_id", step("login")["user_id"])
                             .emit("views", count(step("view")))
                             .on_timeout_emit("user_id", step("login")["user_id"])
                             .name("purchase_funnel")
                             .on("clicks", "buys")
                             .when(field("bot").is_null())
                             .key(field("user_id"), field("shop"));
  EXPECT_EQ(funnel.text(), R"(pattern purchase_funnel on clicks, buys {
    key user_id, shop
    when bot is null
    begin login where action == "login"
    followed_by view where action == "view" one_or_more greedy
    followed_by purchase where action == "purchase" and amount > avg(view.amount)
    within 10m
    after_match skip_past_last
    limit partial_matches 10000 per key then drop_oldest
    shadow
    emit user_id = login.user_id,
         views = count(view)
    on_timeout emit user_id = login.user_id
}
)");
  EXPECT_TRUE(funnel.callables().empty());
}

TEST(PatternText, LinksAndModifiers) {
  EXPECT_EQ(clauses_of(Pattern::begin("a")
                           .of_stream("s")
                           .times(2)
                           .consecutive()
                           .next("b")
                           .times(0, 3)
                           .allow_combinations()
                           .followed_by_any("c")
                           .times_or_more(2)
                           .until(field("x") > 1)
                           .not_next("d")
                           .not_followed_by("e")
                           .followed_by("f")
                           .zero_or_more()
                           .within_of_previous(90s)
                           .next("next")
                           .optional()
                           .within_of(1h, "a")),
            "    begin a of s times(2) consecutive\n"
            "    next b times(0, 3) allow_combinations\n"
            "    followed_by_any c times_or_more(2) until x > 1\n"
            "    not_next d\n"
            "    not_followed_by e\n"
            "    followed_by f zero_or_more within 1m30s of_previous\n"
            "    next `next` optional within 1h of a\n");
}

TEST(PatternText, GroupsChoicesAndSets) {
  const Sequence round = Sequence::begin("x").where(field("k") == 1).followed_by("y");
  EXPECT_EQ(clauses_of(Pattern::begin(round)
                           .one_or_more()
                           .followed_by(group("label", Sequence::begin(group("inner", Sequence::begin("z")))))
                           .next(any_of({Sequence::begin("u").next("v"), Sequence::begin("w")}))
                           .optional()
                           .followed_by(all_of({Sequence::begin("m").where(field("k") == 2), Sequence::begin("n")}))),
            R"(    begin (
        begin x where k == 1
        followed_by y
    ) one_or_more
    followed_by label (
        begin inner (
            begin z
        )
    )
    next any_of (
        begin u
        next v
    ) (
        begin w
    ) optional
    followed_by all_of (
        m where k == 2,
        n
    )
)");
}

TEST(PatternText, AfterMatch) {
  const auto clause = [](const AfterMatch& strategy) {
    return clauses_of(Pattern::begin("a").after_match(strategy)).substr(std::string("    begin a\n    ").size());
  };
  EXPECT_EQ(clause(no_skip()), "after_match no_skip\n");
  EXPECT_EQ(clause(skip_to_next()), "after_match skip_to_next\n");
  EXPECT_EQ(clause(skip_to_first("a").or_fail()), "after_match skip_to_first a or_fail\n");
  EXPECT_EQ(clause(skip_to_last("b c")), "after_match skip_to_last `b c`\n");
}

TEST(PatternText, AbsentAndItsConditions) {
  EXPECT_EQ(clauses_of(Pattern::absent("heartbeat", 5min).where(field("k") == 1)),
            "    absent heartbeat where k == 1 for 5m\n");
}

TEST(PatternText, ConditionsInCppAreNumberedInTheOrderOfTheText) {
  const auto no = [](const RowView&) { return false; };
  const Pattern pattern = Pattern::begin(Sequence::begin("a").where("in \"a\"", no).next("b"))
                              .next("c")
                              .one_or_more()
                              .where("in c", no)
                              .until("after c", no)
                              .when("at all", no)
                              .name("p")
                              .on("s");
  EXPECT_EQ(pattern.text(3), R"(pattern p on s {
    when callable("at all", 3)
    begin (
        begin a where callable("in \"a\"", 4)
        next b
    )
    next c one_or_more where callable("in c", 5) until callable("after c", 6)
}
)");
  std::vector<std::string> descriptions;
  for (const Callable& callable : pattern.callables()) {
    EXPECT_NE(callable.function, nullptr);
    descriptions.push_back(callable.description);
  }
  EXPECT_EQ(descriptions, (std::vector<std::string>{"at all", "in \"a\"", "in c", "after c"}));
}

TEST(PatternText, ASequenceIsAValueThatItselfCanHold) {
  Sequence sequence = Sequence::begin("a");
  const Sequence before = sequence;
  sequence.next(sequence);
  EXPECT_EQ(clauses_of(Pattern::begin(before)), "    begin (\n        begin a\n    )\n");
  EXPECT_EQ(clauses_of(Pattern::begin(sequence)),
            "    begin (\n        begin a\n        next (\n            begin a\n        )\n    )\n");
}

TEST(PatternText, WhatCannotBeSaidHasItsReasonOnTheLine) {
  EXPECT_EQ(Pattern::begin("a").text(),
            "pattern ? on ? {    # `?`: a pattern without a name\n"
            "    begin a\n"
            "}\n");
  EXPECT_EQ(clauses_of(Pattern::begin("a").times(-1).where("empty", nullptr)),
            "    begin a times(?) where ?    # `?`: a number of times or of things is negative\n");
  EXPECT_EQ(clauses_of(Pattern::begin("a").within(-1s).emit("x`", std::numeric_limits<double>::infinity())),
            "    begin a\n"
            "    within ?    # `?`: a duration is negative\n"
            "    emit ? = ?    # `?`: a name has a back-tick or a line end in it\n");
  EXPECT_EQ(clauses_of(Pattern::begin(all_of({Sequence::begin("a").next("b")})).next(any_of({}))),
            "    begin all_of (\n"
            "        ?    # `?`: `all_of` takes sequences of one step each\n"
            "    )\n"
            "    next any_of ?    # `?`: `any_of` of nothing\n");
}

TEST(StreamText, OneClauseALine) {
  EXPECT_EQ(Stream("clicks")
                .field("user_id", Type::string())
                .field("data.amount", Type::decimal(2))
                .field("stream", Type::boolean())
                .field("ts", Type::timestamp())
                .time("ts")
                .lateness(5s)
                .require({"user_id", "data.amount"})
                .text(),
            R"(stream clicks {
    schema user_id string,
           data.amount decimal(2),
           `stream` bool,
           ts timestamp
    time ts
    lateness 5s
    require user_id, data.amount
}
)");
}

TEST(StreamText, WhatCannotBeSaidHasItsReasonOnTheLine) {
  EXPECT_EQ(Stream("s").field("x", Type::list_of(Type::int64())).lateness(-1s).text(),
            "stream s {\n"
            "    schema x ?    # `?`: a stream's field is no list, no object and never only null\n"
            "    lateness ?    # `?`: a duration is negative\n"
            "}\n");
}

}    // namespace
}    // namespace cepheid
