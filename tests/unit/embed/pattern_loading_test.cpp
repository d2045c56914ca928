// What built patterns become: that they load, that conditions in C++ are asked, that mistakes are reported.

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cepheid/pattern.hpp"
#include "cepheid/stream.hpp"
#include "nfa/expr/program.hpp"
#include "patterns/plan/load.hpp"

namespace cepheid {
namespace {

using namespace std::chrono_literals;
using patterns::PatternPlan;
using testing::HasSubstr;

struct Loaded {
  std::optional<patterns::Plan> plan;
  std::string diagnostics;

  [[nodiscard]] const nfa::PatternSpec& spec() const { return std::get<PatternPlan>(plan->relations.back().body).spec; }
};

Loaded load(const std::string& text, const patterns::Callables& callables = {}) {
  const patterns::SourceFile source("rules", text);
  patterns::Diagnostics diagnostics(source);
  Loaded loaded;
  patterns::Environment environment;
  environment.callables = callables;
  loaded.plan = patterns::load_rules(source, environment, diagnostics);
  loaded.diagnostics = diagnostics.render();
  return loaded;
}

std::string stream_text() {
  return Stream("s")
      .field("i", Type::int64())
      .field("x", Type::float64())
      .field("name", Type::string())
      .field("next", Type::string())
      .field("alert", Type::boolean())
      .field("select", Type::int64())
      .field("time", Type::timestamp())
      .field("end-of-day", Type::boolean())
      .time("time")
      .require({"time", "name"})
      .text();
}

/// With the callables of the pattern numbered from `first` on, behind so many of nobody.
Loaded load(Pattern pattern, std::size_t first = 0) {
  pattern.name("p").on("s");
  patterns::Callables callables(first, std::make_shared<const RowCondition>([](const RowView&) { return false; }));
  for (const Callable& callable : pattern.callables()) callables.push_back(callable.function);
  return load(stream_text() + pattern.text(first), callables);
}

std::string errors_of(Pattern pattern) {
  const Loaded loaded = load(std::move(pattern));
  EXPECT_FALSE(loaded.plan);
  return loaded.diagnostics;
}

TEST(BuiltPattern, NamesThatAreWordsOfTheLanguageLoad) {
  const Loaded loaded = load(Pattern::begin("begin")
                                 .where(field("next") == "a" && field("alert") && field("select") * 3 > 1)
                                 .followed_by("time")
                                 .where(field("end-of-day") && step("begin")["next"] == step("begin")["select"] + "")
                                 .key(field("time"), field("alert"))
                                 .emit("select", step("begin")["select"]));
  EXPECT_THAT(loaded.diagnostics, HasSubstr("`+`"));    // the only thing wrong: no string can be added
  const Loaded right = load(Pattern::begin("begin")
                                .where(field("next") == "a" && field("alert") && field("select") * 3 > 1)
                                .followed_by("time")
                                .where(field("end-of-day") && step("begin")["next"] == field("next"))
                                .key(field("time"), field("alert"))
                                .emit("select", step("begin")["select"])
                                .emit("alert", step("begin")["alert"]));
  EXPECT_TRUE(right.plan) << right.diagnostics;
}

TEST(BuiltPattern, LiteralsKeepTheirValues) {
  const std::string text = "\"\\ ${HOME} $${x} \n\t\x01 서울";
  const Loaded loaded = load(Pattern::begin("a")
                                 .emit("text", text)
                                 .emit("least", std::numeric_limits<std::int64_t>::min())
                                 .emit("third", 1.0 / 3)
                                 .emit("whole", 3.0)
                                 .emit("money", decimal("-0.50"))
                                 .emit("when", timestamp_of(-5))
                                 .emit("minute", 1min));
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics;
  nfa::EvalScratch scratch;
  const nfa::ExprProgram least = nfa::compile_expression(loaded.spec().emit[1].value, {});
  EXPECT_EQ(least.evaluate({}, scratch).integer, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(std::get<std::string>(loaded.spec().emit[0].value.constant.state), text);
  EXPECT_EQ(std::get<double>(loaded.spec().emit[2].value.constant.state), 1.0 / 3);
  EXPECT_EQ(loaded.spec().emit[3].value.type.kind, TypeKind::double_);
  EXPECT_EQ(loaded.spec().emit[4].value.type, Type::decimal(2));
  EXPECT_EQ(loaded.spec().emit[5].value.type.kind, TypeKind::timestamp);
  EXPECT_EQ(std::get<std::int64_t>(loaded.spec().emit[6].value.constant.state), 60'000);
}

TEST(BuiltPattern, AConditionInCppIsAskedWithTheRowAtHand) {
  const RowCondition condition = [](const RowView& row) { return row["i"].as_int() > 5; };
  const Loaded loaded = load(Pattern::begin("a").where("more than five", condition), 2);
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics;
  const nfa::TypedExpr& where = loaded.spec().sequence.elements[0].where[0];
  EXPECT_EQ(where.kind, nfa::TypedExpr::Kind::native);
  EXPECT_EQ(where.field, 2U);
  EXPECT_FALSE(nfa::looks_back(where));

  const nfa::RowLayout& layout = *loaded.spec().layout;
  const nfa::ExprProgram program = nfa::compile_expression(where, {.row = &layout});
  nfa::EvalScratch scratch;
  const auto holds = [&](std::int64_t i) {
    std::vector<std::uint64_t> row(layout.words());
    layout.clear(row.data());
    layout.set(row.data(), 0, nfa::Datum::of_int(i));
    return program.holds({.row = row.data()}, scratch);
  };
  EXPECT_FALSE(holds(5));
  EXPECT_TRUE(holds(6));
  EXPECT_EQ(scratch.failure, nullptr);
}

TEST(BuiltPattern, AConditionThatThrowsDoesNotHoldAndItsFirstExceptionIsKept) {
  const RowCondition condition = [count = 0](const RowView&) mutable -> bool {
    throw std::runtime_error(std::to_string(++count));
  };
  const Loaded loaded = load(Pattern::begin("a").where("breaks", condition));
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics;
  const nfa::RowLayout& layout = *loaded.spec().layout;
  const nfa::ExprProgram program =
      nfa::compile_expression(loaded.spec().sequence.elements[0].where[0], {.row = &layout});
  std::vector<std::uint64_t> row(layout.words());
  nfa::EvalScratch scratch;
  EXPECT_FALSE(program.holds({.row = row.data()}, scratch));
  EXPECT_FALSE(program.holds({.row = row.data()}, scratch));
  ASSERT_NE(scratch.failure, nullptr);
  try {
    std::rethrow_exception(scratch.failure);
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "1");
  }
}

TEST(BuiltPattern, ConditionsInCppAreToldApartByDescriptionAndNumber) {
  const auto no = [](const RowView&) { return false; };
  const Pattern pattern = Pattern::begin("a").where("x", no).next("b").where("x", no).next("c").where("y", no);
  const Loaded loaded = load(pattern);
  const Loaded again = load(pattern);
  ASSERT_TRUE(loaded.plan) << loaded.diagnostics;
  const auto print = [](const Loaded& rules, std::size_t step) {
    return nfa::fingerprint(rules.spec().sequence.elements[step].where[0]);
  };
  EXPECT_EQ(print(loaded, 0), print(again, 0));
  EXPECT_NE(print(loaded, 0), print(loaded, 1));
  EXPECT_NE(print(loaded, 1), print(loaded, 2));
}

TEST(BuiltPattern, NothingIsSaidToBeNeverTrueOfConditionsInCpp) {
  const auto no = [](const RowView&) { return false; };
  const Loaded loaded = load(Pattern::begin("a").where("x", no).where("y", no).when("z", no).within(1s));
  EXPECT_TRUE(loaded.plan);
  EXPECT_EQ(loaded.diagnostics, "");
}

TEST(BuiltPattern, ACallableThatNobodyGaveIsAnUnknownFunction) {
  const std::string body = "pattern p on s {\n begin a where callable(\"x\", 1)\n}";
  const auto one = std::make_shared<const RowCondition>([](const RowView&) { return false; });
  EXPECT_THAT(load(stream_text() + body).diagnostics, HasSubstr("unknown function `callable`"));
  EXPECT_THAT(load(stream_text() + body, {one}).diagnostics, HasSubstr("unknown function `callable`"));
  EXPECT_TRUE(load(stream_text() + body, {one, one}).plan);
}

TEST(BuiltPattern, ACallableSeesNoRowInEmitAndKey) {
  const auto one = std::make_shared<const RowCondition>([](const RowView&) { return false; });
  EXPECT_THAT(load(stream_text() + "pattern p on s {\n begin a\n emit x = callable(\"x\", 0)\n}", {one}).diagnostics,
              HasSubstr("unknown function `callable`"));
  EXPECT_THAT(load(stream_text() + "pattern p on s {\n key callable(\"x\", 0)\n begin a\n}", {one}).diagnostics,
              HasSubstr("unknown function `callable`"));
}

TEST(BuiltPattern, WhatCannotBeSaidDoesNotLoadAndItsLineSaysWhy) {
  EXPECT_THAT(errors_of(Pattern::begin("a").where(field("x") < std::numeric_limits<double>::quiet_NaN())),
              HasSubstr("a double that is not finite"));
  EXPECT_THAT(errors_of(Pattern::begin("a`b")), HasSubstr("a name has a back-tick"));
  EXPECT_THAT(errors_of(Pattern::begin("a").times(-1)), HasSubstr("is negative"));
  EXPECT_THAT(errors_of(Pattern::begin("a").within(-1s)), HasSubstr("a duration is negative"));
  EXPECT_THAT(errors_of(Pattern::begin("a").where("nothing", nullptr)), HasSubstr("an empty function"));
  EXPECT_THAT(errors_of(Pattern::begin(any_of({}))), HasSubstr("`any_of` of nothing"));
  EXPECT_THAT(errors_of(Pattern::begin(all_of({Sequence::begin("a").next("b"), Sequence::begin("c")}))),
              HasSubstr("sequences of one step each"));
  EXPECT_THAT(errors_of(Pattern::begin("a").emit("", 1)), HasSubstr("a name is empty"));
  EXPECT_THAT(load(stream_text() + Pattern::begin("a").on("s").text()).diagnostics,
              HasSubstr("a pattern without a name"));
  EXPECT_THAT(load(stream_text() + Pattern::begin("a").name("p").text()).diagnostics,
              HasSubstr("a pattern on no stream"));
}

TEST(BuiltPattern, WhatDoesNotGoTogetherIsReportedByTheLanguage) {
  EXPECT_THAT(errors_of(Pattern::begin("a").within(1s).within(2s)), HasSubstr("a second `within`"));
  EXPECT_NE(errors_of(Pattern::absent("a", 1min).one_or_more()), "");
  EXPECT_NE(errors_of(Pattern::absent("a", 1min).next("b")), "");
  EXPECT_NE(errors_of(Pattern::begin("a").after_match(no_skip().or_fail())), "");
  EXPECT_NE(errors_of(Pattern::begin("a").of_stream("s").of_stream("s")), "");
  EXPECT_NE(errors_of(Pattern::begin("a").limit_partial_matches(0, LimitScope::all_keys, OverLimit::fail)), "");
}

}    // namespace
}    // namespace cepheid
