#include "nfa/engine/engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "tests/unit/automaton/build_pattern.hpp"

namespace cepheid::nfa {
namespace {

using namespace build;    // NOLINT: the words of the patterns
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// Runs one pattern over events written `a`, `b@20` (time), `a.u1` (user); without a time each is 10 ms later.
class PatternRun : public MatchConsumer {
 public:
  explicit PatternRun(std::shared_ptr<const PatternSpec> spec, bool merge = true)
      : spec_(std::move(spec)), engine_({spec_}, *this, {.merge_partial_matches = merge}) {}

  bool push(const std::string& name, TimeMs time_ms, const std::string& user = "u") {
    largest_ = std::max(largest_, time_ms);
    const Row row = rows_.add({{name}, {user}});
    return engine_.push(0, row, time_ms, ++sequence_, largest_ - lateness);
  }
  void end() { engine_.advance(0, kEndOfTime, ++sequence_); }
  const PatternStats& stats() const { return engine_.stats(0); }

  void on_match(const MatchView& match) override {
    std::string text = match.timed_out ? "timeout" : "";
    if (match.events.empty()) text = "none since " + std::to_string(match.start_ms);
    for (const TakenEvent& event : match.events) {
      if (!text.empty()) text += ' ';
      text += spec_->step_names[event.step] + '@' + std::to_string(event.time_ms);
    }
    matches.push_back(text);
    given_at.push_back(match.time_ms);
  }

  std::vector<std::string> matches;
  std::vector<TimeMs> given_at;
  TimeMs lateness = 0;

 private:
  std::shared_ptr<const PatternSpec> spec_;
  Rows rows_{pattern_layout()->schema()};
  Engine engine_;
  TimeMs largest_ = kBeginOfTime;
  std::uint64_t sequence_ = 0;
};

PatternBuilder a_then_b() {
  PatternBuilder pattern;
  pattern.step(Link::begin, "a").step(Link::followed_by, "b");
  return pattern;
}

TEST(Engine, AnEventBeforeTheWatermarkIsLateAndOneOnItIsNot) {
  PatternRun run(a_then_b().done());
  run.lateness = 5;
  EXPECT_TRUE(run.push("a", 50));
  EXPECT_FALSE(run.push("b", 44));
  EXPECT_TRUE(run.push("a", 45));
  EXPECT_TRUE(run.push("b", 60));
  run.end();
  EXPECT_THAT(run.matches, UnorderedElementsAre("a@45 b@60", "a@50 b@60"));
}

TEST(Engine, WithinEndsTheMomentItIsOver) {
  PatternBuilder pattern = a_then_b();
  pattern.within(50);
  PatternRun in_time(pattern.done());
  in_time.push("a", 10);
  in_time.push("b", 59);
  EXPECT_THAT(in_time.matches, ElementsAre("a@10 b@59"));
  PatternRun too_late(pattern.done());
  too_late.push("a", 10);
  too_late.push("b", 60);
  EXPECT_THAT(too_late.matches, IsEmpty());
}

TEST(Engine, KeepsNothingOnceTheWatermarkHasPassedEveryDeadline) {
  for (const SkipStrategy strategy : {SkipStrategy::no_skip, SkipStrategy::skip_past_last}) {
    PatternBuilder pattern = a_then_b();
    pattern.keyed().within(100);
    pattern.spec().after_match.strategy = strategy;
    PatternRun run(pattern.done());
    for (int i = 0; i < 1'000; ++i) run.push("a", i, "user" + std::to_string(i));
    EXPECT_GT(run.stats().keys, 0u);
    EXPECT_GT(run.stats().partial_matches, 0u);
    run.push("c", 10'000);
    EXPECT_EQ(run.stats().keys, 0u);
    EXPECT_EQ(run.stats().partial_matches, 0u);
  }
}

TEST(Engine, ALongLoopNeitherRecursesNorBranchesWithoutEnd) {
  for (const bool merge : {true, false}) {
    PatternBuilder pattern;
    pattern.step(Link::begin, "a", {.kind = Quantifier::Kind::at_least, .greedy = true}).step(Link::followed_by, "b");
    pattern.spec().after_match.strategy = SkipStrategy::skip_past_last;
    PatternRun run(pattern.done(), merge);
    const int events = merge ? 100'000 : 1'000;
    for (int i = 0; i < events; ++i) run.push("a", i);
    run.push("b", events);
    ASSERT_EQ(run.stats().matches, 1u);
    EXPECT_EQ(run.stats().partial_matches, 0u);
  }
}

TEST(Engine, GroupsOfStartsGiveTheMatchOfTheEarliest) {
  PatternBuilder pattern;
  pattern.step(Link::begin, "a").step(Link::followed_by, "b").step(Link::followed_by, "c");
  pattern.spec().after_match.strategy = SkipStrategy::skip_to_next;
  PatternRun run(pattern.done());
  for (const char* name : {"a", "a", "b", "a", "b", "c"}) run.push(name, 10 * (run.stats().events + 1));
  EXPECT_THAT(run.matches, ElementsAre("a@10 b@30 c@60", "a@20 b@30 c@60", "a@40 b@50 c@60"));
}

// ---- limit

PatternBuilder limited(PartialMatchLimit::Then then) {
  PatternBuilder pattern = a_then_b();
  pattern.spec().limit = {.most = 2, .per_key = true, .then = then};
  return pattern;
}

/// A pattern fed with many rows at once, and what it gave.
class BlockRun : public MatchConsumer {
 public:
  explicit BlockRun(const std::shared_ptr<const PatternSpec>& spec) : engine_({spec}, *this) {}
  void push(std::span<const Engine::Arrival> arrivals) { engine_.push(0, arrivals); }
  std::string saved() const {
    std::string bytes;
    ByteWriter out(bytes);
    engine_.save(out);
    return bytes;
  }
  void on_match(const MatchView& match) override {
    const Datum& key = match.key.front();
    std::string text(key.null ? "none" : key.text->view());
    for (const TakenEvent& event : match.events) text += ' ' + std::to_string(event.time_ms);
    matches.push_back(text + ' ' + std::to_string(match.sequence));
  }

  std::vector<std::string> matches;

 private:
  Engine engine_;
};

TEST(Engine, ManyRowsAtOnceGiveWhatEachGivesByItself) {
  std::mt19937_64 random(17);
  std::size_t matches = 0;
  // In a block most keys come once, end by time before they come, and leave their numbers to others.
  for (const SkipStrategy strategy : {SkipStrategy::no_skip, SkipStrategy::skip_past_last}) {
    for (const TimeMs gap_ms : {1, 40}) {
      PatternBuilder pattern = a_then_b();
      pattern.keyed().within(300);
      pattern.spec().after_match.strategy = strategy;
      BlockRun at_once(pattern.done());
      BlockRun one_by_one(pattern.done());
      Rows rows(pattern_layout()->schema());
      std::vector<Engine::Arrival> arrivals;
      TimeMs time_ms = 0;
      for (std::uint64_t i = 0; i < 20'000; ++i) {
        time_ms += static_cast<TimeMs>(random() % 3);
        if (random() % 50 == 0) time_ms += gap_ms;
        const std::string user = "user " + std::to_string(random() % 250);
        const Row row = rows.add({{std::string(1, "abc"[random() % 3])}, random() % 40 == 0 ? Value{} : Value{user}});
        arrivals.push_back({row, time_ms, time_ms, i + 1});
      }
      at_once.push(arrivals);
      for (const Engine::Arrival& arrival : arrivals) one_by_one.push({&arrival, 1});
      EXPECT_EQ(at_once.matches, one_by_one.matches);
      EXPECT_EQ(at_once.saved(), one_by_one.saved());
      matches += at_once.matches.size();
    }
  }
  EXPECT_GT(matches, 2'000u);
}

TEST(Limit, DropOldestTakesTheEarliestStarts) {
  for (const SkipStrategy strategy : {SkipStrategy::no_skip, SkipStrategy::skip_to_next}) {
    PatternBuilder pattern = limited(PartialMatchLimit::Then::drop_oldest);
    pattern.spec().after_match.strategy = strategy;
    PatternRun run(pattern.done());
    for (const TimeMs time : {10, 20, 30, 40}) run.push("a", time);
    EXPECT_EQ(run.stats().dropped, 2u);
    EXPECT_EQ(run.stats().partial_matches, 2u);
    EXPECT_TRUE(run.stats().limit_hit);
    run.push("b", 50);
    EXPECT_THAT(run.matches, ElementsAre("a@30 b@50", "a@40 b@50"));
  }
}

TEST(Limit, DropNewestTakesTheLatestStarts) {
  for (const SkipStrategy strategy : {SkipStrategy::no_skip, SkipStrategy::skip_to_next}) {
    PatternBuilder pattern = limited(PartialMatchLimit::Then::drop_newest);
    pattern.spec().after_match.strategy = strategy;
    PatternRun run(pattern.done());
    for (const TimeMs time : {10, 20, 30, 40}) run.push("a", time);
    EXPECT_EQ(run.stats().dropped, 2u);
    run.push("b", 50);
    EXPECT_THAT(run.matches, ElementsAre("a@10 b@50", "a@20 b@50"));
  }
}

TEST(Limit, BlockStartWaitsForRoomAndCountsWhatItKeptOut) {
  PatternRun run(limited(PartialMatchLimit::Then::block_start).done());
  for (const TimeMs time : {10, 20, 30}) run.push("a", time);
  run.push("c", 35);
  EXPECT_EQ(run.stats().blocked, 1u);
  EXPECT_EQ(run.stats().dropped, 0u);
  run.push("b", 40);
  run.push("a", 50);
  run.push("b", 60);
  EXPECT_THAT(run.matches, ElementsAre("a@10 b@40", "a@20 b@40", "a@50 b@60"));
}

TEST(Limit, FailStopsThePattern) {
  PatternRun run(limited(PartialMatchLimit::Then::fail).done());
  run.push("a", 10);
  run.push("a", 20);
  EXPECT_FALSE(run.stats().failed);
  run.push("a", 30);
  EXPECT_TRUE(run.stats().failed);
  run.push("b", 40);
  EXPECT_THAT(run.matches, IsEmpty());
}

TEST(Limit, WithoutPerKeyAllKeysCountTogether) {
  PatternBuilder pattern = limited(PartialMatchLimit::Then::drop_oldest);
  pattern.keyed();
  pattern.spec().limit.per_key = false;
  PatternRun run(pattern.done());
  for (const char* user : {"u1", "u2", "u3"}) run.push("a", 10, user);
  EXPECT_EQ(run.stats().dropped, 1u);
  EXPECT_EQ(run.stats().partial_matches, 2u);
}

// ---- absent

std::shared_ptr<const PatternSpec> silent(bool only_a) {
  PatternBuilder pattern;
  pattern.keyed();
  pattern.spec().absence = Absence{.name = "beat", .where = {}, .duration = 50};
  if (only_a) pattern.spec().absence->where.push_back(name_is("a"));
  pattern.spec().step_names = {"beat"};
  return pattern.done();
}

TEST(Absence, IsGivenOnceWhenItsTimeIsOverAndAgainAfterTheNextEvent) {
  PatternRun run(silent(false));
  run.push("a", 10);
  run.push("a", 40);
  run.push("a", 89, "other");
  EXPECT_THAT(run.matches, IsEmpty());
  run.push("a", 91, "other");
  EXPECT_THAT(run.matches, ElementsAre("beat@40"));
  EXPECT_THAT(run.given_at, ElementsAre(90));
  run.push("a", 200);
  run.end();
  EXPECT_THAT(run.matches, ElementsAre("beat@40", "beat@91", "beat@200"));
  EXPECT_EQ(run.stats().keys, 0u);
}

TEST(Absence, CountsFromFirstSightOfAKeyThatNeverBeats) {
  PatternRun run(silent(true));
  run.push("x", 10);
  run.push("x", 40);
  run.push("x", 100);
  run.push("x", 300);
  run.end();
  EXPECT_THAT(run.matches, ElementsAre("none since 10"));
}

}    // namespace
}    // namespace cepheid::nfa
