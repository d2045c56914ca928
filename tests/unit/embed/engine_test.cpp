#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cepheid/cepheid.hpp"

namespace {

struct Click {
  std::string user;
  std::string action;
  std::int64_t at = 0;
};

struct SymbolClick {
  cepheid::Symbol user;
  cepheid::Symbol action;
  cepheid::Timestamp at;
  int unused = 0;
};

struct NarrowClick {
  std::string user;
  cepheid::Timestamp at;
};

}    // namespace

template <>
struct cepheid::Binding<Click> {
  static constexpr auto fields = std::tuple(cepheid::member("user", &Click::user),        //
                                            cepheid::member("action", &Click::action),    //
                                            cepheid::member("at", &Click::at));
};

template <>
struct cepheid::Binding<SymbolClick> {
  static constexpr auto fields = std::tuple(cepheid::member("at", &SymbolClick::at),            //
                                            cepheid::member("unused", &SymbolClick::unused),    //
                                            cepheid::member("user", &SymbolClick::user),        //
                                            cepheid::member("action", &SymbolClick::action));
};

template <>
struct cepheid::Binding<NarrowClick> {
  static constexpr auto fields = std::tuple(cepheid::member("user", &NarrowClick::user),    //
                                            cepheid::member("at", &NarrowClick::at));
};

namespace cepheid {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kRules = R"(
stream clicks {
    schema user string, action string, at timestamp
    time at
    lateness 10ms
}
pattern funnel on clicks {
    key user
    begin       login where action == "login"
    followed_by buy   where action == "buy"
    within 100ms
    emit took = buy.at - login.at
    on_timeout emit since = login.at
}
)";

Rules rules_of(std::string_view text) {
  Result<Rules> rules = Rules::from_text(text);
  EXPECT_TRUE(rules) << rules.error().message;
  return std::move(rules).value();
}

/// What an engine told, a line each.
struct Told {
  std::vector<std::string> lines;

  [[nodiscard]] Handlers handlers() {
    return {
        .on_match =
            [this](const Match& match) {
              lines.push_back("match " + std::string(match.key(0).as_text()) + " " + to_string(match["took"]));
            },
        .on_timeout =
            [this](const Match& match) {
              lines.push_back("timeout " + std::string(match.key(0).as_text()) + " " + std::to_string(match.end_ms()));
            },
        .on_late = [this](StreamId, const RowView& row) { lines.push_back("late " + to_string(row["action"])); },
        .on_invalid = [this](StreamId, const RowView&,
                             std::string_view reason) { lines.push_back("invalid: " + std::string(reason)); },
    };
  }
};

/// An engine of kRules with rows given as user, action, time.
struct Clicks {
  explicit Clicks(Handlers handlers) : engine(rules_of(kRules), std::move(handlers)), batch(engine.rules(), {}) {}

  void add(const char* user, const char* action, std::int64_t at) {
    batch.add().set("user", user).set("action", action).set("at", at);
  }
  Pushed push(const char* user, const char* action, std::int64_t at) {
    batch.clear();
    add(user, action, at);
    return engine.push(StreamId{}, batch[0]);
  }

  Engine engine;
  RowBatch batch;
};

TEST(Engine, TellsMatchesTimeoutsAndLateRowsInEventTimeOrder) {
  Told told;
  Clicks clicks(told.handlers());
  EXPECT_EQ(clicks.push("ann", "login", 1000), Pushed::taken);
  EXPECT_EQ(clicks.push("bob", "login", 1020), Pushed::taken);
  EXPECT_EQ(clicks.push("ann", "buy", 1015), Pushed::taken);
  EXPECT_EQ(clicks.push("ann", "buy", 1005), Pushed::late);
  EXPECT_TRUE(clicks.engine.finish());
  EXPECT_EQ(clicks.push("ann", "login", 5000), Pushed::late);
  EXPECT_THAT(told.lines, ElementsAre("late buy", "match ann 15", "timeout bob 1120", "late login"));
}

TEST(Engine, TimeMovesByHandToo) {
  Told told;
  Clicks clicks(told.handlers());
  clicks.push("ann", "login", 1000);
  EXPECT_TRUE(told.lines.empty());
  clicks.engine.advance(StreamId{}, 1100);
  EXPECT_TRUE(told.lines.empty()) << "the watermark is 1 ms behind what may still come";
  clicks.engine.advance(1101);
  EXPECT_THAT(told.lines, ElementsAre("timeout ann 1100"));
  EXPECT_EQ(clicks.engine.low_ms(StreamId{}), 1101);
  clicks.engine.advance(5);
  EXPECT_EQ(clicks.engine.low_ms(StreamId{}), 1101) << "it never moves back";
}

TEST(Engine, ABatchGivesWhatItsRowsGiveOneByOne) {
  Told told;
  Clicks clicks(told.handlers());
  clicks.add("ann", "login", 1000);
  clicks.batch.add().set("user", "ann").set("action", "buy").set("when", std::int64_t{1});
  clicks.add("ann", "buy", 1040);
  clicks.batch.add().set("user", 7).set("action", "buy").set("at", std::int64_t{1050});
  clicks.add("ann", "buy", 1000);
  EXPECT_EQ(clicks.engine.push(clicks.batch), 2u);
  clicks.engine.finish();
  EXPECT_THAT(told.lines,
              ElementsAre("invalid: there is no field `when`", "invalid: field `user` is string, and was given an int",
                          "late buy", "match ann 40"));
  const StreamStats& stats = clicks.engine.stats(StreamId{});
  EXPECT_EQ(std::tuple(stats.taken, stats.late, stats.invalid), std::tuple(2u, 1u, 2u));
}

TEST(Engine, ARowWithoutItsTimeIsInvalid) {
  Told told;
  Clicks clicks(told.handlers());
  clicks.batch.add().set("user", "ann");
  EXPECT_EQ(clicks.engine.push(StreamId{}, clicks.batch[0]), Pushed::invalid);
  EXPECT_THAT(told.lines, ElementsAre("invalid: the required field `at` is null"));
}

TEST(Engine, AStreamWithoutTimeTakesItFromTheCaller) {
  const Rules rules = rules_of("stream s { schema a int }\npattern p on s { begin x where a > 0 emit a = x.a }\n");
  std::vector<std::string> told;
  Engine engine(rules, {.on_match = [&](const Match& match) {
                  told.push_back(to_string(match["a"]) + " at " + std::to_string(match.start_ms()));
                }});
  RowBatch batch(rules, StreamId{});
  batch.add().set(0u, std::int64_t{5});
  EXPECT_EQ(engine.push(StreamId{}, batch[0]), Pushed::invalid);
  EXPECT_EQ(engine.push(StreamId{}, batch[0], 77), Pushed::taken);
  EXPECT_THAT(told, ElementsAre("5 at 77"));
}

TEST(Engine, RunsManyPatternsOverSeveralStreams) {
  const Rules rules = rules_of(R"(
stream a { schema k string, at timestamp  time at }
stream b { schema k string, n int, at timestamp  time at }
pattern single on a { key k begin x emit k = x.k }
pattern joint on a, b { key k begin x of a followed_by y of b where n > 1 emit n = y.n }
)");
  std::vector<std::string> told;
  Engine engine(rules, {.on_match = [&](const Match& match) {
                  told.push_back(std::string(match.pattern()) + " " + to_string(match.emit(0)) + " of " +
                                 std::string(rules.name(match.event(match.size() - 1).stream)));
                }});
  RowBatch of_a(rules, *rules.find_stream("a"));
  RowBatch of_b(rules, *rules.find_stream("b"));
  of_a.add().set("k", "u").set("at", Timestamp{10});
  of_b.add().set("k", "u").set("n", 2).set("at", Timestamp{20});
  engine.push(of_a);
  engine.push(of_b);
  engine.finish();
  EXPECT_THAT(told, ElementsAre("single u of a", "joint 2 of b"));
  EXPECT_EQ(engine.stats(*rules.find_pattern("joint")).matches, 1u);
}

TEST(Engine, TakesStructsOfStringsAndOfSymbols) {
  Told told;
  Engine engine(rules_of(kRules), told.handlers());
  const Result<Input<Click>> wrong = engine.input<Click>("clicks");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message, "field `at` of stream `clicks` is timestamp, but the struct binds it as int");

  SymbolTable symbols;
  const Symbol ann = symbols.intern("ann");
  Result<Input<SymbolClick>> clicks = engine.input<SymbolClick>("clicks");
  ASSERT_TRUE(clicks) << clicks.error().message;
  engine.push(*clicks, {.user = ann, .action = symbols.intern("login"), .at = {1000}});
  const std::vector<SymbolClick> more = {{.user = ann, .action = symbols.intern("buy"), .at = {1001}},
                                         {.user = ann, .action = Symbol(), .at = {900}}};
  EXPECT_EQ(engine.push(*clicks, std::span(more)), 1u);
  engine.finish();
  EXPECT_THAT(told.lines, ElementsAre("late null", "match ann 1"));
  EXPECT_EQ(symbols.size(), 3u);
}

TEST(Engine, OfSymbolsOnlyGivesTheSame) {
  Told told;
  SymbolTable symbols;
  Engine engine(rules_of(kRules), told.handlers(), {.symbols_only = true});
  EXPECT_EQ(engine.input<NarrowClick>("clicks").error().message,
            "the struct binds strings, and the engine takes symbols only");
  Result<Input<SymbolClick>> clicks = engine.input<SymbolClick>("clicks");
  ASSERT_TRUE(clicks);
  const auto push = [&](const char* user, const char* action, TimeMs at) {
    engine.push(*clicks, {.user = symbols.intern(user), .action = symbols.intern(action), .at = {at}});
  };
  push("ann", "login", 1000);
  push("bob", "login", 1010);
  push("ann", "buy", 1040);
  push("bob", "buy", 1115);
  engine.finish();
  EXPECT_THAT(told.lines, ElementsAre("match ann 40", "timeout bob 1110"));
  EXPECT_EQ(engine.load(engine.save()).error().message, "an engine that takes symbols only cannot load a state");
}

TEST(Engine, SaysWhichFieldAStructLacks) {
  Engine engine(rules_of(kRules), {});
  EXPECT_EQ(engine.input<NarrowClick>("clicks").error().message,
            "stream `clicks` has a field `action` that the struct's binding does not name");
  EXPECT_EQ(engine.input<NarrowClick>("click").error().message,
            "no stream `click` in the rules: did you mean `clicks`?");
}

TEST(Engine, AnExceptionFromACallbackLeavesItValidAndLosesNothing) {
  std::vector<std::string> told;
  bool throws = true;
  Clicks clicks({.on_match = [&](const Match& match) {
    told.push_back(to_string(match["took"]));
    if (throws) throw std::runtime_error("of the callback");
  }});
  clicks.add("ann", "login", 1000);
  clicks.add("ann", "login", 1001);
  clicks.add("ann", "buy", 1010);
  clicks.add("ann", "login", 1020);
  clicks.add("ann", "buy", 1030);
  clicks.add("bob", "login", 1050);
  EXPECT_THROW(clicks.engine.push(clicks.batch), std::runtime_error);
  EXPECT_THAT(told, testing::UnorderedElementsAre("10", "9", "10")) << "the call was finished before";
  throws = false;
  clicks.push("bob", "buy", 1070);
  clicks.engine.finish();
  EXPECT_EQ(told.back(), "20");
  EXPECT_EQ(clicks.engine.stats(PatternId{}).matches, 4u);
}

TEST(Engine, RefusesToBeChangedInsideItsOwnCallback) {
  Clicks* inner = nullptr;
  std::vector<bool> refused;
  Clicks clicks({.on_match = [&](const Match&) {
    refused = {inner->engine.push(StreamId{}, inner->batch[0]) == Pushed::refused,
               inner->engine.push(inner->batch) == 0, !inner->engine.advance(5000), !inner->engine.load("").has_value(),
               inner->engine.stats(PatternId{}).matches == 1};
  }});
  inner = &clicks;
  clicks.push("ann", "login", 1000);
  clicks.push("ann", "buy", 1010);
  clicks.engine.finish();
  EXPECT_THAT(refused, ElementsAre(true, true, true, true, true));
}

TEST(Engine, RefusesRowsOfOtherRules) {
  Clicks clicks({});
  Clicks others({});
  others.add("ann", "login", 1000);
  EXPECT_EQ(clicks.engine.push(StreamId{}, others.batch[0]), Pushed::refused);
  EXPECT_EQ(clicks.engine.push(others.batch), 0u);
}

TEST(Engine, GoesOnFromASavedState) {
  Told told;
  Clicks first(told.handlers());
  first.push("ann", "login", 1000);
  first.push("bob", "login", 1030);
  first.push("cat", "login", 1025);
  const std::string state = first.engine.save();

  Told told_later;
  Clicks second(told_later.handlers());
  const Result<void> loaded = second.engine.load(state);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(second.engine.low_ms(StreamId{}), 1020);
  EXPECT_EQ(second.engine.stats(StreamId{}).taken, 3u);
  for (Clicks* clicks : {&first, &second}) {
    clicks->push("ann", "buy", 1040);
    clicks->push("cat", "buy", 1045);
    clicks->engine.finish();
  }
  EXPECT_THAT(told_later.lines, ElementsAre("match ann 40", "match cat 20", "timeout bob 1130"));
  EXPECT_EQ(told.lines, told_later.lines);
}

TEST(Engine, RefusesAStateThatDoesNotFitAndStaysAsItIs) {
  Told told;
  Clicks clicks(told.handlers());
  clicks.push("ann", "login", 1000);
  const std::string state = clicks.engine.save();

  EXPECT_THAT(clicks.engine.load("what is this").error().message, HasSubstr("no saved state"));
  std::string newer = state;
  newer[8] = 9;
  EXPECT_EQ(clicks.engine.load(newer).error().message,
            "the saved state has format version 9; this library reads version 1");
  std::string changed = state;
  changed[changed.size() / 2] ^= 1;
  EXPECT_THAT(clicks.engine.load(changed).error().message, HasSubstr("damaged"));
  for (std::size_t size = 0; size < state.size(); ++size) {
    EXPECT_FALSE(clicks.engine.load(std::string_view(state).substr(0, size)));
  }
  std::string other_rules(kRules);
  other_rules.replace(other_rules.find("100ms"), 5, "200ms");
  Engine other(rules_of(other_rules), {});
  EXPECT_THAT(other.load(state).error().message, HasSubstr("funnel"));

  clicks.push("ann", "buy", 1010);
  clicks.engine.finish();
  EXPECT_THAT(told.lines, ElementsAre("match ann 10"));
}

TEST(Engine, MemoryGrowsWithWhatItHolds) {
  Clicks clicks({});
  const std::size_t before = clicks.engine.memory_bytes();
  for (int i = 0; i < 1000; ++i) clicks.push(("u" + std::to_string(i)).c_str(), "login", 1000);
  clicks.engine.advance(1011);
  EXPECT_GT(clicks.engine.memory_bytes(), before + 1000 * sizeof(std::uint64_t));
  EXPECT_EQ(clicks.engine.stats(PatternId{}).keys, 1000u);
  clicks.engine.advance(5000);
  EXPECT_EQ(clicks.engine.stats(PatternId{}).keys, 0u);
}

TEST(Engine, RunsPatternsOverStreamsOfRowsOnly) {
  const Result<Rules> rules =
      Rules::from_text("stream s { schema a int }\nstream t = from s where a > 1\npattern p on t { begin x }\n");
  ASSERT_FALSE(rules);
  EXPECT_EQ(rules.error().message,
            "pattern `p` reads `t`, which is a derived stream: the library runs patterns over streams of rows");
}

}    // namespace
}    // namespace cepheid
