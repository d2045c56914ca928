#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "nfa/engine/engine.hpp"
#include "tests/unit/automaton/build_pattern.hpp"

namespace cepheid::nfa {
namespace {

using namespace build;    // NOLINT: the words of the patterns
using testing::IsEmpty;
using testing::SizeIs;

struct Event {
  std::string name;
  std::string user;
  TimeMs time_ms;
};

/// One pattern and what it gives of each event.
class WishRun : public MatchConsumer {
 public:
  WishRun(std::shared_ptr<const PatternSpec> spec, Engine::Options options)
      : spec_(std::move(spec)), engine_(std::make_unique<Engine>(std::vector{spec_}, *this, options)) {}

  void push(const Event& event) {
    of_event.clear();
    engine_->push(0, rows_.add({{event.name}, {event.user}}), event.time_ms, ++sequence_, event.time_ms);
  }
  void end() {
    of_event.clear();
    engine_->advance(0, kEndOfTime, ++sequence_);
  }
  [[nodiscard]] std::uint64_t counted() const { return engine_->stats(0).matches; }
  [[nodiscard]] const PatternStats& stats() const { return engine_->stats(0); }

  [[nodiscard]] std::string saved() const {
    std::string bytes;
    ByteWriter out(bytes);
    engine_->save(out);
    return bytes;
  }
  /// Goes on in a new engine with the state of another run.
  void load_from(const WishRun& other, Engine::Options options) {
    const std::string bytes = other.saved();
    ByteReader in{std::string_view(bytes)};
    engine_ = std::make_unique<Engine>(std::vector{spec_}, *this, options);
    ASSERT_TRUE(engine_->load(in));
  }

  void on_match(const MatchView& match) override {
    std::string text = match.timed_out ? "timeout" : "";
    for (const Datum& key : match.key) text += '[' + std::string(key.text->view()) + ']';
    for (const TakenEvent& event : match.events) {
      text += ' ' + spec_->step_names[event.step] + '@' + std::to_string(event.time_ms);
    }
    std::size_t taken = 0;
    for (StepId step = 0; step < spec_->step_names.size(); ++step) taken += match.taken->events(step).size();
    EXPECT_EQ(taken, match.events.size());
    if (!match.events.empty()) {
      EXPECT_EQ(match.start_ms, match.events.front().time_ms);
    }
    of_event.push_back(text);
  }

  std::vector<std::string> of_event;

 private:
  std::shared_ptr<const PatternSpec> spec_;
  std::unique_ptr<Engine> engine_;
  Rows rows_{pattern_layout()->schema()};
  std::uint64_t sequence_ = 0;
};

std::vector<Event> random_events(std::uint64_t seed, std::size_t count) {
  std::mt19937_64 random(seed);
  const TimeMs pace = static_cast<TimeMs>(random() % 8) + 1;
  std::vector<Event> events;
  TimeMs time_ms = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (random() % 3 != 0) time_ms += static_cast<TimeMs>(random() % static_cast<std::uint64_t>(pace));
    events.push_back({std::string(1, static_cast<char>('a' + random() % 5)), random() % 4 == 0 ? "v" : "u", time_ms});
  }
  return events;
}

Quantifier any_loop(Quantifier quantifier) {
  quantifier.inner = InnerContiguity::allow_combinations;
  return quantifier;
}
Quantifier optional() {
  return {.optional = true};
}
Quantifier greedy(Quantifier quantifier) {
  quantifier.greedy = true;
  return quantifier;
}

/// Patterns whose matches let go of nothing, so that their partial matches are merged where the engine may.
std::vector<PatternBuilder> without_skip() {
  std::vector<PatternBuilder> patterns;
  const auto any = Link::followed_by_any;
  patterns.emplace_back().step(Link::begin, "a").step(any, "b").step(any, "c");
  patterns.emplace_back().step(Link::begin, "a").step(any, "b", any_loop(one_or_more())).step(any, "c");
  patterns.emplace_back().step(Link::begin, "a").step(any, "b", optional()).step(Link::followed_by, "c");
  patterns.emplace_back().step(Link::begin, "a", one_or_more()).step(Link::followed_by, "b");
  patterns.emplace_back().step(Link::begin, "a").step(any, "b", times(2, 3)).step(Link::next, "c");
  patterns.emplace_back().step(Link::begin, "a").step(Link::not_followed_by, "d").step(any, "b").step(any, "c");
  patterns.emplace_back().step(Link::begin, "a", greedy(one_or_more())).step(any, "b", optional()).step(any, "c");
  patterns.emplace_back().step(Link::begin, "a").step(any, "b", any_loop(one_or_more()));
  patterns.emplace_back().step(Link::begin, "a");
  patterns.emplace_back().step(Link::begin, "a").step(Link::not_next, "b");
  PatternBuilder& until = patterns.emplace_back().step(Link::begin, "a").step(any, "b", any_loop(one_or_more()));
  until.spec().sequence.elements.back().until = name_is("d");
  until.step(any, "c");
  return patterns;
}

/// The patterns with and without a window and a key.
std::vector<std::shared_ptr<const PatternSpec>> with_windows_and_keys() {
  std::vector<std::shared_ptr<const PatternSpec>> specs;
  for (const DurationMs window : {0, 1, 7, 15}) {
    for (const bool keyed : {false, true}) {
      for (PatternBuilder& pattern : without_skip()) {
        if (keyed) pattern.keyed();
        if (window != 0) pattern.within(window);
        specs.push_back(pattern.done());
      }
    }
  }
  return specs;
}

constexpr Engine::Options kEach{};
constexpr Engine::Options kCount{.matches = {.kind = MatchWish::Kind::count}};
constexpr Engine::Options kNone{.matches = {.kind = MatchWish::Kind::none}};
constexpr Engine::Options first(std::uint64_t most) {
  return {.matches = {.kind = MatchWish::Kind::first, .most = most}};
}
constexpr Engine::Options one_by_one(Engine::Options options) {
  options.merge_partial_matches = false;
  return options;
}
constexpr std::size_t kFewEvents = 24;    // loops of all combinations grow fast without a window

TEST(MatchWish, CountIsTheNumberOfMatchesThatWouldBeListed) {
  std::uint64_t seed = 0;
  for (const auto& spec : with_windows_and_keys()) {
    for (const Engine::Options& count : {kCount, one_by_one(kCount)}) {
      const std::size_t events = spec->within ? 3 * kFewEvents : kFewEvents;
      WishRun listed(spec, one_by_one(kEach));
      WishRun counted(spec, count);
      for (const Event& event : random_events(++seed, events)) {
        listed.push(event);
        counted.push(event);
        ASSERT_EQ(counted.counted(), listed.counted()) << "seed " << seed;
        ASSERT_THAT(counted.of_event, IsEmpty());
      }
      listed.end();
      counted.end();
      EXPECT_EQ(counted.counted(), listed.counted());
      EXPECT_EQ(counted.stats().keys, listed.stats().keys);
    }
  }
}

TEST(MatchWish, CountGoesOnFromAnyStateWhereverItWasMade) {
  std::uint64_t seed = 1'000;
  for (const auto& spec : with_windows_and_keys()) {
    WishRun listed(spec, kEach);
    WishRun counted(spec, kCount);
    std::size_t n = 0;
    for (const Event& event : random_events(++seed, kFewEvents)) {
      listed.push(event);
      counted.push(event);
      ++n;
      if (n % 7 == 3) counted.load_from(counted, kCount);
      if (n % 7 == 6) counted.load_from(listed, kCount);
      ASSERT_EQ(counted.counted(), listed.counted()) << "seed " << seed;
    }
  }
}

TEST(MatchWish, CountIsExactWherePathsStandInVeryManySets) {
  PatternBuilder pattern;
  pattern.step(Link::begin, "a", times(40, 40)).step(Link::followed_by_any, "b").within(100);
  WishRun listed(pattern.done(), kEach);
  WishRun counted(pattern.done(), kCount);
  for (int i = 0; i < 600; ++i) {
    const Event event{i % 7 == 0 ? "b" : "a", "u", i};
    listed.push(event);
    counted.push(event);
    ASSERT_EQ(counted.counted(), listed.counted()) << i;
  }
  EXPECT_GT(counted.counted(), 1'000u);
}

TEST(MatchWish, CountIsExactModulo2To64) {
  PatternBuilder pattern;
  pattern.step(Link::begin, "a")
      .step(Link::followed_by_any, "b", any_loop(one_or_more()))
      .step(Link::followed_by_any, "c");
  WishRun run(pattern.done(), kCount);
  run.push({"a", "u", 0});
  for (int i = 0; i < 100; ++i) run.push({"b", "u", 1});
  run.push({"c", "u", 2});    // 2^100 - 1
  EXPECT_EQ(run.counted(), ~std::uint64_t{0});
}

TEST(MatchWish, CountTakesNoTimeForEachMatchInAWindow) {
  PatternBuilder pattern;
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    pattern.step(name[0] == 'a' ? Link::begin : Link::followed_by_any, name);
  }
  pattern.within(20'000);
  WishRun run(pattern.done(), kCount);
  // Each name in turn; matches of a round are a polynomial of the rounds in the window.
  std::uint64_t expected = 0;
  constexpr std::uint64_t kRounds = 4'000;
  for (std::uint64_t round = 0; round < kRounds; ++round) {
    for (const char* name : {"a", "b", "c", "d", "e"}) run.push({name, "u", static_cast<TimeMs>(10 * round)});
    // a <= b <= c <= d <= this round, a within the last 2,000 rounds
    const std::uint64_t n = std::min<std::uint64_t>(round + 1, 2'000);
    expected += n * (n + 1) / 2 * (n + 2) / 3 * (n + 3) / 4;
    ASSERT_EQ(run.counted(), expected);
  }
}

TEST(MatchWish, FirstGivesThePrefixOfWhatAnEventLetsOut) {
  std::uint64_t seed = 2'000;
  std::vector<std::shared_ptr<const PatternSpec>> specs = with_windows_and_keys();
  for (const SkipStrategy strategy : {SkipStrategy::skip_past_last, SkipStrategy::skip_to_next}) {
    for (PatternBuilder& pattern : without_skip()) {
      pattern.spec().after_match.strategy = strategy;
      specs.push_back(pattern.done());
    }
  }
  std::size_t cut = 0;
  for (const auto& spec : specs) {
    for (const std::uint64_t most : {1, 3}) {
      for (const bool merge : {true, false}) {
        WishRun all(spec, merge ? kEach : one_by_one(kEach));
        WishRun some(spec, merge ? first(most) : one_by_one(first(most)));
        std::uint64_t given = 0;
        for (const Event& event : random_events(++seed, kFewEvents)) {
          all.push(event);
          some.push(event);
          cut += all.of_event.size() > most ? 1 : 0;
          if (all.of_event.size() > most) all.of_event.resize(most);
          ASSERT_EQ(some.of_event, all.of_event) << "seed " << seed;
          given += some.of_event.size();
          ASSERT_EQ(some.counted(), given);
        }
      }
    }
  }
  EXPECT_GT(cut, 100u);
}

TEST(MatchWish, NoneGivesNothingAndTheStateIsTheSame) {
  std::uint64_t seed = 3'000;
  std::vector<std::shared_ptr<const PatternSpec>> specs = with_windows_and_keys();
  for (const SkipStrategy strategy :
       {SkipStrategy::skip_past_last, SkipStrategy::skip_to_next, SkipStrategy::skip_to_last}) {
    for (PatternBuilder& pattern : without_skip()) {
      pattern.spec().after_match.strategy = strategy;
      if (strategy == SkipStrategy::skip_to_last) pattern.spec().after_match.step = 0;
      specs.push_back(pattern.within(30).done());
    }
  }
  for (const auto& spec : specs) {
    for (const bool merge : {true, false}) {
      const Engine::Options each = merge ? kEach : one_by_one(kEach);
      WishRun all(spec, each);
      WishRun none(spec, merge ? kNone : one_by_one(kNone));
      const std::vector<Event> events = random_events(++seed, kFewEvents);
      for (std::size_t i = 0; i < events.size(); ++i) {
        all.push(events[i]);
        none.push(events[i]);
        if (i < events.size() / 2) {
          ASSERT_THAT(none.of_event, IsEmpty());
          ASSERT_EQ(none.counted(), 0u);
          ASSERT_EQ(none.stats().partial_matches, all.stats().partial_matches);
        } else {
          ASSERT_EQ(none.of_event, all.of_event) << "seed " << seed;
        }
        if (i + 1 == events.size() / 2) none.load_from(none, each);
      }
    }
  }
}

TEST(MatchWish, HoldsForPartialMatchesThatRunOut) {
  PatternBuilder pattern;
  pattern.step(Link::begin, "a").step(Link::followed_by, "b").within(10);
  pattern.spec().has_timeout_emit = true;
  for (const Engine::Options& options : {kEach, first(1), kCount, kNone}) {
    WishRun run(pattern.done(), options);
    for (int i = 0; i < 3; ++i) run.push({"a", "u", 0});
    run.end();
    const bool given = options.matches.kind == MatchWish::Kind::each || options.matches.kind == MatchWish::Kind::first;
    EXPECT_THAT(run.of_event, SizeIs(given ? 3 : 0));
    EXPECT_EQ(run.stats().timeouts, 3u);
  }
}

TEST(MatchWish, HoldsForAbsences) {
  PatternBuilder pattern;
  pattern.keyed().spec().absence.emplace();
  pattern.spec().absence->name = "a";
  pattern.spec().absence->where.push_back(name_is("a"));
  pattern.spec().absence->duration = 10;
  pattern.spec().step_names.emplace_back("a");
  for (const auto& [options, given, counted] :
       {std::tuple(kEach, 2, 2), std::tuple(first(1), 2, 2), std::tuple(kCount, 0, 2), std::tuple(kNone, 0, 0)}) {
    WishRun run(pattern.done(), options);
    run.push({"a", "u", 0});
    run.push({"a", "v", 0});
    run.end();
    EXPECT_THAT(run.of_event, SizeIs(given));
    EXPECT_EQ(run.counted(), static_cast<std::uint64_t>(counted));
  }
}

}    // namespace
}    // namespace cepheid::nfa
