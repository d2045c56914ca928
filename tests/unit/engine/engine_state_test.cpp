#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <utility>

#include "nfa/engine/engine.hpp"
#include "tests/unit/automaton/build_pattern.hpp"

namespace cepheid::nfa {
namespace {

using namespace build;    // NOLINT: the words of the patterns
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Patterns = std::vector<std::shared_ptr<const PatternSpec>>;

/// An engine and what it gave, as text.
class EngineRun : public MatchConsumer {
 public:
  explicit EngineRun(const Patterns& patterns, Engine::Options options = {})
      : patterns_(patterns), options_(options), engine_(std::make_unique<Engine>(patterns, *this, options)) {}

  void push(const std::string& name, TimeMs time_ms, const std::string& user = "u") {
    engine_->push(0, rows_.add({{name}, {user}}), time_ms, ++sequence);
  }
  void advance(TimeMs low_ms) { engine_->advance(0, low_ms, ++sequence); }

  std::string save() const {
    std::string bytes;
    ByteWriter out(bytes);
    engine_->save(out);
    return bytes;
  }
  Result<void> load(std::string_view bytes) {
    ByteReader in(bytes);
    return engine_->load(in);
  }
  Engine& engine() { return *engine_; }

  void on_match(const MatchView& match) override {
    std::string text = patterns_[match.pattern]->name + (match.timed_out ? " timeout" : "");
    for (const Datum& key : match.key) text += '[' + std::string(key.text->view()) + ']';
    for (const TakenEvent& event : match.events) {
      text += ' ' + patterns_[match.pattern]->step_names[event.step] + '@' + std::to_string(event.time_ms);
    }
    matches.push_back(text + " at " + std::to_string(match.time_ms));
  }

  std::vector<std::string> matches;
  std::uint64_t sequence = 0;    // of the rows and advances

 private:
  Patterns patterns_;
  Engine::Options options_;
  Rows rows_{pattern_layout()->schema()};
  std::unique_ptr<Engine> engine_;
};

PatternBuilder named(const std::string& name, SkipStrategy strategy = SkipStrategy::no_skip) {
  PatternBuilder pattern;
  pattern.spec().name = name;
  pattern.spec().after_match.strategy = strategy;
  return pattern;
}

/// Of each kind of state: single paths with loops and time-outs, groups, matches that wait, a family of which some
/// patterns' matches wait, a limit, an absence.
Patterns all_kinds() {
  PatternBuilder loop = named("loop");
  loop.step(Link::begin, "a", one_or_more()).step(Link::followed_by_any, "b").keyed().within(70);
  loop.spec().has_timeout_emit = true;
  PatternBuilder merged = named("merged", SkipStrategy::skip_past_last);
  merged.step(Link::begin, "a").step(Link::followed_by, "b", one_or_more()).step(Link::followed_by, "c").keyed();
  merged.within(200);
  // The first a's partial match lives on, so the matches of later ones wait for it.
  PatternBuilder waits = named("waits", SkipStrategy::skip_to_next);
  waits.step(Link::begin, "a").step(Link::followed_by, "a", times(1, 3)).step(Link::followed_by, "b").within(90);
  PatternBuilder last_not = named("last_not", SkipStrategy::skip_to_next);
  last_not.step(Link::begin, "a").step(Link::not_followed_by, "c").keyed().within(40);
  PatternBuilder limited = named("limited");
  limited.step(Link::begin, "a").step(Link::followed_by, "c");
  limited.spec().limit = {.most = 3, .per_key = false, .then = PartialMatchLimit::Then::drop_oldest};
  PatternBuilder silent = named("silent");
  silent.keyed();
  silent.spec().absence = Absence{.name = "beat", .where = {name_is("a")}, .duration = 50};
  silent.spec().step_names = {"beat"};
  Patterns patterns{loop.done(), merged.done(), waits.done(), last_not.done(), silent.done(), limited.done()};
  for (const char* other : {"1", "2", "3"}) {
    PatternBuilder one = named(std::string("of_family") + other, SkipStrategy::skip_to_next);
    Quantifier twice_or_not = times(2, 2);
    twice_or_not.optional = true;
    one.step(Link::begin, "a", twice_or_not).step(Link::followed_by, "b").keyed().within(90);
    TypedExpr own = test(Function::contains, {field(pattern_layout()->schema(), "user"), text(other)});
    one.spec().sequence.elements.back().where.push_back(std::move(own));
    patterns.push_back(one.done());
  }
  return patterns;
}

/// Rows at random, of which the watermark lags behind, from row `from` up to `to`.
void feed(EngineRun& run, int from, int to) {
  std::mt19937 random(7);
  for (int i = 0; i < to; ++i) {
    const TimeMs time_ms = 10 * i + static_cast<TimeMs>(random() % 30);
    const std::string name(1, static_cast<char>('a' + random() % 3));
    const std::string user = "user with a long name " + std::to_string(random() % 4);
    if (i < from) continue;
    run.push(name, time_ms, user);
    if (i % 4 != 0) run.advance(10 * i - 30);
  }
}

TEST(EngineState, GoesOnInANewEngineAsItWouldHaveInTheOld) {
  for (const bool merge : {true, false}) {
    const Patterns patterns = all_kinds();
    for (int saved_at = 0; saved_at < 60; ++saved_at) {
      EngineRun one(patterns, {.merge_partial_matches = merge});
      feed(one, 0, saved_at);
      EngineRun other(patterns, {.merge_partial_matches = merge});
      ASSERT_TRUE(other.load(one.save()));
      ASSERT_EQ(other.save(), one.save());
      one.matches.clear();
      other.sequence = one.sequence;
      for (EngineRun* run : {&one, &other}) feed(*run, saved_at, 70);
      // Equal states are equal bytes, whatever way led to them.
      ASSERT_EQ(other.save(), one.save());
      for (EngineRun* run : {&one, &other}) {
        feed(*run, 70, 100);
        EXPECT_EQ(run->engine().low_ms(), 960);
        run->advance(kEndOfTime);
      }
      EXPECT_THAT(one.matches, testing::Not(IsEmpty()));
      ASSERT_EQ(other.matches, one.matches);
      ASSERT_EQ(other.save(), one.save());
      for (std::uint32_t i = 0; i < patterns.size(); ++i) {
        EXPECT_EQ(other.engine().stats(i).matches, one.engine().stats(i).matches);
        EXPECT_EQ(other.engine().stats(i).partial_matches, one.engine().stats(i).partial_matches);
        EXPECT_EQ(other.engine().stats(i).keys, one.engine().stats(i).keys);
      }
    }
  }
}

TEST(EngineState, IsReplacedByWhatIsLoaded) {
  const Patterns patterns = all_kinds();
  EngineRun one(patterns);
  feed(one, 0, 40);
  EngineRun other(patterns);
  other.push("a", 5'000);
  ASSERT_TRUE(other.load(one.save()));
  EXPECT_EQ(other.save(), one.save());
  EXPECT_TRUE(other.load(EngineRun(patterns).save()));
  EXPECT_EQ(other.save(), EngineRun(patterns).save());
  EXPECT_THAT(other.matches, IsEmpty());
}

TEST(EngineState, StandsInABlockThatOthersMayFollow) {
  EngineRun run(all_kinds());
  feed(run, 0, 20);
  const std::string bytes = run.save() + "rest";
  ByteReader in{std::string_view(bytes)};
  ASSERT_TRUE(run.engine().load(in));
  EXPECT_EQ(in.remaining(), 4u);
}

// Which of two keys comes first must not hang on ids, which a key gets from one that is gone.
TEST(EngineState, KeysThatRunOutTogetherComeInTheOrderOfTheirEvents) {
  PatternBuilder pattern = named("p");
  pattern.step(Link::begin, "a").step(Link::followed_by, "b").keyed().within(100);
  pattern.spec().has_timeout_emit = true;
  EngineRun run({pattern.done()});
  for (const char* user : {"u1", "u2", "u3"}) run.push("a", 0, user);
  run.advance(1'000);
  run.matches.clear();
  for (const char* user : {"u4", "u5", "u6"}) run.push("a", 1'000, user);
  EngineRun loaded({pattern.done()});
  ASSERT_TRUE(loaded.load(run.save()));
  for (EngineRun* each : {&run, &loaded}) {
    each->push("a", 1'000, "u7");
    each->advance(2'000);
    EXPECT_THAT(each->matches, ElementsAre("p timeout[u4] a@1000 at 1100", "p timeout[u5] a@1000 at 1100",
                                           "p timeout[u6] a@1000 at 1100", "p timeout[u7] a@1000 at 1100"));
  }
}

// ---- what cannot be loaded

std::string error_of(EngineRun& run, std::string_view bytes) {
  const std::string before = run.save();
  const Result<void> loaded = run.load(bytes);
  if (loaded) return "";
  EXPECT_EQ(run.save(), before);
  return loaded.error().message;
}

std::shared_ptr<const PatternSpec> a_then(const std::string& second, const std::string& name) {
  PatternBuilder pattern = named(name, SkipStrategy::skip_past_last);
  pattern.step(Link::begin, "a").step(Link::followed_by, second);
  return pattern.done();
}

TEST(EngineState, OfOtherPatternsIsRefusedByName) {
  const EngineRun saved({a_then("b", "x"), a_then("b", "y")});
  const auto load_into = [&saved](const Patterns& patterns, Engine::Options options = {}) {
    EngineRun run(patterns, options);
    run.push("a", 10);
    return error_of(run, saved.save());
  };
  const std::string other = "the saved state is of other patterns: ";
  EXPECT_EQ(load_into({a_then("b", "x"), a_then("c", "y")}), other + "`y` was changed");
  EXPECT_EQ(load_into({a_then("b", "x")}), other + "`y` is gone");
  EXPECT_EQ(load_into({a_then("b", "y")}), other + "`x` is gone");
  EXPECT_EQ(load_into({a_then("b", "x"), a_then("b", "y"), a_then("b", "z")}), other + "`z` is new");
  EXPECT_EQ(load_into({a_then("b", "x"), a_then("b", "z")}), other + "`z` is new");
  EXPECT_EQ(load_into({a_then("b", "y"), a_then("b", "x")}), other + "`y` stands in another place");
  EXPECT_EQ(load_into({a_then("b", "x"), a_then("b", "y")}, {.merge_partial_matches = false}),
            "the saved state is of an engine with other options: the partial matches of `x` were merged");
  EXPECT_EQ(load_into({a_then("b", "x"), a_then("b", "y")}), "");
}

TEST(EngineState, OfAnotherFormatIsRefused) {
  EngineRun run(all_kinds());
  std::string bytes = run.save();
  bytes[0] = 9;
  EXPECT_EQ(error_of(run, bytes), "the saved state is of format 9, and only format 4 can be read");
  EXPECT_EQ(error_of(run, ""), "the saved state is damaged");
}

TEST(EngineState, CutOffOrChangedAnywhereIsRefused) {
  EngineRun run(all_kinds());
  feed(run, 0, 20);
  const std::string bytes = run.save();
  EngineRun fresh(all_kinds());
  for (std::size_t size = 0; size < bytes.size(); size += 1 + size / 50) {
    EXPECT_NE(error_of(fresh, std::string_view(bytes).substr(0, size)), "") << size;
  }
  for (std::size_t at = 0; at < bytes.size(); at += 1 + at / 50) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 16);
    EXPECT_NE(error_of(fresh, changed), "") << at;
  }
}

// Behind a checksum that somebody has put right: an engine of such a state gives nonsense, but works.
TEST(EngineState, ForgedIsRefusedOrWorks) {
  std::size_t accepted = 0;
  for (const bool merge : {true, false}) {
    EngineRun run(all_kinds(), {.merge_partial_matches = merge});
    feed(run, 0, 40);
    const std::string bytes = run.save();
    constexpr std::size_t kHead = 17;    // format, size, checksum
    std::mt19937_64 random(3);
    for (int round = 0; round < 1'500; ++round) {
      std::string body = bytes.substr(kHead);
      if (round % 3 == 0) body.resize(random() % body.size());
      for (std::size_t n = 1 + random() % 3; n > 0 && !body.empty(); --n) {
        body[random() % body.size()] = static_cast<char>(random() % 2 == 0 ? random() : random() % 4);
      }
      std::string forged;
      ByteWriter out(forged);
      out.varint(4);
      const std::size_t block = out.begin_block();
      forged += body;
      out.end_block(block);
      EngineRun other(all_kinds(), {.merge_partial_matches = merge});
      if (!other.load(forged)) continue;
      ++accepted;
      feed(other, 40, 60);
      other.advance(kEndOfTime);
    }
  }
  EXPECT_GT(accepted, 100u);
}

// ---- memory

TEST(EngineMemory, IsGivenBackWhenNothingWasTakenForTwoWindows) {
  PatternBuilder pattern = named("p");
  pattern.step(Link::begin, "a").step(Link::followed_by, "b").keyed().within(10'000);
  EngineRun run({pattern.done()});
  for (int turn = 0; turn < 3; ++turn) {
    const TimeMs begin_ms = turn * 100'000;
    for (int i = 0; i < 1'000; ++i) run.push("a", begin_ms + i, "user " + std::to_string(i));
    run.advance(begin_ms + 2'000);
    const std::size_t live = run.engine().memory_bytes();
    EXPECT_EQ(run.engine().stats(0).keys, 1'000u);
    run.push("b", begin_ms + 3'000, "user 7");
    run.advance(begin_ms + 15'000);
    EXPECT_EQ(run.engine().stats(0).keys, 0u);
    run.advance(begin_ms + 30'000);
    EXPECT_LT(run.engine().memory_bytes() + 1'000 * 100, live);
  }
  EXPECT_EQ(run.engine().stats(0).matches, 3u);
}

TEST(EngineMemory, GrowsWithWhatIsHeld) {
  PatternBuilder pattern = named("p");
  pattern.step(Link::begin, "a").step(Link::followed_by, "b").keyed().within(10'000);
  EngineRun run({pattern.done()});
  const std::size_t empty = run.engine().memory_bytes();
  EXPECT_LT(empty, 10'000u);
  for (int i = 0; i < 1'000; ++i) run.push("a", i, "user with a long name " + std::to_string(i));
  const std::size_t waiting = run.engine().memory_bytes();
  EXPECT_GE(waiting, empty + 1'000 * 128);    // a row with its text
  run.advance(1'000);
  const std::size_t live = run.engine().memory_bytes();
  EXPECT_GE(live, waiting + 1'000 * sizeof(void*) * 16);
  EXPECT_LE(live, waiting + 1'000'000);
  run.advance(kEndOfTime);
  for (int i = 0; i < 1'000; ++i) run.push("a", i, "late");
  EXPECT_LE(run.engine().memory_bytes(), live);
}

}    // namespace
}    // namespace cepheid::nfa
